//! A person's events, read from the pieces in which they lie in the file.

use std::borrow::Cow;

use access::SealedEvent;
use casework::{Amendments, CaseId, Flag, PersonFile, PersonId, Recorded, Standing, effective};
use futures::TryStreamExt;
use serde_json::json;
use sqlx::{
    Row,
    sqlite::{SqliteConnection, SqliteExecutor},
};
use uuid::Uuid;
use vault::Subject;

use crate::{
    ReadError,
    fold::{self, Folded, RULES},
    packed::{Packed, unpack},
};

/// The category of the streams that are histories of persons.
pub const PERSON_CATEGORY: &str = "person";

/// One event of a history, with all that is needed to show it.
#[derive(Clone)]
pub(crate) struct Entry {
    pub(crate) recorded: Recorded,
    pub(crate) event_id: Uuid,
    pub(crate) body: Vec<u8>,
    pub(crate) sealed: Vec<u8>,
    /// What is remarkable about it, after all that came before.
    pub(crate) flags: Vec<Flag>,
    /// What changed it by then; then `recorded` is the event as it stands, while body and sealed part
    /// stay those of the original.
    pub(crate) amendment: Option<Box<Entry>>,
    /// If it was ever amended.
    pub(crate) past: Option<Box<Past>>,
}

/// The two ends of an amended event, by which it is judged who sees it.
#[derive(Clone)]
pub(crate) struct Past {
    /// As it was recorded.
    pub(crate) original: Recorded,
    /// As it stands today, whatever past is asked for.
    pub(crate) present: Recorded,
    /// What has become of it by today.
    pub(crate) standing: Standing,
}

/// A person's whole history, as far as it can be read.
pub(crate) struct History {
    pub(crate) person: PersonId,
    /// As they were recorded, amendments among them.
    entries: Vec<Entry>,
    /// The person's file, folded from all entries as they stand.
    pub(crate) file: PersonFile,
    /// Whether an event is missing because this version cannot read it or take it in.
    pub(crate) is_incomplete: bool,
    has_amendments: bool,
}

/// A person's history as it lies in the file.
pub(crate) struct Pieces {
    pub(crate) person: PersonId,
    /// In order.
    pub(crate) pieces: Vec<Vec<u8>>,
}

impl Entry {
    fn of(packed: &Packed<'_>) -> Option<Self> {
        let recorded = fold::recorded(packed)?;
        let (body, sealed) = (packed.body.to_vec(), packed.sealed.to_vec());
        let event_id = packed.event_id;
        Some(Self {
            recorded,
            event_id,
            body,
            sealed,
            flags: Vec::new(),
            amendment: None,
            past: None,
        })
    }

    /// The sealed part, as the door of disclosure takes it.
    pub(crate) fn sealed_event(&self, person: &PersonId) -> SealedEvent {
        SealedEvent {
            event_id: self.event_id,
            // Also after a correction, which is of the same kind.
            type_no: self.recorded.event.number(),
            subject: Subject::new(PERSON_CATEGORY, person.as_str()),
            sealed: self.sealed.clone(),
        }
    }

    /// What became of it.
    pub(crate) fn standing(&self) -> Option<Standing> {
        self.amendment.as_ref()?.recorded.standing()
    }

    fn past(&self, amendment: &Self) -> Option<Box<Past>> {
        let original = self.recorded.clone();
        let present = original.amended_by(&amendment.recorded).unwrap_or_else(|| original.clone());
        let standing = amendment.recorded.standing()?;
        Some(Box::new(Past { original, present, standing }))
    }

    /// This entry as an amendment leaves it.
    fn amended_by(&self, amendment: &Self) -> Self {
        let recorded = self.recorded.amended_by(&amendment.recorded);
        let recorded = recorded.unwrap_or_else(|| self.recorded.clone());
        Self { recorded, amendment: Some(Box::new(amendment.clone())), ..self.clone() }
    }
}

impl History {
    /// The events up to a position in the log, as they stood there: corrected ones in the places of
    /// the originals, and no amendments by themselves.
    pub(crate) fn standing(&self, up_to: u64) -> Cow<'_, [Entry]> {
        if !self.has_amendments {
            return Cow::Borrowed(&self.entries);
        }
        let known = self.entries.iter().filter(|entry| entry.recorded.position <= up_to);
        let known: Vec<_> = known.collect();
        // Entries lie in the order of the log, so a place among the known is one among all.
        let then = Amendments::of(known.iter().map(|entry| &entry.recorded));
        let now = Amendments::of(self.entries.iter().map(|entry| &entry.recorded));
        let originals =
            known.iter().enumerate().filter(|(_, entry)| entry.recorded.amends().is_none());
        let standing = originals.map(|(at, entry)| {
            let amended = then.of_event_at(at).map(|amending| entry.amended_by(known[amending]));
            let past = now.of_event_at(at).and_then(|by| entry.past(&self.entries[by]));
            Entry { past, ..amended.unwrap_or_else(|| (*entry).clone()) }
        });
        let mut standing: Vec<_> = standing.collect();
        fold(&mut standing);
        Cow::Owned(standing)
    }

    /// The events up to a position as the rules see them.
    pub(crate) fn effective(&self, up_to: u64) -> Vec<Recorded> {
        let known = self.entries.iter().map(|entry| &entry.recorded);
        let known: Vec<_> = known.filter(|event| event.position <= up_to).cloned().collect();
        effective(&known).into_owned()
    }
}

