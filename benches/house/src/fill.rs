//! Fills a log with the histories of invented persons, as the offices would have recorded them.
//!
//! Each event is what a decision records, sealed under its person's own key; each request is a
//! request of its own, as over gRPC, because tables and memory grow with requests too. Persons'
//! events lie between one another's, as they do where many people work at once: a log in which
//! every person's events lay together would be read and replayed faster than any real one.

mod history;

use std::sync::Arc;

use access::{AGENCY_CATEGORY, Clock, RandomIds, SystemClock};
use anyhow::{Context, Result, ensure};
use casework::today;
use contracts::{Event, Office, events::AgencyRegistered};
use event_log::{Append, EventLog, ExpectedVersion, NewEvent, StreamKey, StreamWrite};
use indicatif::ProgressBar;
use jiff::civil::Date;
use tokio::task::JoinSet;
use tsunagi::{
    House,
    data_folder::{MUNICIPALITY_ID, MUNICIPALITY_NAME},
    demonstration::{found, progress_bar},
};
use uuid::Uuid;
use vault::{SealContext, Subject, SubjectKey, Vault};

pub use history::visit;
use history::{Request, opening, routine};

/// The hospital that all persons are in.
pub const HOSPITAL: &str = "hospital-of-the-bench";
/// The support center that leads all cases.
pub const CENTER: &str = "support-center-of-the-bench";

/// The stream category of persons.
const PERSON_CATEGORY: &str = "person";
/// Events of each person.
pub const EVENTS_PER_PERSON: usize = 50;
/// Requests on their way at once: as many events as the log takes in one batch.
const IN_FLIGHT: usize = 512;

/// A person with an open case, as commands and queries name them.
#[derive(Clone)]
pub struct Filed {
    /// The person.
    pub person: Uuid,
    /// Their case.
    pub case: Uuid,
    /// Their stay in the hospital.
    pub episode: Uuid,
    referral: Uuid,
    consent: Uuid,
}

/// Fills an empty log with so many persons, and gives them back. The log then holds three agencies
/// and [`EVENTS_PER_PERSON`] events of each person.
pub async fn fill(house: &House, persons: usize) -> Result<Vec<Filed>> {
    found(house, SystemClock.now(), MUNICIPALITY_ID, MUNICIPALITY_NAME).await?;
    let filler = Filler {
        log: house.log.clone(),
        vault: house.vault.clone(),
        day: today(SystemClock.now()),
        bar: progress_bar((persons * EVENTS_PER_PERSON) as u64, "filling the log"),
    };
    filler.register_agency(HOSPITAL, "架空ベンチ病院", Office::Hospital).await?;
    filler.register_agency(CENTER, "架空ベンチ支援センター", Office::SupportCenter).await?;
    let filler = Arc::new(filler);
    let tasks = IN_FLIGHT.min(persons);
    let mut running = JoinSet::new();
    for task in 0..tasks {
        let count = (task..persons).step_by(tasks).count();
        running.spawn(filler.clone().fill_persons(count));
    }
    let mut filed = Vec::with_capacity(persons);
    while let Some(finished) = running.join_next().await {
        filed.extend(finished??);
    }
    filler.bar.finish_and_clear();
    let (head, expected) = (house.log.head().await?, 3 + persons * EVENTS_PER_PERSON);
    ensure!(head == expected as u64, "the log holds {head} events in place of {expected}");
    Ok(filed)
}

struct Filler {
    log: EventLog,
    vault: Vault,
    /// Today: all that is filed happened before.
    day: Date,
    bar: ProgressBar,
}

/// A person who is being filed.
struct Filing {
    filed: Filed,
    subject: Subject,
    key: SubjectKey,
    version: u64,
}

