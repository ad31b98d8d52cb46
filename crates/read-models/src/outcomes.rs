//! The outcomes of discharges, counted over the histories that belong to a fiscal year.

use std::collections::BTreeMap;

use casework::{
    FiscalYear, PersonId,
    outcomes::{
        BreakGlassFigures, Course, DischargeOutcomes, Query, break_glass_figures,
        discharge_outcomes,
    },
};
use sqlx::SqlitePool;

use crate::{ReadError, history};

/// What is asked: the year, the day from which one looks back, the ward and the unit.
pub type OutcomesAsked = Query;

/// The outcomes as the log stood at a position.
pub(crate) async fn of_discharges(
    readers: &SqlitePool,
    asked: &OutcomesAsked,
    up_to: u64,
) -> Result<DischargeOutcomes, ReadError> {
    let mut histories = BTreeMap::new();
    for person in persons(readers, asked.fiscal_year).await? {
        let history = history::of_person(readers, &person, None).await?;
        // A figure that leaves something out would be published as if it were whole.
        if history.is_incomplete {
            return Err(ReadError::Unreadable);
        }
        // By person, so that whoever was merged counts once.
        histories.extend(history.effective_of_all(up_to));
    }
    let courses = histories.values().map(|history| Course::of(history, asked.as_of));
    let courses: Vec<_> = courses.collect();
    Ok(discharge_outcomes(&courses, asked))
}

/// How break-glass access was used in a fiscal year.
pub(crate) async fn of_break_glass(
    readers: &SqlitePool,
    year: FiscalYear,
) -> Result<BreakGlassFigures, ReadError> {
    let mut histories = BTreeMap::new();
    for person in persons(readers, year).await? {
        let history = history::of_person(readers, &person, None).await?;
        if history.is_incomplete {
            return Err(ReadError::Unreadable);
        }
        histories.extend(history.effective_of_all(u64::MAX));
    }
    Ok(break_glass_figures(histories.values(), year))
}

async fn persons(readers: &SqlitePool, year: FiscalYear) -> Result<Vec<PersonId>, ReadError> {
    let persons: Vec<String> = sqlx::query_scalar(
        "SELECT person_id FROM person_of_year WHERE fiscal_year = ?1 ORDER BY person_id",
    )
    .bind(year.year())
    .fetch_all(readers)
    .await?;
    Ok(persons.into_iter().map(PersonId::from).collect())
}
