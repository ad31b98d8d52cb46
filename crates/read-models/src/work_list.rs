//! What waits for one agency, the oldest first.

use std::{
    collections::{HashMap, VecDeque, hash_map::Entry},
    sync::Arc,
};

use casework::{CaseId, PersonId, WorkItem, WorkKind};
use jiff::civil::Date;
use sqlx::{Row, SqlitePool, sqlite::SqliteRow};

use crate::{PersonView, ReadError, history, view::Reading};

/// Rows read at a time; some are dropped because the reader does not see what they come from.
const ROWS_AT_ONCE: u32 = 100;

/// Where a page of a work list ends: the next one goes on behind it. The day can be one that the
/// agency does not see, so a place is for nobody's eyes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkPlace {
    /// Since when the item waits, as the list is ordered.
    pub since: Date,
    /// Whose item it is.
    pub person: PersonId,
    /// Which of the items that wait for the agency with this person.
    pub ordinal: i64,
}

/// A piece of work, and the person it is about as the agency sees them.
#[derive(Clone)]
pub struct Work {
    /// What waits, and since when.
    pub item: WorkItem,
    /// Where it stands in the list.
    pub place: WorkPlace,
    /// The person.
    pub view: Arc<PersonView>,
}

/// Which of the two lists of an agency is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Which {
    /// What waits for it.
    Waiting,
    /// The open cases that it leads.
    CasesInHand,
}

/// One page of a work list.
pub struct WorkPage {
    /// The oldest first.
    pub work: Vec<Work>,
    /// Whether more waits.
    pub has_more: bool,
}

pub(crate) async fn page(
    readers: &SqlitePool,
    reading: &Reading,
    which: Which,
    first: usize,
    after: Option<WorkPlace>,
) -> Result<WorkPage, ReadError> {
    let mut asking = Asking { readers, reading, which, views: HashMap::new() };
    let mut work = Vec::new();
    let mut place = after;
    let mut rows = VecDeque::new();
    while work.len() <= first {
        if rows.is_empty() {
            rows = asking.rows(place.as_ref()).await?.into();
        }
        let Some(row) = rows.pop_front() else { break };
        let row = Waiting::read(&row)?;
        place = Some(row.place.clone());
        work.extend(asking.confirmed(row).await?);
    }
    let has_more = work.len() > first;
    work.truncate(first);
    Ok(WorkPage { work, has_more })
}

struct Asking<'a> {
    readers: &'a SqlitePool,
    reading: &'a Reading,
    which: Which,
    views: HashMap<PersonId, Option<Seeing>>,
}

/// A person of the page: what the agency sees, and the items that follow from it and have not been
/// matched with a row.
struct Seeing {
    view: Arc<PersonView>,
    evident: Vec<WorkItem>,
}

/// A row of the list, before it is known whether the agency may see it.
struct Waiting {
    place: WorkPlace,
    case_id: Option<CaseId>,
    kind: WorkKind,
}

impl Waiting {
    fn read(row: &SqliteRow) -> Result<Self, ReadError> {
        let since: String = row.try_get("since")?;
        let kind: String = row.try_get("kind")?;
        let case: Option<String> = row.try_get("case_id")?;
        let place = WorkPlace {
            since: since.parse().map_err(|_| ReadError::MalformedWork)?,
            person: PersonId::from(row.try_get::<String, _>("person_id")?),
            ordinal: row.try_get("ordinal")?,
        };
        let kind = WorkKind::from_code(&kind).ok_or(ReadError::MalformedWork)?;
        Ok(Self { place, case_id: case.map(CaseId::from), kind })
    }
}

impl Asking<'_> {
    async fn rows(&self, after: Option<&WorkPlace>) -> Result<Vec<SqliteRow>, ReadError> {
        let rows = sqlx::query(
            "SELECT since, person_id, ordinal, case_id, kind FROM work_item \
             WHERE agency = ?1 AND (since, person_id, ordinal) > (?2, ?3, ?4) \
             AND (kind = ?5) = ?6 ORDER BY since, person_id, ordinal LIMIT ?7",
        )
        .bind(self.reading.viewer.agency.as_str())
        .bind(after.map_or_else(String::new, |place| place.since.to_string()))
        .bind(after.map_or("", |place| place.person.as_str()))
        .bind(after.map_or(-1, |place| place.ordinal))
        .bind(WorkKind::CaseInHand.code())
        .bind(self.which == Which::CasesInHand)
        .bind(ROWS_AT_ONCE);
        Ok(rows.fetch_all(self.readers).await?)
    }

    /// The item, if it also follows from what the agency sees. So the list tells nothing that the
    /// timeline hides.
    async fn confirmed(&mut self, row: Waiting) -> Result<Option<Work>, ReadError> {
        let agency = &self.reading.viewer.agency;
        let seeing = match self.views.entry(row.place.person.clone()) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(unknown) => {
                unknown.insert(see(self.readers, self.reading, &row.place.person).await?)
            }
        };
        let Some(seeing) = seeing else { return Ok(None) };
        // That no consent names the agency any more is its own affair, and follows from what it
        // no longer sees.
        let since = match row.kind {
            WorkKind::ConsentEnded => {
                let shown = row.case_id.as_ref().is_some_and(|case| seeing.view.shows_case(case));
                shown.then_some(row.place.since)
            }
            // Why it is the one that reviews, an agency need not see any more.
            WorkKind::BreakGlassToReview => {
                seeing.view.shows_break_glass().then_some(row.place.since)
            }
            _ => seeing.take(&row),
        };
        Ok(since.map(|since| {
            let Waiting { place, case_id, kind } = row;
            let item = WorkItem { kind, agency: agency.clone(), case_id, since };
            Work { item, place, view: seeing.view.clone() }
        }))
    }
}

impl Seeing {
    /// Since when the item waits as far as the agency can know; none when it cannot know of it.
    /// Each item is found once, so that two alike rows need two alike items.
    fn take(&mut self, row: &Waiting) -> Option<Date> {
        let alike = |item: &WorkItem| item.kind == row.kind && item.case_id == row.case_id;
        let same = |item: &WorkItem| alike(item) && item.since == row.place.since;
        let found = self.evident.iter().position(same);
        let found = found.or_else(|| self.evident.iter().position(alike))?;
        Some(self.evident.swap_remove(found).since)
    }
}

async fn see(
    readers: &SqlitePool,
    reading: &Reading,
    person: &PersonId,
) -> Result<Option<Seeing>, ReadError> {
    let history = history::of_person(readers, person, Some(&reading.viewer.agency)).await?;
    let view = match PersonView::of(&history, reading) {
        // Parked since the list was read: nothing waits with this person, as far as can be told.
        Err(ReadError::Unreadable) => None,
        view => view?,
    };
    let own = |item: &WorkItem| item.agency == reading.viewer.agency;
    Ok(view.map(|view| {
        let evident = view.work().filter(own).collect();
        Seeing { evident, view: Arc::new(view) }
    }))
}
