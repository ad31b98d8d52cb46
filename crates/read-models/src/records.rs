//! What lies in no person's stream, as one reader sees it: what agencies record about their own
//! work, providers, inquiries.

use access::SealedEvent;
use casework::{AgencyId, Seen, Viewer, sees_record};
use contracts::{Sight, annotations::Subject as SubjectOf, catalogue};
use serde_json::json;
use sqlx::{Row, SqlitePool, sqlite::SqliteRow};
use vault::Subject;

use crate::{ReadError, SeenEvent, fold, packed::unpack};

/// Which records are asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RecordsAsked {
    /// Only events of the type with this number.
    pub type_no: Option<u32>,
    /// Only what this agency recorded.
    pub agency: Option<AgencyId>,
    /// Only what is about this provider or inquiry.
    pub subject: Option<String>,
}

/// Some records, the newest first.
pub struct RecordPage {
    /// What is on the page.
    pub records: Vec<SeenEvent>,
    /// Whether there is more.
    pub has_more: bool,
}

/// The newest records before a position that the viewer sees at least as stubs.
pub(crate) async fn page(
    readers: &SqlitePool,
    viewer: &Viewer,
    asked: &RecordsAsked,
    first: usize,
    before: Option<u64>,
) -> Result<RecordPage, ReadError> {
    // What others recorded is judged by its type already, so that pages are full.
    let rows = sqlx::query(
        "SELECT position, category, subject, event FROM record \
         WHERE position < ?1 \
           AND (agency = ?2 OR type_no IN (SELECT value FROM json_each(?3))) \
           AND (?4 IS NULL OR type_no = ?4) AND (?5 IS NULL OR agency = ?5) \
           AND (?6 IS NULL OR subject = ?6) \
         ORDER BY position DESC LIMIT ?7",
    )
    .bind(before.map_or(i64::MAX, u64::cast_signed))
    .bind(viewer.agency.as_str())
    .bind(json!(types_shown(viewer)).to_string())
    .bind(asked.type_no)
    .bind(asked.agency.as_ref().map(AgencyId::as_str))
    .bind(asked.subject.as_deref())
    .bind(i64::try_from(first.saturating_add(1)).unwrap_or(i64::MAX));
    let rows = rows.fetch_all(readers).await?;
    let has_more = rows.len() > first;
    let records = seen_of(rows.iter().take(first), viewer)?;
    Ok(RecordPage { records, has_more })
}

/// The records at these positions that the viewer sees at least as stubs.
pub(crate) async fn at(
    readers: &SqlitePool,
    viewer: &Viewer,
    positions: &[u64],
) -> Result<Vec<SeenEvent>, ReadError> {
    let rows = sqlx::query(
        "SELECT position, category, subject, event FROM record \
         WHERE position IN (SELECT value FROM json_each(?1))",
    )
    .bind(json!(positions).to_string())
    .fetch_all(readers)
    .await?;
    seen_of(rows.iter(), viewer)
}

/// The numbers of the types of which an agency sees something that others recorded.
fn types_shown(viewer: &Viewer) -> Vec<u32> {
    let shown = catalogue().kinds().iter().filter(|kind| {
        let sight = kind.sight(viewer.office, None);
        kind.subject() != SubjectOf::Person
            && matches!(sight, Sight::Public | Sight::Full | Sight::Stub | Sight::Addressee)
    });
    shown.map(|kind| kind.number).collect()
}

fn seen_of<'r>(
    rows: impl Iterator<Item = &'r SqliteRow>,
    viewer: &Viewer,
) -> Result<Vec<SeenEvent>, ReadError> {
    rows.filter_map(|row| seen(row, viewer).transpose()).collect()
}

/// None when the viewer sees nothing of it, or this version cannot read it.
fn seen(row: &SqliteRow, viewer: &Viewer) -> Result<Option<SeenEvent>, ReadError> {
    let event: &[u8] = row.try_get("event")?;
    let packed = unpack(event).next().ok_or(ReadError::MalformedHistory)??;
    let Some(recorded) = fold::recorded(&packed) else { return Ok(None) };
    let seen = sees_record(viewer, &recorded);
    if seen == Seen::Hidden {
        return Ok(None);
    }
    let (category, key): (String, String) = (row.try_get("category")?, row.try_get("subject")?);
    let sealed = SealedEvent {
        event_id: packed.event_id,
        type_no: packed.type_no,
        subject: Subject::new(category, key),
        sealed: packed.sealed.to_vec(),
    };
    let body = packed.body.to_vec();
    Ok(Some(SeenEvent { recorded, seen, flags: Vec::new(), body, sealed, amendment: None }))
}
