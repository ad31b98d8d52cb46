//! A person's events as rows of the file.

use access::{SealedEvent, recorded};
use casework::{AgencyId, CaseId, Flag, PersonFile, PersonId, Recorded};
use contracts::catalogue;
use event_log::StoredEvent;
use jiff::{Timestamp, civil::Date};
use sqlx::{
    Row,
    sqlite::{SqliteConnection, SqliteExecutor, SqliteRow},
};
use uuid::Uuid;
use vault::Subject;

use crate::ReadError;

/// The category of the streams that are histories of persons.
pub const PERSON_CATEGORY: &str = "person";

/// One event of a history, with all that is needed to show it.
#[derive(Clone)]
pub(crate) struct Entry {
    pub(crate) recorded: Recorded,
    pub(crate) event_id: Uuid,
    pub(crate) body: Vec<u8>,
    pub(crate) sealed: Vec<u8>,
    pub(crate) flags: Vec<Flag>,
}

/// A person's whole history, as far as it can be read.
pub(crate) struct History {
    pub(crate) person: PersonId,
    pub(crate) entries: Vec<Entry>,
    /// Whether an event is missing because this version cannot read it.
    pub(crate) is_incomplete: bool,
}

impl Entry {
    /// The sealed part, as the door of disclosure takes it.
    pub(crate) fn sealed_event(&self, person: &PersonId) -> SealedEvent {
        SealedEvent {
            event_id: self.event_id,
            type_no: self.recorded.event.number(),
            subject: Subject::new(PERSON_CATEGORY, person.as_str()),
            sealed: self.sealed.clone(),
        }
    }
}

impl History {
    pub(crate) fn events(&self) -> impl Iterator<Item = &Recorded> {
        self.entries.iter().map(|entry| &entry.recorded)
    }

    pub(crate) fn file(&self) -> PersonFile {
        PersonFile::folded(self.events())
    }

    fn read(person: PersonId, rows: &[SqliteRow]) -> Result<Self, ReadError> {
        let mut entries = Vec::with_capacity(rows.len());
        for row in rows {
            entries.extend(entry(row)?);
        }
        let is_incomplete = entries.len() < rows.len();
        Ok(Self { person, entries, is_incomplete })
    }
}

/// The history of a person; empty when there is none.
pub(crate) async fn of_person(
    executor: impl SqliteExecutor<'_>,
    person: &PersonId,
) -> Result<History, ReadError> {
    let rows = sqlx::query("SELECT * FROM history WHERE person_id = ?1 ORDER BY position")
        .bind(person.as_str())
        .fetch_all(executor)
        .await?;
    History::read(person.clone(), &rows)
}

/// The history of the person whose case this is; empty when there is none.
pub(crate) async fn of_case(
    executor: impl SqliteExecutor<'_>,
    case: &CaseId,
) -> Result<History, ReadError> {
    let rows = sqlx::query(
        "SELECT * FROM history \
         WHERE person_id = (SELECT person_id FROM case_index WHERE case_id = ?1) \
         ORDER BY position",
    )
    .bind(case.as_str())
    .fetch_all(executor)
    .await?;
    let person = rows.first().map(|row| row.try_get::<String, _>("person_id")).transpose()?;
    History::read(PersonId::from(person.unwrap_or_default()), &rows)
}

/// The last position of the history that this case belongs to; 0 when there is none.
pub(crate) async fn last_position(
    executor: impl SqliteExecutor<'_>,
    case: &CaseId,
) -> Result<u64, ReadError> {
    let last: i64 = sqlx::query_scalar(
        "SELECT COALESCE(MAX(position), 0) FROM history \
         WHERE person_id = (SELECT person_id FROM case_index WHERE case_id = ?1)",
    )
    .bind(case.as_str())
    .fetch_one(executor)
    .await?;
    Ok(last.cast_unsigned())
}

/// Takes one event in, and says whether this version can read it.
pub(crate) async fn insert(
    connection: &mut SqliteConnection,
    file: &mut PersonFile,
    stored: &StoredEvent,
) -> Result<bool, ReadError> {
    let read = recorded(stored).ok();
    let flags = read.as_ref().map(|event| file.apply(event)).unwrap_or_default();
    let case = stored.case_id.map(|id| id.to_string());
    insert_row(connection, stored, case.as_deref(), &flags).await?;
    if let Some(case) = case {
        sqlx::query("INSERT OR IGNORE INTO case_index (case_id, person_id) VALUES (?1, ?2)")
            .bind(case)
            .bind(&stored.stream.key)
            .execute(connection)
            .await?;
    }
    Ok(read.is_some())
}

async fn insert_row(
    connection: &mut SqliteConnection,
    stored: &StoredEvent,
    case: Option<&str>,
    flags: &[Flag],
) -> Result<(), ReadError> {
    let codes: Vec<_> = flags.iter().map(|flag| flag.code()).collect();
    sqlx::query(
        "INSERT INTO history (position, person_id, version, event_id, type_no, case_id, agency, \
         staff, on_behalf_of, occurred_on, recorded_at, body, sealed, flags) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
    )
    .bind(stored.position.cast_signed())
    .bind(&stored.stream.key)
    .bind(stored.version.cast_signed())
    .bind(stored.event_id.to_string())
    .bind(stored.type_no)
    .bind(case)
    .bind(&stored.agency)
    .bind(&stored.staff)
    .bind(&stored.on_behalf_of)
    .bind(stored.occurred_on.to_string())
    .bind(stored.recorded_at.as_microsecond())
    .bind(&stored.body)
    .bind(&stored.sealed)
    .bind(codes.join(" "))
    .execute(connection)
    .await?;
    Ok(())
}

/// The event of a row; none when this version cannot read it.
fn entry(row: &SqliteRow) -> Result<Option<Entry>, ReadError> {
    let position: i64 = row.try_get("position")?;
    let malformed = || ReadError::MalformedEvent(position);
    let type_no: u32 = row.try_get("type_no")?;
    let body: Vec<u8> = row.try_get("body")?;
    let decoded = catalogue().by_number(type_no).and_then(|kind| kind.decode(&body).ok());
    let Some(event) = decoded else { return Ok(None) };
    let event_id: String = row.try_get("event_id")?;
    let occurred_on: Date = text(row, "occurred_on")?.parse().map_err(|_| malformed())?;
    let recorded_at = Timestamp::from_microsecond(row.try_get("recorded_at")?);
    let flags = text(row, "flags")?;
    let recorded = Recorded {
        position: position.cast_unsigned(),
        event_id: event_id.clone(),
        case_id: row.try_get::<Option<String>, _>("case_id")?.map(CaseId::from),
        agency: AgencyId::from(text(row, "agency")?),
        on_behalf_of: row.try_get::<Option<String>, _>("on_behalf_of")?.map(AgencyId::from),
        occurred_on,
        recorded_at: recorded_at.map_err(|_| malformed())?,
        event,
    };
    Ok(Some(Entry {
        recorded,
        event_id: event_id.parse().map_err(|_| malformed())?,
        body,
        sealed: row.try_get("sealed")?,
        flags: flags.split(' ').filter_map(Flag::from_code).collect(),
    }))
}

fn text(row: &SqliteRow, column: &str) -> Result<String, sqlx::Error> {
    row.try_get(column)
}
