//! The beginning of a person's file around which everybody stands in their relation.

use contracts::{
    Event, Office, Topic,
    events::{
        CareTeamMemberAdded, CareTeamMemberRemoved, CareTeamRole, CaseOpened, ConsentGiven,
        EmergencyReported, InpatientEpisodeOpened, PatientDischarged, PersonRegistered, Track,
    },
};
use uuid::Uuid;

use super::relation::{FOUNDER, OFFICES, Relation, agency};

/// The day of every event of the catalogue.
pub const DAY: &str = "2025-05-20";
pub const BEGUN: &str = "2025-05-01";
pub const EMERGENCY: &str = "00000000-0000-4000-8000-00000000e0e0";

/// One event to be appended.
pub struct Line {
    pub by: String,
    pub on_behalf_of: Option<&'static str>,
    pub in_case: bool,
    pub on: &'static str,
    pub event: Event,
}

/// A line of somebody, on a day.
pub fn line(
    by: impl Into<String>,
    in_case: bool,
    on: &'static str,
    event: impl Into<Event>,
) -> Line {
    Line { by: by.into(), on_behalf_of: None, in_case, on, event: event.into() }
}

/// The stay at the hospital in this relation.
pub fn stay_of(relation: Relation) -> String {
    Uuid::from_u128(0xE0 + relation as u128).to_string()
}

/// Everybody in their place.
pub fn beginning(track: Track, lead: Option<Office>) -> Vec<Line> {
    let lead = lead.map_or_else(|| FOUNDER.to_owned(), |office| agency(office, Relation::Lead));
    let with = |relation: Relation| OFFICES.map(|office| agency(office, relation));
    let mut lines = vec![line(FOUNDER, false, BEGUN, PersonRegistered::default())];
    let named = Relation::ALL.into_iter().filter(|relation| relation.has_consent()).flat_map(with);
    let topics = [Topic::Referral, Topic::Support, Topic::Housing, Topic::MedicalSummary];
    let consent = ConsentGiven {
        consent_id: Uuid::from_u128(0xC0).to_string(),
        topics: topics.map(i32::from).to_vec(),
        agency_ids: named.collect(),
        ..Default::default()
    };
    lines.push(line(FOUNDER, false, BEGUN, consent));
    for relation in [Relation::Involved, Relation::WithoutConsent, Relation::Former] {
        let hospital = agency(Office::Hospital, relation);
        let episode_id = stay_of(relation);
        let stay = InpatientEpisodeOpened { episode_id, ..Default::default() };
        lines.push(line(hospital, false, BEGUN, stay));
    }
    lines.push(line(&*lead, true, BEGUN, CaseOpened { track: track.into(), ..Default::default() }));
    let team =
        [Relation::Involved, Relation::Addressee, Relation::WithoutConsent, Relation::Former];
    for agency_id in team.into_iter().flat_map(with) {
        let role = CareTeamRole::Supporter.into();
        let added = CareTeamMemberAdded { agency_id, role, ..Default::default() };
        lines.push(line(FOUNDER, true, BEGUN, added));
    }
    let episode_id = stay_of(Relation::Former);
    let home = PatientDischarged { episode_id, ..Default::default() };
    lines.push(line(agency(Office::Hospital, Relation::Former), false, "2025-05-10", home));
    for agency_id in with(Relation::Former) {
        let removed = CareTeamMemberRemoved { agency_id, ..Default::default() };
        lines.push(line(FOUNDER, true, "2025-05-10", removed));
    }
    let emergency = EmergencyReported {
        emergency_id: EMERGENCY.into(),
        informed_agency_ids: with(Relation::Called).into(),
        ..Default::default()
    };
    lines.push(line(FOUNDER, false, BEGUN, emergency));
    lines
}
