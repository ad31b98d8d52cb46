//! Events that are written together: gathered by person, so that each person's part of the batch
//! is one row.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    sync::LazyLock,
};

use casework::{FiscalYear, PersonId, kin_of, replacement};
use contracts::{Event, catalogue};
use event_log::StoredEvent;
use jiff::civil::Date;
use serde_json::{Value, json};
use sqlx::{QueryBuilder, Row, Sqlite, sqlite::SqliteConnection};
use uuid::Uuid;

use crate::{ReadError, history::PERSON_CATEGORY, packed::pack, store::Checkpoint};

/// Rows of one INSERT. A fixed number, so that the statement is prepared once.
const ROWS_AT_ONCE: usize = 64;

/// Pieces of so many bytes are left as they are: some 100 events.
const PIECE_BYTES: i64 = 32 * 1024;

/// The events by which a person belongs to a year: a discharge, a referral or a use of break-glass
/// access lies in it.
static OF_YEAR: LazyLock<Vec<u32>> = LazyLock::new(|| {
    let names = ["PatientDischarged", "ReferralSubmitted", "BreakGlassAccessUsed"];
    names.iter().filter_map(|name| catalogue().by_name(name)).map(|kind| kind.number).collect()
});

/// The event that brings two streams together.
static MERGED: LazyLock<Option<u32>> =
    LazyLock::new(|| catalogue().by_name("PersonsMerged").map(|kind| kind.number));

/// The events that name agencies, corrections among them.
static NAMING: LazyLock<HashSet<u32>> = LazyLock::new(|| {
    let naming = catalogue()
        .kinds()
        .iter()
        .filter(|kind| kind.options.amends || kind.agency_fields().next().is_some());
    naming.map(|kind| kind.number).collect()
});

/// Part of a person's history.
#[derive(Default)]
struct Piece {
    first_position: u64,
    last_position: u64,
    events: Vec<u8>,
    /// The agencies that it names: few, each once.
    agencies: Vec<String>,
}

impl Piece {
    fn mention(&mut self, agency: &str) {
        if !agency.is_empty() && self.agencies.iter().all(|known| known != agency) {
            self.agencies.push(agency.to_owned());
        }
    }
}

/// An event that lies in no person's stream.
struct Record {
    position: u64,
    category: String,
    subject: String,
    agency: String,
    type_no: u32,
    event: Vec<u8>,
}

/// Events that have been read and not been written.
#[derive(Default)]
pub(crate) struct Batch {
    pieces: HashMap<String, Piece>,
    records: Vec<Record>,
    cases: HashMap<Uuid, String>,
    of_years: BTreeSet<(i16, String)>,
    /// Persons and those with whom they are brought together.
    kinship: Vec<(String, String)>,
    /// Persons whose histories may grow with those of their kin, and up to where.
    kin: Vec<(String, u64)>,
    /// The last event, of whatever category.
    last: Option<Checkpoint>,
    /// How many bytes of memory the pieces take together.
    pub(crate) bytes: usize,
}

impl Batch {
    /// The last event that was taken in; none when there is none.
    pub(crate) fn last(&self) -> Option<Checkpoint> {
        self.last
    }

    /// How many persons it holds events of.
    pub(crate) fn persons(&self) -> usize {
        self.pieces.len()
    }

    /// Whose histories grow with it, and up to where.
    pub(crate) fn changed(&self) -> impl Iterator<Item = (&str, u64)> {
        let own = self.pieces.iter().map(|(person, piece)| (person.as_str(), piece.last_position));
        own.chain(self.kin.iter().map(|(person, position)| (person.as_str(), *position)))
    }

    /// Takes an event in: that of a person into the person's piece, any other by itself.
    pub(crate) fn take_in(&mut self, event: &StoredEvent) {
        if event.stream.category == PERSON_CATEGORY {
            self.take_in_of_person(event);
        } else {
            self.take_in_record(event);
        }
        self.last = Some(Checkpoint { position: event.position, chain_hash: event.chain_hash });
    }

    fn take_in_record(&mut self, stored: &StoredEvent) {
        let mut event = Vec::new();
        pack(stored, &mut event);
        self.bytes += size_of::<Record>() + event.capacity();
        self.records.push(Record {
            position: stored.position,
            category: stored.stream.category.clone(),
            subject: stored.stream.key.clone(),
            agency: stored.agency.clone(),
            type_no: stored.type_no,
            event,
        });
    }

    fn take_in_of_person(&mut self, event: &StoredEvent) {
        let person = &event.stream.key;
        if !self.pieces.contains_key(person) {
            let piece = Piece { first_position: event.position, ..Piece::default() };
            self.pieces.insert(person.clone(), piece);
        }
        if let Some(piece) = self.pieces.get_mut(person) {
            let before = piece.events.capacity();
            pack(event, &mut piece.events);
            piece.last_position = event.position;
            piece.mention(&event.agency);
            piece.mention(event.on_behalf_of.as_deref().unwrap_or_default());
            named_in(event).iter().for_each(|agency| piece.mention(agency));
            self.bytes += piece.events.capacity() - before;
        }
        if let Some(case) = event.case_id {
            self.cases.entry(case).or_insert_with(|| person.clone());
        }
        if let Some(other) = brought_together(event) {
            self.kinship.push((person.clone(), other.to_string()));
        }
        if let Some(day) = day_that_counts(event) {
            self.of_years.insert((FiscalYear::of(day).year(), person.clone()));
        }
    }

