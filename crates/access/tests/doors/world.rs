//! A log with two agencies, a record of reads and a vault in one folder.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use access::{AGENCY_CATEGORY, Clock, Disclosure, Principal, SealedEvent, SettableClock};
use casework::{AgencyId, PersonId};
use contracts::{
    Event, Office,
    access::ReadRecorded,
    events::{AgencyRegistered, AgencyRetired},
};
use event_log::{Append, EventLog, ExpectedVersion, NewEvent, StreamKey, StreamWrite};
use prost::Message;
use tempfile::TempDir;
use uuid::Uuid;
use vault::{MasterKey, SealContext, Subject, Vault};

pub const HOSPITAL: &str = "hospital-kakuu";
pub const CENTER: &str = "center-kakuu";
pub const NOW: &str = "2025-06-01T00:00:00Z";

pub struct World {
    pub log: EventLog,
    pub reads: EventLog,
    pub vault: Vault,
    pub clock: SettableClock,
    next: AtomicU64,
    folder: TempDir,
}

impl World {
    pub async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let address = |name: &str| format!("sqlite:{}", folder.path().join(name).display());
        let master = MasterKey::from_bytes([7; 32]);
        let world = Self {
            log: EventLog::open(&address("log.sqlite")).await.unwrap(),
            reads: EventLog::open(&address("reads.sqlite")).await.unwrap(),
            vault: Vault::open(&address("vault.sqlite"), master).await.unwrap(),
            clock: SettableClock::at(NOW.parse().unwrap()),
            next: AtomicU64::new(1),
            folder,
        };
        for (agency, office) in [(HOSPITAL, Office::Hospital), (CENTER, Office::SupportCenter)] {
            let event = AgencyRegistered {
                agency_id: agency.into(),
                registered_on: "2025-04-01".into(),
                name: "架空の機関".into(),
                kind: office.into(),
                ..AgencyRegistered::default()
            };
            world.append(&world.log, agency, event.into()).await;
        }
        world
    }

    /// The same log as another process sees it: nothing is shared but the file.
    pub async fn log_elsewhere(&self) -> EventLog {
        let path = self.folder.path().join("log.sqlite");
        EventLog::open(&format!("sqlite:{}", path.display())).await.unwrap()
    }

    pub fn clock(&self) -> Arc<dyn Clock> {
        Arc::new(self.clock.clone())
    }

    pub async fn retire(&self, log: &EventLog, agency: &str) {
        let event = AgencyRetired { agency_id: agency.into(), retired_on: "2025-06-01".into() };
        self.append(log, agency, event.into()).await;
    }

    /// Something that an agency recorded about its own work.
    pub async fn record(&self, agency: &str, event: Event) {
        self.append(&self.log, agency, event).await;
    }

    async fn append(&self, log: &EventLog, agency: &str, event: Event) {
        let event = NewEvent {
            event_id: self.next_id(),
            type_no: event.number(),
            case_id: None,
            agency: "city-kakuu".into(),
            staff: "s-aoi".into(),
            on_behalf_of: None,
            correlation_id: self.next_id(),
            causation_id: None,
            occurred_on: "2025-04-01".parse().unwrap(),
            body: event.split().clear,
            sealed: Vec::new(),
        };
        let append = Append {
            producer: "test".into(),
            request_id: self.next_id(),
            digest: [0; 32],
            recorded_at: self.clock.now(),
            writes: vec![StreamWrite {
                stream: StreamKey::new(AGENCY_CATEGORY, agency),
                expected: ExpectedVersion::Any,
                events: vec![event],
            }],
            unless_changed: None,
        };
        log.append(append).await.unwrap();
    }

    fn next_id(&self) -> Uuid {
        Uuid::from_u128(u128::from(self.next.fetch_add(1, Ordering::Relaxed)))
    }

    pub fn disclosure(&self) -> Disclosure {
        Disclosure::new(self.vault.clone(), self.reads.clone(), self.clock())
    }

    /// An event about the person with this text sealed in it.
    pub async fn sealed(&self, person: &PersonId, text: &str) -> SealedEvent {
        let subject = Subject::new("person", person.to_string());
        let event_id = self.next_id();
        let key = self.vault.ensure_key(&subject).await.unwrap();
        let context = SealContext { event_id, type_no: 5, subject: &subject };
        let sealed = key.seal(&context, text.as_bytes());
        SealedEvent { event_id, type_no: 5, subject, sealed }
    }

    /// The record of reads so far.
    pub async fn recorded_reads(&self) -> Vec<ReadRecorded> {
        let events = self.reads.read(0, 100).await.unwrap();
        events.iter().map(|event| ReadRecorded::decode(event.body.as_slice()).unwrap()).collect()
    }
}

pub fn hospital() -> Principal {
    principal(Office::Hospital, HOSPITAL)
}

pub fn principal(office: Office, agency: &str) -> Principal {
    Principal { office, agency: AgencyId::from(agency), staff: "s-reader".into(), roles: vec![] }
}