/// Folds entries as they stand, and notes what is remarkable about each.
fn fold(standing: &mut [Entry]) -> Folded {
    let mut folded = Folded::default();
    for entry in standing {
        if entry.standing() != Some(Standing::Retracted) {
            entry.flags = folded.apply(&entry.recorded, RULES);
        }
    }
    folded
}

impl Pieces {
    fn events(&self) -> impl Iterator<Item = Result<Packed<'_>, ReadError>> {
        self.pieces.iter().flat_map(|piece| unpack(piece))
    }

    /// With all that is needed to show it.
    fn read(self) -> Result<History, ReadError> {
        let (mut entries, mut parked_at) = (Vec::new(), None);
        for packed in self.events() {
            let packed = packed?;
            match Entry::of(&packed) {
                Some(entry) => entries.push(entry),
                None => parked_at = parked_at.or(Some(packed.position)),
            }
        }
        let has_amendments = entries.iter().any(|entry| entry.recorded.amends().is_some());
        let mut history = History {
            person: self.person,
            entries,
            file: PersonFile::default(),
            is_incomplete: parked_at.is_some(),
            has_amendments,
        };
        let folded = if has_amendments {
            fold(&mut history.standing(u64::MAX).into_owned())
        } else {
            fold(&mut history.entries)
        };
        history.is_incomplete |= folded.parked_at.is_some();
        history.file = folded.file;
        Ok(history)
    }

    /// The events as the rules see them, and where reading stopped to be whole.
    pub(crate) fn recorded(&self) -> Result<(Vec<Recorded>, Option<u64>), ReadError> {
        let (mut events, mut parked_at) = (Vec::new(), None);
        for packed in self.events() {
            let packed = packed?;
            match fold::recorded(&packed) {
                Some(recorded) => events.push(recorded),
                None => parked_at = parked_at.or(Some(packed.position)),
            }
        }
        if events.iter().any(|recorded| recorded.amends().is_some()) {
            events = effective(&events).into_owned();
        }
        Ok((events, parked_at))
    }
}

/// The history of a person; empty when there is none.
pub(crate) async fn of_person(
    executor: impl SqliteExecutor<'_>,
    person: &PersonId,
) -> Result<History, ReadError> {
    pieces_of(executor, person).await?.read()
}

/// The history of a person as it lies in the file; empty when there is none.
async fn pieces_of(
    executor: impl SqliteExecutor<'_>,
    person: &PersonId,
) -> Result<Pieces, ReadError> {
    let pieces = sqlx::query_scalar(
        "SELECT events FROM history WHERE person_id = ?1 ORDER BY first_position",
    )
    .bind(person.as_str())
    .fetch_all(executor)
    .await?;
    Ok(Pieces { person: person.clone(), pieces })
}

/// The history of the person whose case this is; empty when there is none.
pub(crate) async fn of_case(
    executor: impl SqliteExecutor<'_>,
    case: &CaseId,
) -> Result<History, ReadError> {
    let rows = sqlx::query(
        "SELECT person_id, events FROM history \
         WHERE person_id = (SELECT person_id FROM case_index WHERE case_id = ?1) \
         ORDER BY first_position",
    )
    .bind(case.as_str())
    .fetch_all(executor)
    .await?;
    let person = rows.first().map(|row| row.try_get::<String, _>("person_id")).transpose()?;
    let pieces = rows.iter().map(|row| row.try_get("events")).collect::<Result<_, _>>()?;
    Pieces { person: PersonId::from(person.unwrap_or_default()), pieces }.read()
}

/// The histories of some persons as they lie in the file.
pub(crate) async fn of_persons(
    connection: &mut SqliteConnection,
    persons: &[PersonId],
) -> Result<Vec<Pieces>, ReadError> {
    let ids: Vec<_> = persons.iter().map(PersonId::as_str).collect();
    let rows = sqlx::query(
        "SELECT person_id, events FROM history \
         WHERE person_id IN (SELECT value FROM json_each(?1)) ORDER BY person_id, first_position",
    );
    let mut rows = rows.bind(json!(ids).to_string()).fetch(connection);
    let mut found: Vec<Pieces> = Vec::with_capacity(persons.len());
    // One by one: a row keeps a copy of its own of what it holds.
    while let Some(row) = rows.try_next().await? {
        let (id, events): (&str, _) = (row.try_get("person_id")?, row.try_get("events")?);
        match found.last_mut().filter(|last| last.person.as_str() == id) {
            Some(last) => last.pieces.push(events),
            None => found.push(Pieces { person: PersonId::from(id), pieces: vec![events] }),
        }
    }
    Ok(found)
}

/// The person whose case this is, and the last position of their history. One statement, whether or
/// not there is such a case.
pub(crate) async fn person_of_case(
    executor: impl SqliteExecutor<'_>,
    case: &CaseId,
) -> Result<Option<(String, u64)>, ReadError> {
    let row = sqlx::query(
        "SELECT person_id, last_position FROM person \
         WHERE person_id = (SELECT person_id FROM case_index WHERE case_id = ?1)",
    )
    .bind(case.as_str())
    .fetch_optional(executor)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let last: i64 = row.try_get("last_position")?;
    Ok(Some((row.try_get("person_id")?, last.cast_unsigned())))
}
