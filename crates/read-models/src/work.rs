//! What waits for whom, kept in the order in which it is shown.

use std::{
    collections::BTreeMap,
    num::NonZero,
    sync::Arc,
    thread::available_parallelism,
    time::{Duration, Instant},
};

use casework::{CaseId, PersonFile, PersonId, WorkItem, cases_in_hand, work_items};
use jiff::civil::Date;
use serde_json::{Value, json};
use sqlx::{Row, sqlite::SqliteConnection};
use tokio::task::spawn_blocking;

use crate::{
    ReadError,
    batch::insert_all,
    fold::{Apply, Folded, contained},
    history::{self, Pieces},
};

/// Where the time went while work items were computed.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Took {
    pub(crate) load: Duration,
    pub(crate) decode: Duration,
    pub(crate) fold: Duration,
    pub(crate) write: Duration,
}

/// What computing some persons' items came to.
#[derive(Default)]
pub(crate) struct Refreshed {
    /// Whether everybody's items are of this day now.
    pub(crate) is_done: bool,
    /// The events that parked somebody who had not been parked before.
    pub(crate) parked_at: Vec<u64>,
    pub(crate) took: Took,
}

/// A person of whom it is known what waits.
struct Judged {
    person: PersonId,
    /// None for a parked person: what waits cannot be told from part of a history.
    items: Vec<WorkItem>,
    parked_at: Option<u64>,
    decode: Duration,
    fold: Duration,
}

/// Computes the items of some persons for this day, in a transaction that the caller commits.
pub(crate) async fn refresh_some(
    connection: &mut SqliteConnection,
    today: Date,
    persons_max: usize,
    apply: Apply,
) -> Result<Refreshed, ReadError> {
    let started = Instant::now();
    let outdated = outdated(connection, today, persons_max).await?;
    let is_done = outdated.len() < persons_max;
    let persons: Vec<_> = outdated.keys().cloned().collect();
    let histories = history::of_persons(connection, &persons).await?;
    let load = started.elapsed();
    let judged = judge(histories, today, apply).await?;
    let started = Instant::now();
    rewrite(connection, &judged, today).await?;
    let news = |judged: &&Judged| outdated.get(&judged.person) != Some(&judged.parked_at);
    let parked_at = judged.iter().filter(news).filter_map(|judged| judged.parked_at).collect();
    let decode = judged.iter().map(|judged| judged.decode).sum();
    let fold = judged.iter().map(|judged| judged.fold).sum();
    let took = Took { load, decode, fold, write: started.elapsed() };
    Ok(Refreshed { is_done, parked_at, took })
}

/// Has every person's items computed anew: this version may have other rules than the one before.
pub(crate) async fn mark_all_outdated(connection: &mut SqliteConnection) -> Result<(), ReadError> {
    sqlx::query("UPDATE person SET worked_on = ''").execute(connection).await?;
    Ok(())
}

/// Persons whose items are of another day, and where they were parked. Those whose history has
/// grown come first.
async fn outdated(
    connection: &mut SqliteConnection,
    today: Date,
    persons_max: usize,
) -> Result<BTreeMap<PersonId, Option<u64>>, ReadError> {
    // Two ranges of the index; `<>` would walk the table.
    let rows = sqlx::query(
        "SELECT person_id, parked_at FROM person WHERE worked_on < ?1 \
         UNION ALL SELECT person_id, parked_at FROM person WHERE worked_on > ?1 LIMIT ?2",
    )
    .bind(today.to_string())
    .bind(i64::try_from(persons_max).unwrap_or(i64::MAX))
    .fetch_all(connection)
    .await?;
    let mut persons = BTreeMap::new();
    for row in rows {
        let parked_at: Option<i64> = row.try_get("parked_at")?;
        let person: String = row.try_get("person_id")?;
        persons.insert(PersonId::from(person), parked_at.map(i64::cast_unsigned));
    }
    Ok(persons)
}

