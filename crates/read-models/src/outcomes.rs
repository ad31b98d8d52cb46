//! The outcomes of discharges, counted over the histories that belong to a fiscal year.

use casework::{
    FiscalYear, PersonId, Recorded,
    outcomes::{Course, DischargeOutcomes, Query, discharge_outcomes},
};
use contracts::catalogue;
use sqlx::SqlitePool;

use crate::{ReadError, history};

/// What is asked: the year, the day from which one looks back, the ward and the unit.
pub type OutcomesAsked = Query;

/// The events by which a person belongs to a year: a discharge or a referral lies in it.
const BY_KIND: [&str; 2] = ["PatientDischarged", "ReferralSubmitted"];

/// The outcomes as the log stood at a position.
pub(crate) async fn of_discharges(
    readers: &SqlitePool,
    asked: &OutcomesAsked,
    up_to: u64,
) -> Result<DischargeOutcomes, ReadError> {
    let mut courses = Vec::new();
    for person in persons(readers, asked.fiscal_year).await? {
        let history = history::of_person(readers, &person).await?;
        // A figure that leaves something out would be published as if it were whole.
        if history.is_incomplete {
            return Err(ReadError::Unreadable);
        }
        let known = history.events().filter(|event| event.position <= up_to);
        let known: Vec<Recorded> = known.cloned().collect();
        courses.push(Course::of(&known, asked.as_of));
    }
    Ok(discharge_outcomes(&courses, asked))
}

async fn persons(readers: &SqlitePool, year: FiscalYear) -> Result<Vec<PersonId>, ReadError> {
    let [discharged, referred] =
        BY_KIND.map(|name| catalogue().by_name(name).map_or(0, |kind| kind.number));
    let persons: Vec<String> = sqlx::query_scalar(
        "SELECT DISTINCT person_id FROM history \
         WHERE type_no IN (?1, ?2) AND occurred_on BETWEEN ?3 AND ?4 ORDER BY person_id",
    )
    .bind(discharged)
    .bind(referred)
    .bind(year.first_day().to_string())
    .bind(year.last_day().to_string())
    .fetch_all(readers)
    .await?;
    Ok(persons.into_iter().map(PersonId::from).collect())
}
