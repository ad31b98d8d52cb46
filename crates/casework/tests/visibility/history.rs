//! One generated history: what happened, and the file that the generator asks what may come next.

use casework::{AgencyId, CaseId, PersonFile, Recorded, effective};
use contracts::{
    Event, Office, Topic,
    events::{CareTeamMemberAdded, ConsentGiven, EventCorrected, EventRetracted, PersonRegistered},
};
use jiff::{Timestamp, ToSpan, civil::Date};

pub const AGENCIES: [(&str, Office); 9] = [
    ("hospital-a", Office::Hospital),
    ("hospital-b", Office::Hospital),
    ("center-a", Office::SupportCenter),
    ("center-b", Office::SupportCenter),
    ("core-a", Office::CoreCenter),
    ("ward-a", Office::WardOffice),
    ("city", Office::Municipality),
    // Consents may name them; nobody ever gives them a part.
    ("core-z", Office::CoreCenter),
    ("hospital-z", Office::Hospital),
];
pub const HOSPITALS: [&str; 2] = ["hospital-a", "hospital-b"];
/// Those who can lead a case.
pub const LEADS: [&str; 4] = ["center-a", "center-b", "core-a", "ward-a"];
const TOPICS: [Topic; 4] = [Topic::Referral, Topic::Support, Topic::Housing, Topic::MedicalSummary];

/// Which step, and three choices that mean what the step makes of them.
pub type Draw = (u8, u8, u8, u8);

pub struct History {
    pub events: Vec<Recorded>,
    pub file: PersonFile,
    pub day: Date,
    numbers: u32,
}

impl History {
    /// A person whom a hospital registered; often inpatient there, and often everybody may know.
    pub fn begin(with: u8) -> Self {
        let day = Date::constant(2025, 4, 1);
        let (events, file) = (Vec::new(), PersonFile::default());
        let mut history = Self { events, file, day, numbers: 0 };
        history.record(HOSPITALS[0], None, day, PersonRegistered::default());
        if !with.is_multiple_of(4) {
            history.admit(0, 0);
        }
        if !(with / 4).is_multiple_of(4) {
            history.consent_of_all();
        }
        history
    }

    /// One more step, if the rules allow it.
    pub fn step(&mut self, draw: Draw) {
        let days = [0, 0, 0, 1, 2, 9, 40, 120][usize::from(draw.3 % 8)];
        self.day = self.day.saturating_add(days.days());
        let _: Option<()> = self.attempt(draw);
    }

    /// Today, or a day before it: a fact may be written down late.
    pub fn lately(&self, draw: u8) -> Date {
        let back = [0, 0, 0, 1, 5, 30][usize::from(draw % 6)];
        self.day.saturating_sub(back.days()).max(Date::constant(2025, 3, 1))
    }

    pub fn record(
        &mut self,
        agency: &str,
        case: Option<&CaseId>,
        on: Date,
        event: impl Into<Event>,
    ) {
        self.record_for(agency, None, case, on, event);
    }

    pub fn record_for(
        &mut self,
        agency: &str,
        on_behalf_of: Option<&str>,
        case: Option<&CaseId>,
        occurred_on: Date,
        event: impl Into<Event>,
    ) {
        let position = self.events.len() as u64 + 1;
        let start: Timestamp = "2025-04-01T00:00:00Z".parse().expect("a moment");
        let recorded = Recorded {
            position,
            event_id: format!("event-{position}"),
            case_id: case.cloned(),
            agency: AgencyId::from(agency),
            on_behalf_of: on_behalf_of.map(AgencyId::from),
            occurred_on,
            recorded_at: start + i64::try_from(position).expect("a short history").minutes(),
            event: event.into(),
        };
        let amends = recorded.amends().is_some();
        if !amends {
            self.file.apply(&recorded);
        }
        self.events.push(recorded);
        if amends {
            self.file = PersonFile::folded(&self.events);
        }
    }

    pub fn number(&mut self, of: &str) -> String {
        self.numbers += 1;
        format!("{of}-{}", self.numbers)
    }

    /// Some of the agencies.
    pub fn some(bits: u8) -> Vec<String> {
        let named =
            AGENCIES.iter().enumerate().filter(|(at, _)| bits.rotate_left(3) >> (at % 8) & 1 == 1);
        named.map(|(_, (agency, _))| (*agency).to_owned()).collect()
    }

