//! A person's events, read from the pieces in which they lie in the file.
//!
//! After a merge they lie in the streams of several persons; `casework::Holders` says whose each is.

use std::{borrow::Cow, collections::BTreeSet};

use access::SealedEvent;
use casework::{
    AgencyId, Amendments, CaseId, Flag, Holders, PersonFile, PersonId, Recorded, Standing,
    effective,
};
use futures::TryStreamExt;
use serde_json::json;
use sqlx::{
    Row,
    sqlite::{SqliteConnection, SqliteExecutor, SqliteRow},
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
    /// In whose stream it lies, and under whose key its sealed part.
    pub(crate) stream: PersonId,
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
    /// Whose file it is: the surviving person's, when one was asked for who is merged.
    pub(crate) person: PersonId,
    /// As they were recorded, amendments among them.
    entries: Vec<Entry>,
    /// The person's file, folded from all entries as they stand.
    pub(crate) file: PersonFile,
    /// Whether an event is missing because this version cannot read it or take it in.
    pub(crate) is_incomplete: bool,
    has_amendments: bool,
    /// When merges ever brought streams together.
    kin: Option<Kin>,
}

/// All events of the streams that merges ever brought together with that of a person.
struct Kin {
    asked: Asked,
    /// Each with the person in whose stream it lies, in the order of the log.
    events: Vec<(PersonId, Recorded)>,
}

/// Whose history is asked for.
pub(crate) enum Asked {
    Person(PersonId),
    /// That of the person whose case this is.
    Case(CaseId),
}

/// A person's history as it lies in the file, with the streams that may hold parts of it.
pub(crate) struct Pieces {
    /// In whose stream it is looked for first.
    pub(crate) person: PersonId,
    asked: Asked,
    /// Those of each stream in order, with the person whose stream it is.
    pieces: Vec<(PersonId, Vec<u8>)>,
}

impl Entry {
    fn of(stream: &PersonId, packed: &Packed<'_>) -> Option<Self> {
        let recorded = fold::recorded(packed)?;
        let (body, sealed) = (packed.body.to_vec(), packed.sealed.to_vec());
        let (stream, event_id) = (stream.clone(), packed.event_id);
        Some(Self {
            recorded,
            stream,
            event_id,
            body,
            sealed,
            flags: Vec::new(),
            amendment: None,
            past: None,
        })
    }

