//! What waits for whom, kept in the order in which it is shown.

use std::collections::BTreeMap;

use casework::{PersonFile, PersonId, work_items};
use jiff::civil::Date;
use sqlx::sqlite::{SqliteConnection, SqliteExecutor};

use crate::{ReadError, history};

/// Persons whose work items are computed anew in one transaction: some 10 ms, so that events that
/// arrive meanwhile are not kept waiting.
const PERSONS_AT_ONCE: u32 = 100;

/// Replaces what waits with this person by what waits on that day.
pub(crate) async fn rewrite(
    connection: &mut SqliteConnection,
    person: &PersonId,
    file: &PersonFile,
    today: Date,
) -> Result<(), ReadError> {
    sqlx::query("DELETE FROM work_item WHERE person_id = ?1")
        .bind(person.as_str())
        .execute(&mut *connection)
        .await?;
    // Each agency's items are numbered by themselves: a number must not tell of another's.
    let mut next = BTreeMap::new();
    for item in work_items(file, today) {
        let next = next.entry(item.agency.clone()).or_insert(0_i64);
        let ordinal = *next;
        *next += 1;
        sqlx::query(
            "INSERT INTO work_item (agency, since, person_id, ordinal, case_id, kind) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )
        .bind(item.agency.as_str())
        .bind(item.since.to_string())
        .bind(person.as_str())
        .bind(ordinal)
        .bind(item.case_id.as_ref().map(casework::CaseId::as_str))
        .bind(item.kind.code())
        .execute(&mut *connection)
        .await?;
    }
    mark(connection, person, today).await
}

async fn mark(
    connection: &mut SqliteConnection,
    person: &PersonId,
    today: Date,
) -> Result<(), ReadError> {
    sqlx::query(
        "INSERT INTO person (person_id, worked_on) VALUES (?1, ?2) \
         ON CONFLICT (person_id) DO UPDATE SET worked_on = excluded.worked_on",
    )
    .bind(person.as_str())
    .bind(today.to_string())
    .execute(connection)
    .await?;
    Ok(())
}

/// Computes the items of some persons for this day, and says whether everybody's are now.
pub(crate) async fn refresh_some(
    connection: &mut SqliteConnection,
    today: Date,
) -> Result<bool, ReadError> {
    let persons = outdated(&mut *connection, today).await?;
    for person in &persons {
        let file = history::of_person(&mut *connection, person).await?.file();
        rewrite(connection, person, &file, today).await?;
    }
    Ok(persons.len() < PERSONS_AT_ONCE as usize)
}

/// Has every person's items computed anew: this version may have other rules than the one before.
pub(crate) async fn mark_all_outdated(connection: &mut SqliteConnection) -> Result<(), ReadError> {
    sqlx::query("UPDATE person SET worked_on = ''").execute(connection).await?;
    Ok(())
}

async fn outdated(
    executor: impl SqliteExecutor<'_>,
    today: Date,
) -> Result<Vec<PersonId>, ReadError> {
    // Two ranges of the index; `<>` would walk the table.
    let persons: Vec<String> = sqlx::query_scalar(
        "SELECT person_id FROM person WHERE worked_on < ?1 OR worked_on > ?1 LIMIT ?2",
    )
    .bind(today.to_string())
    .bind(PERSONS_AT_ONCE)
    .fetch_all(executor)
    .await?;
    Ok(persons.into_iter().map(PersonId::from).collect())
}
