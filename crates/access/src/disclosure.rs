//! The only door through which sealed parts are opened.
//!
//! The record of a read is durable before the first personal byte leaves: no record, no data.

use std::{
    collections::{BTreeMap, BTreeSet, btree_map::Entry},
    sync::Arc,
};

use casework::{PersonId, today};
use contracts::access::{Door, Outcome, Purpose, ReadRecorded};
use event_log::{
    Append, AppendError, EventLog, ExpectedVersion, NewEvent, StoredEvent, StreamKey, StreamWrite,
};
use prost::Message;
use uuid::Uuid;
use vault::{SealContext, Subject, SubjectKey, Vault, VaultError};

use crate::{Clock, Principal, RandomIds};

/// The stream category of the record of reads: one stream per reading agency.
const READER_CATEGORY: &str = "reader";
/// The one type in the log of reads.
const READ_RECORDED: u32 = 1;
/// Stands in a record for what was asked for and is no id.
const MALFORMED: &str = "malformed";

/// An event of which the sealed part is to be opened.
#[derive(Debug, Clone)]
pub struct SealedEvent {
    /// Its id.
    pub event_id: Uuid,
    /// Its type.
    pub type_no: u32,
    /// Whose key seals it.
    pub subject: Subject,
    /// The sealed bytes; empty when the event has no personal part.
    pub sealed: Vec<u8>,
}

impl From<&StoredEvent> for SealedEvent {
    fn from(stored: &StoredEvent) -> Self {
        Self {
            event_id: stored.event_id,
            type_no: stored.type_no,
            subject: Subject::new(stored.stream.category.as_str(), stored.stream.key.as_str()),
            sealed: stored.sealed.clone(),
        }
    }
}

/// By which way the reader came, and why, as far as that way tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    /// The way.
    pub door: Door,
    /// Why.
    pub purpose: Purpose,
    /// What the purpose is about: the id of a case, or of an event; never words.
    pub purpose_id: Option<String>,
}

impl Way {
    /// Through this door for this purpose.
    pub fn through(door: Door, purpose: Purpose) -> Self {
        Self { door, purpose, purpose_id: None }
    }

    /// And the purpose is about this.
    #[must_use]
    pub fn about(self, id: impl Into<String>) -> Self {
        Self { purpose_id: Some(id.into()), ..self }
    }
}

impl From<Door> for Way {
    fn from(door: Door) -> Self {
        Self::through(door, Purpose::Unspecified)
    }
}

/// What of one person is to be shown.
#[derive(Debug, Clone)]
pub struct Shown {
    /// By which way and why.
    pub way: Way,
    /// The person; none when it is about nobody in particular.
    pub person: Option<PersonId>,
    /// How many events are shown, stubs included.
    pub shown: usize,
    /// Those with a sealed part that is to be opened, and others whose type is to be on record.
    pub events: Vec<SealedEvent>,
}

/// What became of a sealed part.
#[derive(Clone, PartialEq, Eq)]
pub enum Opened {
    /// There was nothing to open.
    Nothing,
    /// The personal bytes, to be read after the clear ones.
    Personal(Vec<u8>),
    /// The key no longer exists.
    Erased,
}