    /// Often everything, otherwise some of it.
    pub fn topics(bits: u8) -> Vec<i32> {
        let all = bits.is_multiple_of(3);
        let named = TOPICS.iter().enumerate().filter(|(at, _)| all || bits >> at & 1 == 1);
        named.map(|(_, topic)| i32::from(*topic)).collect()
    }

    fn consent_of_all(&mut self) {
        let consent = ConsentGiven {
            consent_id: self.number("consent"),
            topics: Self::topics(0),
            agency_ids: Self::some(u8::MAX),
            ..Default::default()
        };
        self.record(HOSPITALS[0], None, self.day, consent);
    }

    pub fn consent(&mut self, one: u8, other: u8) {
        let valid_for = [None, None, None, Some(3), Some(30), Some(200)][usize::from(other % 6)];
        let on = self.lately(other / 6);
        let until = valid_for.map(|days: i64| on.saturating_add(days.days()).to_string());
        let consent = ConsentGiven {
            consent_id: self.number("consent"),
            given_on: on.to_string(),
            topics: Self::topics(other),
            agency_ids: Self::some(one | other.rotate_left(4)),
            valid_until: until.unwrap_or_default(),
            by_proxy: one.is_multiple_of(4),
            ..Default::default()
        };
        let by = AGENCIES[usize::from(one % 6)].0;
        self.record(by, None, on, consent);
    }

    /// Another party lets an agency into a team: of a case, or the person's own.
    pub fn let_in(&mut self, one: u8, other: u8) -> Option<()> {
        let case = if one.is_multiple_of(3) { None } else { Some(self.any_case(one, |_| true)?) };
        let (agency, role) = AGENCIES[usize::from(other % 6)];
        let involvement = self.file.involvement();
        let parties = AGENCIES.iter().map(|(id, _)| *id).filter(|by| {
            let by_id = AgencyId::from(*by);
            *by != agency && involvement.is_party(&by_id, case.as_ref(), self.day)
        });
        let parties: Vec<_> = parties.collect();
        let by = *parties.get(usize::from(one) % parties.len().max(1))?;
        let consented = involvement.consent_covers(&AgencyId::from(agency), Topic::Frame, self.day);
        (consented && role != Office::Municipality).then_some(())?;
        let added = CareTeamMemberAdded { agency_id: agency.into(), ..Default::default() };
        self.record(by, case.as_ref(), self.day, added);
        Some(())
    }

    pub fn any_case(&self, one: u8, wanted: impl Fn(&casework::Case) -> bool) -> Option<CaseId> {
        let cases: Vec<_> = self.file.cases.iter().filter(|(_, case)| wanted(case)).collect();
        let at = usize::from(one).checked_rem(cases.len())?;
        Some(cases[at].0.clone())
    }

    /// An event that may be amended as facts may, with what stands in its place now.
    pub fn some_fact(&self, one: u8) -> Option<(Recorded, Recorded)> {
        let standing = effective(&self.events);
        let facts = standing.iter().filter(|recorded| {
            let is_fact = recorded.event.kind().nature() == contracts::annotations::Nature::Fact;
            is_fact && !matches!(recorded.event, Event::PersonRegistered(_))
        });
        let facts: Vec<_> = facts.collect();
        let fact = *facts.get(usize::from(one) % facts.len().max(1))?;
        let at = usize::try_from(fact.position).ok()?.checked_sub(1)?;
        Some((self.events[at].clone(), fact.clone()))
    }

    pub fn correct(&mut self, target: &Recorded, event: &Event) {
        let correction = EventCorrected {
            target_event_id: target.event_id.clone(),
            replacement_type: event.number(),
            replacement_clear: event.to_bytes(),
            ..Default::default()
        };
        let by = target.agency.to_string();
        self.record(&by, target.case_id.clone().as_ref(), self.day, correction);
    }

    pub fn retract(&mut self, target: &Recorded) {
        let retraction = EventRetracted {
            target_event_id: target.event_id.clone(),
            retracted_on: self.day.to_string(),
            ..Default::default()
        };
        let by = target.agency.to_string();
        self.record(&by, target.case_id.clone().as_ref(), self.day, retraction);
    }
}
