//! One generated history: the events, the file folded from them, and the ledger beside it.

use casework::{AgencyId, CaseId, EpisodeId, PersonFile, Recorded};
use contracts::{Event, Topic, events::*};
use jiff::{Timestamp, ToSpan, civil::Date};

use crate::ledger::Ledger;

pub const HOSPITALS: [&str; 2] = ["hospital-a", "hospital-b"];
/// Those who can lead a case.
pub const LEADS: [&str; 4] = ["center-a", "center-b", "core-a", "ward-a"];
/// Nobody ever gives this one a part, although consent would cover it.
pub const OUTSIDER: &str = "center-c";
pub const TRACKS: [Track; 2] = [Track::DischargeSupport, Track::Jimokura];

pub struct World {
    pub events: Vec<Recorded>,
    pub file: PersonFile,
    pub ledger: Ledger,
    pub day: Date,
    pub consent: u32,
    numbers: u32,
}

impl World {
    /// A person, registered by a hospital and inpatient there, who has agreed to everything.
    pub fn begin() -> Self {
        let day = Date::constant(2025, 4, 1);
        let (events, file, ledger) = (Vec::new(), PersonFile::default(), Ledger::default());
        let mut world = Self { events, file, ledger, day, consent: 0, numbers: 0 };
        world.record(HOSPITALS[0], None, PersonRegistered::default());
        world.admit(HOSPITALS[0]);
        world.consent();
        world
    }

    pub fn record(&mut self, agency: &str, case: Option<&CaseId>, event: impl Into<Event>) {
        let position = self.events.len() as u64 + 1;
        let start: Timestamp = "2025-04-01T00:00:00Z".parse().expect("a moment");
        let minutes = i64::try_from(position).expect("a short history");
        let recorded = Recorded {
            position,
            event_id: format!("event-{position}"),
            case_id: case.cloned(),
            agency: AgencyId::from(agency),
            on_behalf_of: None,
            occurred_on: self.day,
            recorded_at: start + minutes.minutes(),
            event: event.into(),
        };
        self.file.apply(&recorded);
        self.events.push(recorded);
    }

    pub fn number(&mut self, of: &str) -> String {
        self.numbers += 1;
        format!("{of}-{}", self.numbers)
    }

    pub fn last_position(&self) -> u64 {
        self.events.len() as u64
    }

    pub fn admit(&mut self, hospital: &'static str) {
        let episode_id = self.number("stay");
        self.record(hospital, None, InpatientEpisodeOpened { episode_id, ..Default::default() });
        self.ledger.stay = Some(hospital);
    }

    pub fn consent(&mut self) {
        self.consent += 1;
        let topics = [Topic::Referral, Topic::Support, Topic::Housing, Topic::MedicalSummary];
        let everyone = HOSPITALS.iter().chain(&LEADS).chain(&[OUTSIDER]);
        let consent = ConsentGiven {
            consent_id: format!("consent-{}", self.consent),
            topics: topics.map(i32::from).to_vec(),
            agency_ids: everyone.map(|id| (*id).to_owned()).collect(),
            ..Default::default()
        };
        self.record(HOSPITALS[0], None, consent);
        self.ledger.has_consent = true;
    }

    pub fn open_stay(&self) -> Option<EpisodeId> {
        self.file.open_episode().map(|episode| episode.id.clone())
    }

    /// How often the case that was handed over most often was.
    pub fn longest_chain(&self) -> usize {
        let accepted = |id: &CaseId| {
            let of_case = self.events.iter().filter(|one| one.case_id.as_ref() == Some(id));
            of_case.filter(|one| matches!(one.event, Event::CaseHandoverAccepted(_))).count()
        };
        self.file.cases.keys().map(accepted).max().unwrap_or(0)
    }
}