/// What waits, and behind it the cases that agencies lead: two lists in one table, told apart by
/// kind.
fn all_items(file: &PersonFile, today: Date) -> Vec<WorkItem> {
    let mut items = work_items(file, today);
    items.extend(cases_in_hand(file));
    items
}

/// Folds every history, on all cores where there are many.
async fn judge(
    histories: Vec<Pieces>,
    today: Date,
    apply: Apply,
) -> Result<Vec<Judged>, ReadError> {
    const PERSONS_FOR_ONE_CORE: usize = 8;
    if histories.len() <= PERSONS_FOR_ONE_CORE {
        return histories.iter().map(|pieces| Judged::of(pieces, today, apply)).collect();
    }
    let cores = available_parallelism().map_or(1, NonZero::get);
    let length = histories.len().div_ceil(cores);
    let histories = Arc::new(histories);
    let shares: Vec<_> = (0..histories.len()).step_by(length).collect();
    let shares = shares.into_iter().map(|from| {
        let histories = histories.clone();
        spawn_blocking(move || {
            let share = histories.iter().skip(from).take(length);
            share.map(|pieces| Judged::of(pieces, today, apply)).collect::<Result<Vec<_>, _>>()
        })
    });
    let mut judged = Vec::with_capacity(histories.len());
    for share in shares.collect::<Vec<_>>() {
        // What can panic is contained; that the runtime stops ends this task as well.
        judged.extend(share.await.map_err(|_| ReadError::Behind)??);
    }
    Ok(judged)
}

impl Judged {
    fn of(pieces: &Pieces, today: Date, apply: Apply) -> Result<Self, ReadError> {
        let started = Instant::now();
        let (events, parked_at) = pieces.recorded()?;
        let decode = started.elapsed();
        let mut folded = Folded { parked_at, ..Folded::default() };
        for recorded in &events {
            folded.apply(recorded, apply);
        }
        let last = events.last().map_or(0, |last| last.position);
        let items = contained(|| all_items(&folded.file, today)).unwrap_or_else(|| {
            folded.park(last);
            Vec::new()
        });
        let items = if folded.parked_at.is_none() { items } else { Vec::new() };
        let fold = started.elapsed() - decode;
        let (person, parked_at) = (pieces.person.clone(), folded.parked_at);
        Ok(Self { person, items, parked_at, decode, fold })
    }

    /// The rows of the items. Each agency's are numbered by themselves: a number must not tell of
    /// another's.
    fn rows(&self) -> impl Iterator<Item = Value> {
        let mut next = BTreeMap::new();
        self.items.iter().map(move |item| {
            let next = next.entry(&item.agency).or_insert(0_i64);
            let ordinal = *next;
            *next += 1;
            let case = item.case_id.as_ref().map(CaseId::as_str);
            let (agency, since) = (item.agency.as_str(), item.since.to_string());
            json!([agency, since, self.person.as_str(), ordinal, case, item.kind.code()])
        })
    }
}

/// Replaces what waits with these persons.
async fn rewrite(
    connection: &mut SqliteConnection,
    judged: &[Judged],
    today: Date,
) -> Result<(), ReadError> {
    let persons: Vec<_> = judged.iter().map(|judged| json!(judged.person.as_str())).collect();
    let delete = "DELETE FROM work_item WHERE person_id IN (SELECT value FROM json_each(?1))";
    insert_all(connection, delete, persons).await?;
    let items = judged.iter().flat_map(Judged::rows).collect();
    let insert = "INSERT INTO work_item (agency, since, person_id, ordinal, case_id, kind) \
                  SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, \
                  value ->> 5 FROM json_each(?1)";
    insert_all(connection, insert, items).await?;
    let day = today.to_string();
    let marks = judged.iter().map(|judged| json!([judged.person.as_str(), day, judged.parked_at]));
    let mark = "UPDATE person SET worked_on = wanted.value ->> 1, \
                parked_at = wanted.value ->> 2 \
                FROM json_each(?1) AS wanted WHERE person_id = wanted.value ->> 0";
    insert_all(connection, mark, marks.collect()).await
}