    /// Writes everything, the checkpoint included, into a transaction that the caller commits.
    pub(crate) async fn write(
        &mut self,
        connection: &mut SqliteConnection,
    ) -> Result<(), ReadError> {
        let mut pieces: Vec<_> = self.pieces.iter().collect();
        // In the order of the tables' keys: neighbours are written together.
        pieces.sort_by_key(|(_, piece)| piece.first_position);
        insert_pieces(connection, &pieces).await?;
        pieces.sort_by_key(|(person, _)| *person);
        touch_persons(connection, &pieces).await?;
        join_loose_pieces(connection).await?;
        insert_records(connection, &self.records).await?;
        let mentioned = self.pieces.iter().flat_map(|(person, piece)| {
            piece.agencies.iter().map(move |agency| json!([person, agency]))
        });
        let insert = "INSERT OR IGNORE INTO mentioned (person_id, agency) \
                      SELECT value ->> 0, value ->> 1 FROM json_each(?1)";
        insert_all(connection, insert, mentioned.collect()).await?;
        let kinship = self.kinship.iter().map(|(person, other)| json!([person, other]));
        let insert = "INSERT OR IGNORE INTO kinship (person_id, other_id) \
                      SELECT value ->> 0, value ->> 1 FROM json_each(?1)";
        insert_all(connection, insert, kinship.collect()).await?;
        let cases = self.cases.iter().map(|(case, person)| json!([case.to_string(), person]));
        let insert = "INSERT OR IGNORE INTO case_index (case_id, person_id) \
                      SELECT value ->> 0, value ->> 1 FROM json_each(?1)";
        insert_all(connection, insert, cases.collect()).await?;
        let of_years = self.of_years.iter().map(|(year, person)| json!([year, person]));
        let insert = "INSERT OR IGNORE INTO person_of_year (fiscal_year, person_id) \
                      SELECT value ->> 0, value ->> 1 FROM json_each(?1)";
        insert_all(connection, insert, of_years.collect()).await?;
        self.kin = kin_of_changed(connection, &self.pieces).await?;
        set_checkpoint(connection, self.last).await
    }
}

/// The agencies that an event names besides its envelope; of a correction those of what it puts in
/// its target's place. What this version cannot read names nobody, and parks its person.
fn named_in(event: &StoredEvent) -> Vec<String> {
    let kind = catalogue().by_number(event.type_no).filter(|_| NAMING.contains(&event.type_no));
    let Some(kind) = kind else { return Vec::new() };
    if !kind.options.amends {
        return kind.agencies_in(&event.body).unwrap_or_default();
    }
    let Ok(Event::EventCorrected(correction)) = kind.decode(&event.body) else {
        return Vec::new();
    };
    let replaced = catalogue().by_number(correction.replacement_type);
    let named = replaced.and_then(|kind| kind.agencies_in(&correction.replacement_clear).ok());
    named.unwrap_or_default()
}

/// The other person of a merge.
fn brought_together(event: &StoredEvent) -> Option<PersonId> {
    let number = (*MERGED).filter(|number| *number == event.type_no)?;
    let merge = catalogue().by_number(number)?.decode(&event.body).ok()?;
    kin_of(&PersonId::from(event.stream.key.as_str()), &merge)
}

/// The kin of those who have new events, and the last position of these.
async fn kin_of_changed(
    connection: &mut SqliteConnection,
    pieces: &HashMap<String, Piece>,
) -> Result<Vec<(String, u64)>, ReadError> {
    let any = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM kinship)");
    if !any.fetch_one(&mut *connection).await? {
        return Ok(Vec::new());
    }
    let changed = pieces.iter().map(|(person, piece)| json!([person, piece.last_position]));
    let rows: Vec<(String, i64)> = sqlx::query_as(
        "WITH RECURSIVE kin (changed, position, person_id) AS ( \
           SELECT value ->> 0, value ->> 1, value ->> 0 FROM json_each(?1) \
           UNION SELECT changed, position, other_id FROM kin \
           CROSS JOIN kinship ON kinship.person_id = kin.person_id) \
         SELECT person_id, max(position) FROM kin WHERE person_id <> changed GROUP BY person_id",
    )
    .bind(Value::Array(changed.collect()).to_string())
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(|(person, position)| (person, position.cast_unsigned())).collect())
}

/// The day of an event by which its person belongs to a year; a corrected one counts for both.
fn day_that_counts(event: &StoredEvent) -> Option<Date> {
    if OF_YEAR.contains(&event.type_no) {
        return Some(event.occurred_on);
    }
    let kind = catalogue().by_number(event.type_no).filter(|kind| kind.options.amends)?;
    let Ok(Event::EventCorrected(correction)) = kind.decode(&event.body) else { return None };
    let replacement = replacement(&correction)?;
    let day = replacement.occurred_on()?.parse().ok()?;
    OF_YEAR.contains(&replacement.number()).then_some(day)
}

