//! What the offices record about one person: the way to an open case, and then the routine.

use access::RandomIds;
use contracts::{
    Event, Office, Topic,
    events::{
        AgeBand, Answer, CaseOpened, ConsentGiven, ConsentMethod, CounselledParty,
        CounsellingProvided, InpatientEpisodeOpened, PersonRegistered, ReferralAccepted,
        ReferralGround, ReferralSubmitted, Track, VisitMethod, VisitPurpose, WardVisitRecorded,
    },
};
use jiff::{ToSpan, civil::Date};
use uuid::Uuid;

use super::{CENTER, Filed, HOSPITAL, office_of};

/// What one request records, at whose office, and in which case.
pub struct Request {
    /// The name of the office.
    pub office: &'static str,
    /// The agency.
    pub agency: &'static str,
    /// The case; none for what is about the person.
    pub case: Option<Uuid>,
    /// The events, in order.
    pub events: Vec<Event>,
}

impl Request {
    /// One event outside any case.
    pub fn of_person(place: (&'static str, &'static str), event: impl Into<Event>) -> Self {
        let (office, agency) = place;
        Self { office, agency, case: None, events: vec![event.into()] }
    }

    fn of_case(office: Office, case: Uuid, events: Vec<Event>) -> Self {
        let (office, agency) = office_of(office);
        Self { office, agency, case: Some(case), events }
    }
}

/// Where persons live.
const WARD: &str = "14107";

/// Registered, admitted, agreed, referred, accepted: six events in five requests, half a year ago.
pub fn opening(filed: &Filed, today: Date) -> Vec<Request> {
    let hospital = office_of(Office::Hospital);
    let day = |days_ago: i64| (today - days_ago.days()).to_string();
    vec![
        Request::of_person(hospital, person(day(180))),
        Request::of_person(hospital, stay(filed, day(180))),
        Request::of_person(hospital, consent(filed, day(170))),
        Request::of_case(Office::Hospital, filed.case, vec![referral(filed, day(165)).into()]),
        Request::of_case(Office::SupportCenter, filed.case, accepted(filed, &day(160))),
    ]
}

/// The `round`th event after that: three ward visits to one counselling, a few days apart.
pub fn routine(filed: &Filed, today: Date, round: i64) -> Request {
    let on = (today - (150 - 3 * round).max(1).days()).to_string();
    let event = if round % 4 == 3 {
        counselling(on)
    } else {
        let visit_id = RandomIds::random().to_string();
        WardVisitRecorded { visit_id, ..visit(filed, on) }.into()
    };
    Request::of_case(Office::SupportCenter, filed.case, vec![event])
}

/// A visit to the ward on this day, as a command proposes it: without a number of its own.
pub fn visit(filed: &Filed, on: String) -> WardVisitRecorded {
    WardVisitRecorded {
        episode_id: filed.episode.to_string(),
        visited_on: on,
        method: VisitMethod::InPerson.into(),
        purpose: VisitPurpose::Interview.into(),
        attendees: "本人、病棟看護師".to_owned(),
        summary: "退院後の住まいについて話し合った。次回は見学先の候補を持参する。".to_owned(),
        ..WardVisitRecorded::default()
    }
}

fn counselling(on: String) -> Event {
    CounsellingProvided {
        provided_on: on,
        party: CounselledParty::Both.into(),
        method: VisitMethod::Phone.into(),
        theme: "外出の計画".to_owned(),
        response: "付き添いの日程を家族と調整し、病棟にも伝えることとした。".to_owned(),
    }
    .into()
}

fn person(on: String) -> PersonRegistered {
    PersonRegistered {
        registered_on: on,
        family_name: "架空".to_owned(),
        given_name: "一郎".to_owned(),
        family_name_kana: "かくう".to_owned(),
        given_name_kana: "いちろう".to_owned(),
        birth_date: "1967-03-09".to_owned(),
        birth_month: "1967-03".to_owned(),
        residence_ward: WARD.to_owned(),
        ..PersonRegistered::default()
    }
}

fn stay(filed: &Filed, on: String) -> InpatientEpisodeOpened {
    InpatientEpisodeOpened {
        episode_id: filed.episode.to_string(),
        admitted_on: on,
        unit: "架空第二病棟".to_owned(),
        residence_ward: WARD.to_owned(),
        age_band: AgeBand::Under65.into(),
    }
}

fn consent(filed: &Filed, on: String) -> ConsentGiven {
    let topics = [Topic::Referral, Topic::Support, Topic::Housing, Topic::MedicalSummary];
    ConsentGiven {
        consent_id: filed.consent.to_string(),
        given_on: on,
        topics: topics.map(i32::from).to_vec(),
        agency_ids: [HOSPITAL, CENTER].map(str::to_owned).to_vec(),
        method: ConsentMethod::Written.into(),
        ..ConsentGiven::default()
    }
}

fn referral(filed: &Filed, on: String) -> ReferralSubmitted {
    ReferralSubmitted {
        referral_id: filed.referral.to_string(),
        submitted_on: on,
        episode_id: filed.episode.to_string(),
        to_agency_id: CENTER.to_owned(),
        track_requested: Track::DischargeSupport.into(),
        ground: ReferralGround::LongMotivation.into(),
        wishes: "自分の部屋で暮らしたい。".to_owned(),
        issues: "服薬の自己管理と、日中の居場所。".to_owned(),
        destination_wish: "一人暮らし".to_owned(),
        doctor_recommends: Answer::Yes.into(),
        ..ReferralSubmitted::default()
    }
}

fn accepted(filed: &Filed, on: &str) -> Vec<Event> {
    let accepted = ReferralAccepted {
        referral_id: filed.referral.to_string(),
        accepted_on: on.to_owned(),
        track: Track::DischargeSupport.into(),
        ..ReferralAccepted::default()
    };
    let opened = CaseOpened {
        opened_on: on.to_owned(),
        track: Track::DischargeSupport.into(),
        referral_id: filed.referral.to_string(),
    };
    vec![accepted.into(), opened.into()]
}
