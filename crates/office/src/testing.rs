//! Given, when, then: the one harness through which decisions are tested.
//!
//! The world is small: hospitals `hospital-a` and `hospital-b`, centers `center-a` and `center-b`,
//! `core-a`, `ward-a` and `municipality`; one person, whose ids stand as constants below.

mod agencies;
mod course;
mod house;
mod kept;
mod pair;
mod refusals;
mod refused;

pub use agencies::{
    GivenAgencies, PROVIDER, SECOND_PROVIDER, given_agencies, given_provider, provider,
};
pub use course::{
    BENEFIT, PLAN, SECOND_EPISODE, benefit, given_discharged, given_plan, given_settling,
};
pub use house::{House, about, with_token};
pub use kept::{ERASURE, GivenKept, given_kept};
pub use pair::{GivenPair, MERGED, OFFICER, PROPOSAL, SECOND_OFFICER, SURVIVING, given_pair};
pub use refusals::{refuses_unless_at_work, refuses_unless_case_at_work, refuses_unless_case_open};
pub use refused::{Refused, refused};

use casework::{
    AgencyId, AgencyRegister, CaseId, Context, Decided, Flag, IdSource, PersonFile, Recorded,
    Refusal,
};
use contracts::{
    Event, Office, Topic,
    events::{
        AgencyRegistered, CaseClosed, CaseOpened, ConsentGiven, InpatientEpisodeOpened,
        PersonRegistered, ReferralAccepted, ReferralGround, ReferralSubmitted, Track,
    },
};
use jiff::{SignedDuration, civil::Date, tz::TimeZone};

/// The case of [`given_case`].
pub const CASE: &str = "00000000-0000-4000-8000-0000000000ca";
/// The consent of [`given_consent`].
pub const CONSENT: &str = "00000000-0000-4000-8000-0000000000c0";
/// The stay of [`given_inpatient`], in `hospital-a`.
pub const EPISODE: &str = "00000000-0000-4000-8000-0000000000e1";
/// The referral of [`given_referral`], from `hospital-a` to `center-a`.
pub const REFERRAL: &str = "00000000-0000-4000-8000-0000000000f1";
/// Who is at the desk, unless somebody else is named.
pub const STAFF: &str = "staff-1";
/// The id of nothing that is on file.
pub const UNKNOWN: &str = "00000000-0000-4000-8000-00000000ffff";