/// Why nothing was opened.
#[derive(Debug, thiserror::Error)]
pub enum DisclosureError {
    /// The read could not be recorded.
    #[error("the read could not be recorded")]
    NotRecorded(#[from] AppendError),
    /// The keys could not be read.
    #[error("the keys could not be read")]
    Vault(#[from] VaultError),
    /// A sealed part was altered, or sealed for another event.
    #[error("the sealed part of event {0} cannot be opened")]
    Broken(Uuid),
}

/// Records reads and opens what may be opened.
#[derive(Clone)]
pub struct Disclosure {
    vault: Vault,
    reads: EventLog,
    clock: Arc<dyn Clock>,
}

impl Disclosure {
    /// A door with these keys and this log of reads.
    pub fn new(vault: Vault, reads: EventLog, clock: Arc<dyn Clock>) -> Self {
        Self { vault, reads, clock }
    }

    /// Records that `reader` is shown `shown` events of `person`, or of no person in particular, then
    /// opens the sealed parts, in the order given.
    pub async fn open(
        &self,
        reader: &Principal,
        way: impl Into<Way>,
        person: impl Into<Option<&PersonId>>,
        shown: usize,
        events: &[SealedEvent],
    ) -> Result<Vec<Opened>, DisclosureError> {
        let record = shown_record(&way.into(), person.into(), shown, events);
        self.record(reader, &[record]).await?;
        self.unseal(events).await
    }

    /// The same for a list of several persons: one record for each, all by one append, before any
    /// sealed part is opened.
    pub async fn open_all(
        &self,
        reader: &Principal,
        list: &[Shown],
    ) -> Result<Vec<Vec<Opened>>, DisclosureError> {
        let record = |of: &Shown| shown_record(&of.way, of.person.as_ref(), of.shown, &of.events);
        let records: Vec<_> = list.iter().map(record).collect();
        self.record(reader, &records).await?;
        let mut opened = Vec::with_capacity(list.len());
        for of in list {
            opened.push(self.unseal(&of.events).await?);
        }
        Ok(opened)
    }

    /// Records that `reader` asked for `requested` and was answered with nothing. What is not an
    /// id of the house could be anything, even a name, and is not written down.
    pub async fn refuse(
        &self,
        reader: &Principal,
        way: impl Into<Way>,
        requested: &str,
    ) -> Result<(), DisclosureError> {
        let Way { door, purpose, purpose_id } = way.into();
        let record = ReadRecorded {
            person_id: if is_id(requested) { requested } else { MALFORMED }.to_owned(),
            door: door.into(),
            outcome: Outcome::Refused.into(),
            purpose: purpose.into(),
            purpose_id: purpose_id.unwrap_or_default(),
            ..ReadRecorded::default()
        };
        self.record(reader, &[record]).await
    }

    async fn record(
        &self,
        reader: &Principal,
        records: &[ReadRecorded],
    ) -> Result<(), DisclosureError> {
        if records.is_empty() {
            return Ok(());
        }
        let now = self.clock.now();
        let correlation_id = RandomIds::random();
        let event = |record: &ReadRecorded| NewEvent {
            event_id: RandomIds::random(),
            type_no: READ_RECORDED,
            case_id: None,
            agency: reader.agency.to_string(),
            staff: reader.staff.clone(),
            on_behalf_of: None,
            correlation_id,
            causation_id: None,
            occurred_on: today(now),
            body: record.encode_to_vec(),
            sealed: Vec::new(),
        };
        let stream =
            StreamKey { category: READER_CATEGORY.to_owned(), key: reader.agency.to_string() };
        let append = Append {
            producer: reader.agency.to_string(),
            request_id: RandomIds::random(),
            digest: [0; 32],
            recorded_at: now,
            writes: vec![StreamWrite {
                stream,
                expected: ExpectedVersion::Any,
                events: records.iter().map(event).collect(),
            }],
            unless_changed: None,
        };
        self.reads.append(append).await?;
        Ok(())
    }

    async fn unseal(&self, events: &[SealedEvent]) -> Result<Vec<Opened>, DisclosureError> {
        let mut keys: BTreeMap<(&str, &str), Option<SubjectKey>> = BTreeMap::new();
        let mut opened = Vec::with_capacity(events.len());
        for event in events {
            let subject = (event.subject.category.as_str(), event.subject.key.as_str());
            if event.sealed.is_empty() {
                opened.push(Opened::Nothing);
                continue;
            }
            if let Entry::Vacant(unread) = keys.entry(subject) {
                unread.insert(self.vault.key(&event.subject).await?);
            }
            opened.push(match keys.get(&subject) {
                Some(Some(key)) => Opened::Personal(open(key, event)?),
                _ => Opened::Erased,
            });
        }
        Ok(opened)
    }
}

/// What an event of the log of reads says; none when it is no record of a read that this version
/// can read.
pub fn read_recorded(stored: &StoredEvent) -> Option<ReadRecorded> {
    let is_read = stored.stream.category == READER_CATEGORY && stored.type_no == READ_RECORDED;
    let read = is_read.then(|| ReadRecorded::decode(stored.body.as_slice()).ok()).flatten();
    if read.is_none() {
        tracing::error!(position = stored.position, "this is not the record of a read");
    }
    read
}

fn shown_record(
    way: &Way,
    person: Option<&PersonId>,
    shown: usize,
    events: &[SealedEvent],
) -> ReadRecorded {
    let personal = events.iter().filter(|event| !event.sealed.is_empty());
    let types: BTreeSet<_> = events.iter().map(|event| event.type_no).collect();
    ReadRecorded {
        person_id: person.map(ToString::to_string).unwrap_or_default(),
        door: way.door.into(),
        outcome: Outcome::Shown.into(),
        opened_event_ids: personal.map(|event| event.event_id.to_string()).collect(),
        shown: u32::try_from(shown).unwrap_or(u32::MAX),
        purpose: way.purpose.into(),
        purpose_id: way.purpose_id.clone().unwrap_or_default(),
        types: types.into_iter().collect(),
    }
}

/// A UUID, spelt as the house spells them.
fn is_id(text: &str) -> bool {
    Uuid::try_parse(text).is_ok_and(|id| id.to_string() == text)
}

fn open(key: &SubjectKey, event: &SealedEvent) -> Result<Vec<u8>, DisclosureError> {
    let context =
        SealContext { event_id: event.event_id, type_no: event.type_no, subject: &event.subject };
    key.open(&context, &event.sealed).map_err(|_| DisclosureError::Broken(event.event_id))
}
