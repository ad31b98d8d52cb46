//! Erasing a person: who asked for it, which keys would go, and whether the records may go yet.
//!
//! What was sealed under a destroyed key is gone wherever it lies. What stays clear, stays in the
//! log and goes on being counted; to everybody who asks for the person, there is none.

use std::collections::{BTreeMap, BTreeSet};

use contracts::{Event, events::ErasureGround};
use jiff::{ToSpan, civil::Date};

use crate::{
    FiscalYear, Holders, PersonFile, PersonId, RecordId, Recorded, effective, is_of_merging,
};

/// The role of those who have a person's records erased.
pub const ERASURE_OFFICER: &str = "erasure-officer";

/// The events by which a person is erased.
pub fn is_of_erasure(event: &Event) -> bool {
    matches!(
        event,
        Event::PersonErasureRequested(_) | Event::PersonErasureDeclined(_) | Event::PersonErased(_)
    )
}

/// Everybody who is erased with this event.
pub fn erased_with(event: &Event) -> impl Iterator<Item = PersonId> {
    let ids = match event {
        Event::PersonErased(erased) => erased.person_ids.as_slice(),
        _ => &[],
    };
    ids.iter().map(|id| PersonId::from(id.as_str()))
}

/// How long records are kept, as the municipality has set it. No rule of any city is in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Retention {
    /// From when the years count.
    pub counted_from: CountedFrom,
    /// The years for each ground; on a ground without any nobody is erased.
    pub years: BTreeMap<ErasureGround, u16>,
}

/// From when the years of retention count.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum CountedFrom {
    /// From the day after the last entry of the file.
    #[default]
    LastEntry,
    /// From the beginning of the fiscal year after the last entry.
    NextFiscalYear,
}

impl Retention {
    /// The first day on which records may be erased on this ground, if their last entry is of that
    /// day; none where nothing is set. Without any years they need not be kept at all.
    pub fn free_on(&self, ground: ErasureGround, last_entry: Date) -> Option<Date> {
        let years = *self.years.get(&ground)?;
        if years == 0 {
            return Some(last_entry);
        }
        let begins = match self.counted_from {
            CountedFrom::LastEntry => last_entry.tomorrow().unwrap_or(Date::MAX),
            CountedFrom::NextFiscalYear => {
                let last_day = FiscalYear::of(last_entry).last_day();
                last_day.tomorrow().unwrap_or(Date::MAX)
            }
        };
        Some(begins.saturating_add(i64::from(years).years()))
    }
}

/// A request to erase a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErasureRequest {
    /// The officer who made it.
    pub requested_by: String,
    /// Why.
    pub ground: ErasureGround,
    /// Everybody whose key would go.
    pub persons: BTreeSet<PersonId>,
    /// Whether it waits for an answer.
    pub is_open: bool,
}

/// What a person's own stream says about requests to erase the person, by their ids.
#[derive(Debug, Clone, Default)]
pub struct ErasureRequests(BTreeMap<RecordId, ErasureRequest>);

impl ErasureRequests {
    /// Folded from the events that lie in the person's own stream.
    pub fn of<'a>(stream: impl Iterator<Item = &'a Recorded>) -> Self {
        let mut requests = Self::default();
        stream.for_each(|recorded| requests.apply(&recorded.event));
        requests
    }

    fn apply(&mut self, event: &Event) {
        match event {
            Event::PersonErasureRequested(event) => {
                let persons = event.person_ids.iter().map(|id| PersonId::from(id.as_str()));
                let request = ErasureRequest {
                    requested_by: event.requested_by.clone(),
                    ground: event.ground(),
                    persons: persons.collect(),
                    is_open: true,
                };
                self.0.insert(RecordId::from(event.erasure_id.as_str()), request);
            }
            Event::PersonErasureDeclined(event) => self.answer(&event.erasure_id),
            Event::PersonErased(event) => self.answer(&event.erasure_id),
            _ => {}
        }
    }

    fn answer(&mut self, id: &str) {
        if let Some(request) = self.0.get_mut(&RecordId::from(id)) {
            request.is_open = false;
        }
    }

    /// The request of this id, if it waits for an answer.
    pub fn open(&self, id: &str) -> Option<&ErasureRequest> {
        self.0.get(&RecordId::from(id)).filter(|request| request.is_open)
    }

    /// Whether any request waits for an answer.
    pub fn is_any_open(&self) -> bool {
        self.0.values().any(|request| request.is_open)
    }
}

/// What is kept of a person: the file, and the streams in which it lies.
pub struct Kept {
    /// Whose file it is: the surviving person's, when one was asked for who is merged.
    pub person: PersonId,
    /// Everybody whose key goes with it: the person, and whoever is merged into the file.
    pub persons: BTreeSet<PersonId>,
    /// Whether events of others lie under these keys, or events of the person under others'. That
    /// is so for good after files were merged, written in, and taken apart.
    pub is_entangled: bool,
    /// The file.
    pub file: PersonFile,
    /// The day of the last event that stands, merging and erasing aside.
    pub last_entry: Option<Date>,
    /// Who asked for an erasure.
    pub requests: ErasureRequests,
}

impl Kept {
    /// Of a person, from all events that may be the person's: each with the person in whose stream
    /// it lies, in the order of the log.
    pub fn of(person: &PersonId, events: &[(PersonId, Recorded)]) -> Self {
        let holders = Holders::of(events.iter().map(|(stream, event)| (stream, event)), u64::MAX);
        let person = holders.person(person).clone();
        let streams = events.iter().map(|(stream, _)| stream);
        let mut persons: BTreeSet<_> =
            streams.filter(|stream| *holders.person(stream) == person).cloned().collect();
        persons.insert(person.clone());
        let is_entangled = events.iter().enumerate().any(|(at, (stream, recorded))| {
            let is_held = holders.of_event_at(at) == Some(&person);
            !is_of_merging(&recorded.event) && is_held != persons.contains(stream)
        });
        let all = events.iter().map(|(_, event)| event.clone());
        let history = holders.history_of(&person, all);
        let own = events.iter().filter(|(stream, _)| *stream == person).map(|(_, event)| event);
        let requests = ErasureRequests::of(own);
        let (file, last_entry) = (PersonFile::folded(&history), last_entry(&history));
        Self { person, persons, is_entangled, file, last_entry, requests }
    }
}

fn last_entry(history: &[Recorded]) -> Option<Date> {
    let standing = effective(history);
    let entries = standing
        .iter()
        .filter(|recorded| !is_of_merging(&recorded.event) && !is_of_erasure(&recorded.event));
    entries.map(|recorded| recorded.occurred_on).max()
}

/// A person about whose erasure an officer decides.
pub struct Erasing<'a> {
    /// What is kept of the person.
    pub kept: &'a Kept,
    /// How long records are kept here.
    pub retention: &'a Retention,
    /// The officer.
    pub officer: &'a str,
}