/// A pure decision on an event that was proposed.
pub type Decide<E> = fn(&PersonFile, E, &mut Context<'_>) -> Result<Decided, Refusal>;

/// A pure decision on an event that amends another.
pub type DecideOnHistory<E> = fn(&[Recorded], E, &mut Context<'_>) -> Result<Decided, Refusal>;

/// A message of the catalogue, as a decision takes it.
pub trait Proposed: Into<Event> + TryFrom<Event> + Clone {}

impl<E: Into<Event> + TryFrom<Event> + Clone> Proposed for E {}

/// What has happened so far, and the circumstances of what comes next.
pub struct Given {
    history: Vec<Recorded>,
    register: AgencyRegister,
    agency: AgencyId,
    on_behalf_of: Option<AgencyId>,
    case_id: Option<CaseId>,
    day: Date,
    staff: String,
    /// Minutes after noon.
    minutes: i64,
}

/// What a decision answered.
pub struct Then {
    history: Vec<Recorded>,
    agency: AgencyId,
    on_behalf_of: Option<AgencyId>,
    day: Date,
    answer: Result<Decided, Refusal>,
}

struct Counting(u32);

impl IdSource for Counting {
    fn next_id(&mut self) -> String {
        self.0 += 1;
        format!("00000000-0000-4000-8000-{:012}", self.0)
    }
}

/// Nothing yet; it is 1 April 2025 and `hospital-a` is at the desk.
pub fn given() -> Given {
    Given {
        history: Vec::new(),
        register: register(),
        agency: AgencyId::from("hospital-a"),
        on_behalf_of: None,
        case_id: None,
        day: date("2025-04-01"),
        staff: STAFF.to_owned(),
        minutes: 0,
    }
}

/// A person whom `hospital-a` registered.
pub fn given_registered() -> Given {
    let person = PersonRegistered {
        registered_on: "2025-04-01".into(),
        residence_ward: "14107".into(),
        ..Default::default()
    };
    given().event(person)
}

/// And who has been in `hospital-a` since that day.
pub fn given_inpatient() -> Given {
    let stay = InpatientEpisodeOpened {
        episode_id: EPISODE.into(),
        admitted_on: "2025-04-01".into(),
        residence_ward: "14107".into(),
        ..Default::default()
    };
    given_registered().event(stay)
}

/// And who on 7 May 2025 agreed that `hospital-a`, `center-a`, `core-a` and `ward-a` share.
pub fn given_consent() -> Given {
    let agencies = ["hospital-a", "center-a", "core-a", "ward-a"];
    let given = given_inpatient().on("2025-05-07").event(consent_to("2025-05-07", &agencies));
    given.on("2025-06-01")
}

/// And whom `hospital-a` referred to `center-a` on 8 May 2025.
pub fn given_referral() -> Given {
    let referral = ReferralSubmitted {
        referral_id: REFERRAL.into(),
        submitted_on: "2025-05-08".into(),
        episode_id: EPISODE.into(),
        to_agency_id: "center-a".into(),
        track_requested: Track::DischargeSupport.into(),
        ground: ReferralGround::LongMotivation.into(),
        ..Default::default()
    };
    given_consent().on("2025-05-08").in_case(CASE).event(referral).on("2025-05-15").by("center-a")
}

/// And whose case `center-a` opened on 15 May 2025.
pub fn given_case() -> Given {
    let accepted = ReferralAccepted {
        referral_id: REFERRAL.into(),
        accepted_on: "2025-05-15".into(),
        track: Track::DischargeSupport.into(),
        ..Default::default()
    };
    let opened = CaseOpened {
        opened_on: "2025-05-15".into(),
        track: Track::DischargeSupport.into(),
        referral_id: REFERRAL.into(),
    };
    given_referral().event(accepted).event(opened)
}

/// And closed on the same day.
pub fn given_closed_case() -> Given {
    given_case().event(CaseClosed { closed_on: "2025-05-15".into(), ..Default::default() })
}

/// A consent to everything, for these agencies.
pub fn consent_to(on: &str, agencies: &[&str]) -> ConsentGiven {
    let topics = [Topic::Referral, Topic::Support, Topic::Housing, Topic::MedicalSummary];
    ConsentGiven {
        consent_id: CONSENT.into(),
        given_on: on.into(),
        topics: topics.map(i32::from).to_vec(),
        agency_ids: agencies.iter().map(|id| (*id).to_owned()).collect(),
        ..Default::default()
    }
}

/// The agencies of the small world.
const AGENCIES: [(&str, Office); 7] = [
    ("hospital-a", Office::Hospital),
    ("hospital-b", Office::Hospital),
    ("center-a", Office::SupportCenter),
    ("center-b", Office::SupportCenter),
    ("core-a", Office::CoreCenter),
    ("ward-a", Office::WardOffice),
    ("municipality", Office::Municipality),
];

/// The register of the small world.
pub fn register() -> AgencyRegister {
    let mut register = AgencyRegister::default();
    for (id, office) in AGENCIES {
        let event = AgencyRegistered { kind: office.into(), ..Default::default() };
        register.apply(&AgencyId::from(id), &event.into());
    }
    register
}

impl Given {
    /// From here on it is this day.
    #[must_use]
    pub fn on(mut self, day: &str) -> Self {
        self.day = date(day);
        self
    }

    /// From here on this agency is at the desk.
    #[must_use]
    pub fn by(mut self, agency: &str) -> Self {
        self.agency = AgencyId::from(agency);
        self.on_behalf_of = None;
        self
    }

    /// From here on this member of staff is at the desk.
    #[must_use]
    pub fn staffed_by(mut self, staff: &str) -> Self {
        self.staff = staff.to_owned();
        self
    }

    /// From here on it is so many minutes after noon.
    #[must_use]
    pub fn minutes_after_noon(mut self, minutes: i64) -> Self {
        self.minutes = minutes;
        self
    }

    /// The agencies of the small world work in these wards.
    #[must_use]
    pub fn works_in(mut self, agency: &str, ward: &str) -> Self {
        let id = AgencyId::from(agency);
        let office = self.register.get(&id).expect("of the small world").office;
        let event =
            AgencyRegistered { kind: office.into(), ward: ward.into(), ..Default::default() };
        self.register.apply(&id, &event.into());
        self
    }

    /// From here on the agency at the desk writes for this one, until another is at the desk.
    #[must_use]
    pub fn on_behalf_of(mut self, agency: &str) -> Self {
        self.on_behalf_of = Some(AgencyId::from(agency));
        self
    }

    /// From here on this case is meant.
    #[must_use]
    pub fn in_case(mut self, case: &str) -> Self {
        self.case_id = Some(CaseId::from(case));
        self
    }

    /// From here on no case is meant.
    #[must_use]
    pub fn outside_cases(mut self) -> Self {
        self.case_id = None;
        self
    }

    /// This happened, recorded by the agency at the desk on that day.
    #[must_use]
    pub fn event(mut self, event: impl Into<Event>) -> Self {
        let position = self.history.len() as u64 + 1;
        let event = event.into();
        let envelope = (&self.agency, self.on_behalf_of.as_ref());
        self.history.push(recorded(position, self.case_id.clone(), envelope, self.day, event));
        self
    }

    /// This was recorded about an agency or a resource.
    #[must_use]
    pub fn registered(mut self, event: impl Into<Event>) -> Self {
        agencies::take_in(&mut self.register, &self.agency, self.day, event.into());
        self
    }

    /// The decision was asked, and what it recorded happened.
    #[must_use]
    #[track_caller]
    pub fn after<E: Proposed>(self, decide: Decide<E>, event: E) -> Self {
        let (case_id, register) = (self.case_id.clone(), self.register.clone());
        let (staff, minutes) = (self.staff.clone(), self.minutes);
        let mut then = self.when(decide, event);
        let (events, _) = then.recorded();
        then.history.extend(events);
        let Then { history, agency, on_behalf_of, day, .. } = then;
        Self { history, register, agency, on_behalf_of, case_id, day, staff, minutes }
    }

    /// What has happened so far.
    pub fn history(&self) -> &[Recorded] {
        &self.history
    }

    /// The file as it stands.
    pub fn file(&self) -> PersonFile {
        PersonFile::folded(&self.history)
    }

    /// The decision is asked.
    pub fn when<E: Proposed>(self, decide: Decide<E>, event: E) -> Then {
        let file = self.file();
        self.when_asked(event, |_, event, context| decide(&file, event, context))
    }

    /// A decision that is made on the events themselves is asked.
    pub fn when_amending<E: Proposed>(self, decide: DecideOnHistory<E>, event: E) -> Then {
        self.when_asked(event, decide)
    }

    fn when_asked<E: Proposed>(
        self,
        event: E,
        decide: impl FnOnce(&[Recorded], E, &mut Context<'_>) -> Result<Decided, Refusal>,
    ) -> Then {
        let mut ids = Counting(0);
        let mut context = Context {
            now: noon(self.day) + SignedDuration::from_mins(self.minutes),
            agency: self.agency.clone(),
            staff: self.staff.clone(),
            on_behalf_of: self.on_behalf_of.clone(),
            case_id: self.case_id.clone(),
            agencies: &self.register,
            ids: &mut ids,
        };
        let decide = |event, context: &mut Context<'_>| decide(&self.history, event, context);
        let answer = asked(event, &mut context, decide);
        let Self { history, agency, on_behalf_of, day, .. } = self;
        Then { history, agency, on_behalf_of, day, answer }
    }
}

/// As at the desk, the office assigns what it assigns, before the decision and after it.
fn asked<E: Proposed>(
    event: E,
    context: &mut Context<'_>,
    decide: impl FnOnce(E, &mut Context<'_>) -> Result<Decided, Refusal>,
) -> Result<Decided, Refusal> {
    let today = context.today_in_iso();
    let proposed = event.into().assign(&today, || context.next_id());
    let Ok(proposed) = E::try_from(proposed) else { panic!("assigning changes no kind") };
    let mut decided = decide(proposed, context)?;
    for (_, event) in &mut decided.events {
        *event = event.clone().assign(&today, || context.next_id());
    }
    Ok(decided)
}

impl Then {
    /// It records events of these names, in this order, and nothing is remarkable about them.
    #[track_caller]
    pub fn records(self, names: &[&str]) -> Vec<Event> {
        let (recorded, flags) = self.recorded();
        let events: Vec<_> = recorded.into_iter().map(|recorded| recorded.event).collect();
        let found: Vec<_> = events.iter().map(|event| event.kind().name.as_str()).collect();
        assert_eq!(found, names);
        assert_eq!(flags, []);
        events
    }

    /// It records one event of this kind, and nothing is remarkable about it.
    #[track_caller]
    pub fn records_one<E: TryFrom<Event>>(self) -> E {
        let (mut recorded, flags) = self.recorded();
        assert_eq!((recorded.len(), flags.as_slice()), (1, [].as_slice()));
        let event = recorded.remove(0).event;
        let name = event.kind().name.clone();
        E::try_from(event).unwrap_or_else(|_| panic!("recorded {name}"))
    }

    /// It is refused for this reason.
    #[track_caller]
    pub fn refuses(self, refusal: Refusal) {
        match self.answer {
            Err(found) => assert_eq!(found, refusal),
            Ok(decided) => panic!("recorded {:?} instead of refusing {refusal:?}", decided.events),
        }
    }

    /// The cases that what it records belongs to, in order.
    #[track_caller]
    pub fn cases(&self) -> Vec<Option<CaseId>> {
        self.recorded().0.into_iter().map(|recorded| recorded.case_id).collect()
    }

    /// It is recorded, and this is said about it.
    #[track_caller]
    pub fn flags(self, expected: &[Flag]) -> Vec<Event> {
        let (recorded, flags) = self.recorded();
        assert_eq!(flags, expected);
        recorded.into_iter().map(|recorded| recorded.event).collect()
    }

    #[track_caller]
    fn recorded(&self) -> (Vec<Recorded>, Vec<Flag>) {
        let decided = match &self.answer {
            Ok(decided) => decided,
            Err(refusal) => panic!("refused: {refusal:?}"),
        };
        let mut file = PersonFile::folded(&self.history);
        let (mut events, mut flags) = (Vec::new(), Vec::new());
        for (at, (case, event)) in decided.events.iter().enumerate() {
            let position = (self.history.len() + at) as u64 + 1;
            let envelope = (&self.agency, self.on_behalf_of.as_ref());
            let recorded = recorded(position, case.clone(), envelope, self.day, event.clone());
            flags.extend(file.apply(&recorded));
            events.push(recorded);
        }
        (events, flags)
    }
}

fn recorded(
    position: u64,
    case_id: Option<CaseId>,
    (agency, on_behalf_of): (&AgencyId, Option<&AgencyId>),
    day: Date,
    event: Event,
) -> Recorded {
    Recorded {
        position,
        event_id: format!("event-{position}"),
        case_id,
        agency: agency.clone(),
        on_behalf_of: on_behalf_of.cloned(),
        occurred_on: occurred_on(&event).unwrap_or(day),
        recorded_at: noon(day),
        event,
    }
}

fn occurred_on(event: &Event) -> Option<Date> {
    crate::stamp::occurred_on(event)
}

fn noon(day: Date) -> jiff::Timestamp {
    let zoned = day.at(3, 0, 0, 0).to_zoned(TimeZone::UTC).expect("a day of the calendar");
    zoned.timestamp()
}

fn date(text: &str) -> Date {
    text.parse().expect("a date of a test")
}