    /// The sealed part, as the door of disclosure takes it.
    pub(crate) fn sealed_event(&self) -> SealedEvent {
        SealedEvent {
            event_id: self.event_id,
            // Also after a correction, which is of the same kind.
            type_no: self.recorded.event.number(),
            subject: Subject::new(PERSON_CATEGORY, self.stream.as_str()),
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
        let is_as_now = self.kin.is_none() || up_to == u64::MAX;
        if !self.has_amendments && is_as_now {
            return Cow::Borrowed(&self.entries);
        }
        let known = self.known(up_to);
        let then = Amendments::of(known.iter().map(|entry| &entry.recorded));
        let now = Amendments::of(self.entries.iter().map(|entry| &entry.recorded));
        let originals =
            known.iter().enumerate().filter(|(_, entry)| entry.recorded.amends().is_none());
        let standing = originals.map(|(at, entry)| {
            let amended = then.of_event_at(at).map(|amending| entry.amended_by(known[amending]));
            let place = self.place_of(entry).and_then(|place| now.of_event_at(place));
            let past = place.and_then(|by| entry.past(&self.entries[by]));
            Entry { past, ..amended.unwrap_or_else(|| (*entry).clone()) }
        });
        let mut standing: Vec<_> = standing.collect();
        fold(&mut standing);
        Cow::Owned(standing)
    }

    /// Where an entry lies among all, which are in the order of the log.
    fn place_of(&self, entry: &Entry) -> Option<usize> {
        let position = entry.recorded.position;
        self.entries.binary_search_by_key(&position, |entry| entry.recorded.position).ok()
    }

    /// The entries up to a position that belonged to the history then as they do now. What turned
    /// out to be another person's is not shown as of an earlier day either: it is not for those who
    /// may see this one.
    fn known(&self, up_to: u64) -> Vec<&Entry> {
        let known = self.entries.iter().filter(|entry| entry.recorded.position <= up_to);
        match &self.kin {
            None => known.collect(),
            Some(kin) => {
                let held = kin.held(up_to);
                known.filter(|entry| held.contains(&entry.recorded.position)).collect()
            }
        }
    }

    /// The person, and those whose files are merged into theirs; empty when nothing is on file.
    pub(crate) fn persons_held(&self) -> Vec<PersonId> {
        let Some(kin) = &self.kin else {
            return self.entries.first().map(|_| self.person.clone()).into_iter().collect();
        };
        let holders = kin.holders(u64::MAX);
        let streams: BTreeSet<_> = kin.events.iter().map(|(stream, _)| stream).collect();
        let held = streams.into_iter().filter(|stream| *holders.person(stream) == self.person);
        held.cloned().collect()
    }

    /// The histories of all persons whose events lie here, up to a position and as the log stood
    /// there, as the rules see them.
    pub(crate) fn effective_of_all(&self, up_to: u64) -> Vec<(PersonId, Vec<Recorded>)> {
        if let Some(kin) = &self.kin {
            return kin.effective_of_all(up_to);
        }
        let known = self.known(up_to).into_iter().map(|entry| entry.recorded.clone());
        let known: Vec<_> = known.collect();
        vec![(self.person.clone(), effective(&known).into_owned())]
    }
}

impl Kin {
    fn holders(&self, up_to: u64) -> Holders {
        Holders::of(self.events.iter().map(|(stream, event)| (stream, event)), up_to)
    }

    /// Whose history was asked for; none when a case had not begun.
    fn person(&self, holders: &Holders) -> Option<PersonId> {
        match &self.asked {
            Asked::Person(person) => Some(holders.person(person).clone()),
            Asked::Case(case) => {
                let of_case = |(_, event): &(_, Recorded)| event.case_id.as_ref() == Some(case);
                holders.of_event_at(self.events.iter().position(of_case)?).cloned()
            }
        }
    }

    /// The positions of what belonged to the history as the log stood at a position.
    fn held(&self, up_to: u64) -> BTreeSet<u64> {
        let holders = self.holders(up_to);
        let person = self.person(&holders);
        let events = self.events.iter().enumerate();
        let held = events
            .filter(|(at, _)| person.is_some() && holders.of_event_at(*at) == person.as_ref());
        held.map(|(_, (_, event))| event.position).collect()
    }