impl Filler {
    async fn register_agency(&self, id: &str, name: &str, office: Office) -> Result<()> {
        let subject = Subject::new(AGENCY_CATEGORY, id);
        let key = self.vault.ensure_key(&subject).await?;
        let registration = AgencyRegistered {
            agency_id: id.to_owned(),
            registered_on: self.day.to_string(),
            name: name.to_owned(),
            kind: office.into(),
            ..AgencyRegistered::default()
        };
        let registration = Request::of_person(office_of(Office::Municipality), registration);
        let events = sealed(&registration, &subject, &key)?;
        self.append(&registration, &subject, 0, events).await
    }

    /// Opens the case of each person, then goes around, one event of each at a time.
    async fn fill_persons(self: Arc<Self>, count: usize) -> Result<Vec<Filed>> {
        let mut persons = Vec::with_capacity(count);
        for _ in 0..count {
            let mut filing = self.begin().await?;
            for request in opening(&filing.filed, self.day) {
                self.record(&mut filing, &request).await?;
            }
            persons.push(filing);
        }
        let mut round = 0;
        while persons.iter().any(|filing| filing.version < EVENTS_PER_PERSON as u64) {
            for filing in &mut persons {
                let request = routine(&filing.filed, self.day, round);
                self.record(filing, &request).await?;
            }
            round += 1;
        }
        Ok(persons.into_iter().map(|filing| filing.filed).collect())
    }

    async fn begin(&self) -> Result<Filing> {
        let filed = Filed {
            person: RandomIds::random(),
            case: RandomIds::random(),
            episode: RandomIds::random(),
            referral: RandomIds::random(),
            consent: RandomIds::random(),
        };
        let subject = Subject::new(PERSON_CATEGORY, filed.person.to_string());
        let key = self.vault.ensure_key(&subject).await?;
        Ok(Filing { filed, subject, key, version: 0 })
    }

    async fn record(&self, filing: &mut Filing, request: &Request) -> Result<()> {
        let events = sealed(request, &filing.subject, &filing.key)?;
        let count = events.len() as u64;
        self.append(request, &filing.subject, filing.version, events).await?;
        filing.version += count;
        self.bar.inc(count);
        Ok(())
    }

    async fn append(
        &self,
        request: &Request,
        subject: &Subject,
        version: u64,
        events: Vec<NewEvent>,
    ) -> Result<()> {
        let write = StreamWrite {
            stream: StreamKey::new(subject.category.as_str(), subject.key.as_str()),
            expected: ExpectedVersion::Exact(version),
            events,
        };
        let append = Append {
            producer: format!("{}/{}", request.office, request.agency),
            request_id: RandomIds::random(),
            digest: [7; 32],
            recorded_at: SystemClock.now(),
            writes: vec![write],
            unless_changed: None,
        };
        self.log.append(append).await.context("an event cannot be filed")?;
        Ok(())
    }
}

/// The name of an office and the agency that works there.
fn office_of(office: Office) -> (&'static str, &'static str) {
    let agency = match office {
        Office::Hospital => HOSPITAL,
        Office::SupportCenter => CENTER,
        _ => MUNICIPALITY_ID,
    };
    (contracts::office_name(office), agency)
}

/// The events of a request as the desk hands them to the log.
fn sealed(request: &Request, subject: &Subject, key: &SubjectKey) -> Result<Vec<NewEvent>> {
    let correlation_id = RandomIds::random();
    let sealed = |event: &Event| {
        let (type_no, event_id, split) = (event.kind().number, RandomIds::random(), event.split());
        let context = SealContext { event_id, type_no, subject };
        let occurred_on = event.occurred_on().context("every filed event names its day")?;
        Ok(NewEvent {
            event_id,
            type_no,
            case_id: request.case,
            agency: request.agency.to_owned(),
            staff: "staff-1".to_owned(),
            on_behalf_of: None,
            correlation_id,
            causation_id: None,
            occurred_on: occurred_on.parse()?,
            body: split.clear,
            sealed: key.seal(&context, &split.personal),
        })
    };
    request.events.iter().map(sealed).collect()
}