/// Runs a statement over an array of rows, if there are any.
pub(crate) async fn insert_all(
    connection: &mut SqliteConnection,
    statement: &'static str,
    rows: Vec<Value>,
) -> Result<(), ReadError> {
    if !rows.is_empty() {
        let rows = Value::Array(rows).to_string();
        sqlx::query(statement).bind(rows).execute(connection).await?;
    }
    Ok(())
}

async fn insert_pieces(
    connection: &mut SqliteConnection,
    pieces: &[(&String, &Piece)],
) -> Result<(), ReadError> {
    let groups = pieces.chunks_exact(ROWS_AT_ONCE);
    let singles = groups.remainder().chunks(1);
    for group in groups.chain(singles) {
        let insert = "INSERT INTO history (first_position, person_id, events) ";
        let mut insert = QueryBuilder::<Sqlite>::new(insert);
        insert.push_values(group, |mut row, (person, piece)| {
            row.push_bind(piece.first_position.cast_signed())
                .push_bind(person.as_str())
                .push_bind(piece.events.as_slice());
        });
        insert.build().execute(&mut *connection).await?;
    }
    Ok(())
}

async fn insert_records(
    connection: &mut SqliteConnection,
    records: &[Record],
) -> Result<(), ReadError> {
    let groups = records.chunks_exact(ROWS_AT_ONCE);
    let singles = groups.remainder().chunks(1);
    for group in groups.chain(singles) {
        let insert = "INSERT INTO record (position, category, subject, agency, type_no, event) ";
        let mut insert = QueryBuilder::<Sqlite>::new(insert);
        insert.push_values(group, |mut row, record| {
            row.push_bind(record.position.cast_signed())
                .push_bind(record.category.as_str())
                .push_bind(record.subject.as_str())
                .push_bind(record.agency.as_str())
                .push_bind(record.type_no)
                .push_bind(record.event.as_slice());
        });
        insert.build().execute(&mut *connection).await?;
    }
    Ok(())
}

/// Notes how far each person's history goes now, and that their work items are out of date.
async fn touch_persons(
    connection: &mut SqliteConnection,
    pieces: &[(&String, &Piece)],
) -> Result<(), ReadError> {
    let rows = pieces.iter().map(|(person, piece)| json!([person, piece.last_position]));
    let touch = "INSERT INTO person (person_id, last_position, loose_pieces, worked_on) \
                 SELECT value ->> 0, value ->> 1, 1, '' FROM json_each(?1) WHERE true \
                 ON CONFLICT (person_id) DO UPDATE SET last_position = excluded.last_position, \
                 loose_pieces = loose_pieces + 1, worked_on = ''";
    insert_all(connection, touch, rows.collect()).await
}

/// Joins the pieces of those who have too many of them.
async fn join_loose_pieces(connection: &mut SqliteConnection) -> Result<(), ReadError> {
    // The same number as in the schema's index, which holds nobody most of the time.
    let loose = "SELECT person_id FROM person WHERE loose_pieces > 16";
    let loose: Vec<String> = sqlx::query_scalar(loose).fetch_all(&mut *connection).await?;
    for person in loose {
        join_pieces(connection, &person).await?;
    }
    Ok(())
}

/// Joins a person's latest pieces into one, back to the last that is large already.
async fn join_pieces(connection: &mut SqliteConnection, person: &str) -> Result<(), ReadError> {
    let rows = sqlx::query(
        "SELECT first_position, events FROM history \
         WHERE person_id = ?1 AND first_position > (SELECT coalesce(max(first_position), 0) \
           FROM history WHERE person_id = ?1 AND length(events) >= ?2) \
         ORDER BY first_position",
    )
    .bind(person)
    .bind(PIECE_BYTES)
    .fetch_all(&mut *connection)
    .await?;
    let mut joined: Vec<u8> = Vec::new();
    for row in &rows {
        joined.extend_from_slice(row.try_get("events")?);
    }
    if let Some(first) = rows.first() {
        let first: i64 = first.try_get("first_position")?;
        sqlx::query("DELETE FROM history WHERE person_id = ?1 AND first_position > ?2")
            .bind(person)
            .bind(first)
            .execute(&mut *connection)
            .await?;
        sqlx::query("UPDATE history SET events = ?2 WHERE first_position = ?1")
            .bind(first)
            .bind(joined)
            .execute(&mut *connection)
            .await?;
    }
    sqlx::query("UPDATE person SET loose_pieces = 0 WHERE person_id = ?1")
        .bind(person)
        .execute(connection)
        .await?;
    Ok(())
}

pub(crate) async fn set_checkpoint(
    connection: &mut SqliteConnection,
    last: Option<Checkpoint>,
) -> Result<(), ReadError> {
    if let Some(last) = last {
        sqlx::query("UPDATE checkpoint SET position = ?1, chain_hash = ?2")
            .bind(last.position.cast_signed())
            .bind(&last.chain_hash[..])
            .execute(connection)
            .await?;
    }
    Ok(())
}