    fn effective_of_all(&self, up_to: u64) -> Vec<(PersonId, Vec<Recorded>)> {
        let holders = self.holders(up_to);
        let persons: BTreeSet<_> = self.events.iter().map(|(stream, _)| stream).collect();
        let history = |person: &PersonId| {
            let events = self.events.iter().map(|(_, event)| event.clone());
            effective(&holders.history_of(person, events)).into_owned()
        };
        persons.into_iter().map(|person| (person.clone(), history(person))).collect()
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
    fn has_kin(&self) -> bool {
        self.pieces.iter().any(|(stream, _)| *stream != self.person)
    }

    /// All events, in the order of the log.
    fn events(&self) -> Result<Vec<(&PersonId, Packed<'_>)>, ReadError> {
        let pieces = self.pieces.iter();
        let events = pieces.flat_map(|(stream, piece)| {
            unpack(piece).map(move |packed| packed.map(|packed| (stream, packed)))
        });
        let mut events = events.collect::<Result<Vec<_>, _>>()?;
        if self.has_kin() {
            events.sort_unstable_by_key(|(_, packed)| packed.position);
        }
        Ok(events)
    }

    /// With all that is needed to show it.
    pub(crate) fn read(self) -> Result<History, ReadError> {
        let (mut entries, mut is_incomplete) = (Vec::new(), false);
        for (stream, packed) in self.events()? {
            match Entry::of(stream, &packed) {
                Some(entry) => entries.push(entry),
                // Whose it is cannot be told for sure, so nobody's history is whole.
                None => is_incomplete = true,
            }
        }
        let has_kin = self.has_kin();
        let Self { mut person, asked, .. } = self;
        let mut kin = None;
        if has_kin {
            let lying = |entry: &Entry| (entry.stream.clone(), entry.recorded.clone());
            let all = Kin { asked, events: entries.iter().map(lying).collect() };
            person = all.person(&all.holders(u64::MAX)).unwrap_or(person);
            let held = all.held(u64::MAX);
            entries.retain(|entry| held.contains(&entry.recorded.position));
            kin = Some(all);
        }
        let has_amendments = entries.iter().any(|entry| entry.recorded.amends().is_some());
        let file = PersonFile::default();
        let mut history = History { person, entries, file, is_incomplete, has_amendments, kin };
        let folded = if has_amendments {
            fold(&mut history.standing(u64::MAX).into_owned())
        } else {
            fold(&mut history.entries)
        };
        history.is_incomplete |= folded.parked_at.is_some();
        history.file = folded.file;
        Ok(history)
    }

    /// The events of this very person as the rules see them, and where reading stopped to be whole.
    /// Of one who is merged there are none: they are the surviving person's.
    pub(crate) fn recorded(&self) -> Result<(Vec<Recorded>, Option<u64>), ReadError> {
        let (mut streams, mut events, mut parked_at) = (Vec::new(), Vec::new(), None);
        for (stream, packed) in self.events()? {
            match fold::recorded(&packed) {
                Some(recorded) => {
                    streams.push(stream);
                    events.push(recorded);
                }
                None => parked_at = parked_at.or(Some(packed.position)),
            }
        }
        if self.has_kin() {
            let holders = Holders::of(streams.into_iter().zip(&events), u64::MAX);
            events = holders.history_of(&self.person, events.into_iter());
        }
        if events.iter().any(|recorded| recorded.amends().is_some()) {
            events = effective(&events).into_owned();
        }
        Ok((events, parked_at))
    }
}

/// The streams that merges ever brought together with some, as a table of a statement. What begins
/// it is put between the two. `CROSS JOIN` has SQLite begin with the kin: left to itself it may begin
/// with the other table, and read all of it.
macro_rules! with_kin {
    ($first:literal, $statement:literal) => {
        concat!(
            "WITH RECURSIVE kin (person_id) AS (",
            $first,
            " UNION SELECT kinship.other_id FROM kin \
             CROSS JOIN kinship ON kinship.person_id = kin.person_id)",
            $statement
        )
    };
}

/// The pieces of all kin. For an agency only if one of their streams names it: whoever is named nowhere
/// sees nothing, and is told so by the same steps and as quickly as where there is nobody.
macro_rules! pieces_of_kin {
    ($first:literal) => {
        with_kin!(
            $first,
            ", named AS MATERIALIZED (SELECT 1 WHERE ?2 IS NULL UNION ALL \
             SELECT 1 FROM kin CROSS JOIN mentioned USING (person_id) WHERE agency = ?2 LIMIT 1) \
             SELECT person_id, events FROM named CROSS JOIN kin CROSS JOIN history USING (person_id) \
             ORDER BY first_position"
        )
    };
}

/// The history of a person; empty when there is none, or none that names this agency.
pub(crate) async fn of_person(
    executor: impl SqliteExecutor<'_>,
    person: &PersonId,
    naming: Option<&AgencyId>,
) -> Result<History, ReadError> {
    pieces_of(executor, person, naming).await?.read()
}

/// The history of a person as it lies in the file; empty when there is none. One statement, so that
/// all streams are of one moment.
async fn pieces_of(
    executor: impl SqliteExecutor<'_>,
    person: &PersonId,
    naming: Option<&AgencyId>,
) -> Result<Pieces, ReadError> {
    let rows = sqlx::query(pieces_of_kin!("SELECT ?1")).bind(person.as_str());
    let rows = rows.bind(naming.map(AgencyId::as_str)).fetch_all(executor).await?;
    let pieces = rows.iter().map(piece).collect::<Result<_, _>>()?;
    Ok(Pieces { person: person.clone(), asked: Asked::Person(person.clone()), pieces })
}

fn piece(row: &SqliteRow) -> Result<(PersonId, Vec<u8>), sqlx::Error> {
    Ok((PersonId::from(row.try_get::<String, _>("person_id")?), row.try_get("events")?))
}

/// The history of the person whose case this is; empty when there is none, or none that names this
/// agency.
pub(crate) async fn of_case(
    executor: impl SqliteExecutor<'_>,
    case: &CaseId,
    naming: &AgencyId,
) -> Result<History, ReadError> {
    let rows = sqlx::query(pieces_of_kin!("SELECT person_id FROM case_index WHERE case_id = ?1"));
    let rows = rows.bind(case.as_str()).bind(naming.as_str()).fetch_all(executor).await?;
    let pieces = rows.iter().map(piece).collect::<Result<Vec<_>, _>>()?;
    let person = pieces.first().map_or_else(|| PersonId::from(""), |(person, _)| person.clone());
    Pieces { person, asked: Asked::Case(case.clone()), pieces }.read()
}

/// The histories of some persons as they lie in the file.
pub(crate) async fn of_persons(
    connection: &mut SqliteConnection,
    persons: &[PersonId],
) -> Result<Vec<Pieces>, ReadError> {
    let ids: Vec<_> = persons.iter().map(PersonId::as_str).collect();
    let ids = json!(ids).to_string();
    let with_kin = "SELECT DISTINCT person_id FROM kinship \
                    WHERE person_id IN (SELECT value FROM json_each(?1))";
    let with_kin: Vec<String> =
        sqlx::query_scalar(with_kin).bind(&ids).fetch_all(&mut *connection).await?;
    let mut found = of_own_streams(connection, persons.len(), &ids).await?;
    for person in with_kin.into_iter().map(PersonId::from) {
        let pieces = pieces_of(&mut *connection, &person, None).await?;
        match found.iter_mut().find(|found| found.person == person) {
            Some(found) => *found = pieces,
            None => found.push(pieces),
        }
    }
    Ok(found)
}

async fn of_own_streams(
    connection: &mut SqliteConnection,
    persons: usize,
    ids: &str,
) -> Result<Vec<Pieces>, ReadError> {
    let rows = sqlx::query(
        "SELECT person_id, events FROM history \
         WHERE person_id IN (SELECT value FROM json_each(?1)) ORDER BY person_id, first_position",
    );
    let mut rows = rows.bind(ids).fetch(connection);
    let mut found: Vec<Pieces> = Vec::with_capacity(persons);
    // One by one: a row keeps a copy of its own of what it holds.
    while let Some(row) = rows.try_next().await? {
        let (person, events) = piece(&row)?;
        match found.last_mut().filter(|last| last.person == person) {
            Some(last) => last.pieces.push((person, events)),
            None => {
                let asked = Asked::Person(person.clone());
                found.push(Pieces {
                    person: person.clone(),
                    asked,
                    pieces: vec![(person, events)],
                });
            }
        }
    }
    Ok(found)
}

/// The person in whose stream this case began, and the last position of all streams that may hold
/// events of it. One statement, whether or not there is such a case.
pub(crate) async fn person_of_case(
    executor: impl SqliteExecutor<'_>,
    case: &CaseId,
) -> Result<Option<(String, u64)>, ReadError> {
    let row = sqlx::query(with_kin!(
        "SELECT person_id FROM case_index WHERE case_id = ?1",
        " SELECT (SELECT person_id FROM case_index WHERE case_id = ?1) AS began_with, \
         max(last_position) AS last_position FROM kin CROSS JOIN person USING (person_id)"
    ));
    let row = row.bind(case.as_str()).fetch_one(executor).await?;
    let last: Option<i64> = row.try_get("last_position")?;
    let person: Option<String> = row.try_get("began_with")?;
    Ok(person.zip(last.map(i64::cast_unsigned)))
}
