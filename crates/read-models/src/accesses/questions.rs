//! The two questions: who saw somebody, and what somebody saw.

use access::{Door, Purpose};
use casework::{AgencyId, PersonId};
use contracts::access::Outcome;
use jiff::Timestamp;
use sqlx::{Row, SqlitePool, sqlite::SqliteRow};

use super::AskedBy;
use crate::ReadError;

/// One answer to one reader about one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Access {
    /// Its place in the record of reads.
    pub position: u64,
    /// Whom it was about; when it was refused, what was asked for; empty: nobody in particular.
    pub person_id: String,
    /// The reader's agency.
    pub agency: AgencyId,
    /// The reader's code.
    pub staff: String,
    /// When.
    pub at: Timestamp,
    /// Through which door.
    pub door: Door,
    /// Why.
    pub purpose: Purpose,
    /// What the purpose is about: a case, or an event; empty otherwise.
    pub purpose_id: String,
    /// Whether something was shown.
    pub outcome: Outcome,
    /// How many events were shown.
    pub shown: u32,
    /// Of how many of them something personal was opened.
    pub opened: u32,
    /// The numbers of the types of these events.
    pub types: Vec<u32>,
}

/// Some accesses, the latest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessPage {
    /// What is on the page.
    pub accesses: Vec<Access>,
    /// Whether there is more.
    pub has_more: bool,
}

pub(super) async fn who_saw(
    readers: &SqlitePool,
    persons: &[PersonId],
    with_refused: bool,
    first: usize,
    before: Option<u64>,
) -> Result<AccessPage, ReadError> {
    let mut accesses = Vec::new();
    // One after the other, each by a range of the index: together they would have to be sorted.
    for person in persons {
        let rows = sqlx::query(
            "SELECT * FROM access WHERE person_id = ?1 AND position < ?2 \
             AND (outcome = ?3 OR ?4) ORDER BY position DESC LIMIT ?5",
        )
        .bind(person.as_str())
        .bind(bound(before))
        .bind(i32::from(Outcome::Shown))
        .bind(with_refused)
        .bind(one_more_than(first));
        accesses.extend(read_all(&rows.fetch_all(readers).await?)?);
    }
    accesses.sort_by_key(|access| std::cmp::Reverse(access.position));
    Ok(page(accesses, first))
}

pub(super) async fn what_saw(
    readers: &SqlitePool,
    by: &AskedBy,
    first: usize,
    before: Option<u64>,
) -> Result<AccessPage, ReadError> {
    let statement = match &by.staff {
        Some(_) => {
            "SELECT * FROM access WHERE agency = ?1 AND staff = ?2 AND position < ?3 \
             ORDER BY position DESC LIMIT ?4"
        }
        None => {
            "SELECT * FROM access WHERE agency = ?1 AND ?2 IS NULL AND position < ?3 \
             ORDER BY position DESC LIMIT ?4"
        }
    };
    let rows = sqlx::query(statement)
        .bind(by.agency.as_str())
        .bind(by.staff.as_deref())
        .bind(bound(before))
        .bind(one_more_than(first));
    Ok(page(read_all(&rows.fetch_all(readers).await?)?, first))
}

fn bound(before: Option<u64>) -> i64 {
    before.map_or(i64::MAX, u64::cast_signed)
}

fn one_more_than(first: usize) -> i64 {
    i64::try_from(first.saturating_add(1)).unwrap_or(i64::MAX)
}

fn page(mut accesses: Vec<Access>, first: usize) -> AccessPage {
    let has_more = accesses.len() > first;
    accesses.truncate(first);
    AccessPage { accesses, has_more }
}

fn read_all(rows: &[SqliteRow]) -> Result<Vec<Access>, ReadError> {
    rows.iter().map(read).collect()
}

fn read(row: &SqliteRow) -> Result<Access, ReadError> {
    let number = |column: &str| row.try_get::<i32, _>(column);
    let count = |column: &str| row.try_get::<i64, _>(column).map(i64::cast_unsigned);
    let at = Timestamp::from_microsecond(row.try_get("recorded_at")?);
    let types: String = row.try_get("types")?;
    Ok(Access {
        position: count("position")?,
        person_id: row.try_get("person_id")?,
        agency: AgencyId::from(row.try_get::<String, _>("agency")?),
        staff: row.try_get("staff")?,
        at: at.map_err(|_| ReadError::MalformedAccess)?,
        // What a later version calls otherwise is told as unknown.
        door: Door::try_from(number("door")?).unwrap_or_default(),
        purpose: Purpose::try_from(number("purpose")?).unwrap_or_default(),
        purpose_id: row.try_get("purpose_id")?,
        outcome: Outcome::try_from(number("outcome")?).unwrap_or_default(),
        shown: u32::try_from(count("shown")?).unwrap_or(u32::MAX),
        opened: u32::try_from(count("opened")?).unwrap_or(u32::MAX),
        types: serde_json::from_str(&types).map_err(|_| ReadError::MalformedAccess)?,
    })
}
