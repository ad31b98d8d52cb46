//! The average of days in the community, against a count with a pencil: day by day.

use casework::{
    FiscalYear, days_between,
    outcomes::{CohortUnit, Course, Query, discharge_outcomes},
};
use jiff::{ToSpan, civil::Date};
use proptest::prelude::*;

use crate::history::{History, STAY, date, history};

const DISCHARGED_ON: &str = "2025-05-01";

/// Stays after the discharge: days from the end of one to the next, and days in hospital.
fn stays() -> impl Strategy<Value = Vec<(i64, i64)>> {
    prop::collection::vec((0..150_i64, 0..120_i64), 0..6)
}

fn dated(stays: &[(i64, i64)]) -> Vec<(Date, Date)> {
    let mut day = date(DISCHARGED_ON);
    let dates = stays.iter().map(|(outside, inside)| {
        let from = day + outside.days();
        day = from + inside.days();
        (from, day)
    });
    dates.collect()
}

fn person(stays: &[(Date, Date)]) -> History {
    let first = history().registered().admitted(STAY).on(DISCHARGED_ON).discharged(STAY);
    stays.iter().enumerate().fold(first, |person, (at, (from, until))| {
        let stay = format!("later-{at}");
        person.on(&from.to_string()).readmitted(&stay).on(&until.to_string()).discharged(&stay)
    })
}

/// The day the first stay really ended: an admission on the same day continues it.
fn went_home_on(stays: &[(Date, Date)]) -> Date {
    let home = date(DISCHARGED_ON);
    stays.iter().fold(home, |home, (from, until)| if *from == home { *until } else { home })
}

fn naive_days_outside(stays: &[(Date, Date)]) -> u32 {
    let home = went_home_on(stays);
    let days = (1..=365).map(|day| home + day.days());
    let inside = |day: &Date| stays.iter().any(|(from, until)| from <= day && day < until);
    u32::try_from(days.filter(|day| !inside(day)).count()).expect("at most 365")
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_average_equals_a_count_day_by_day(stays in stays()) {
        let stays = dated(&stays);
        let home = went_home_on(&stays);
        let as_of = home + 365.days();
        let query = Query {
            fiscal_year: FiscalYear::of(home), as_of, ward: None, unit: CohortUnit::Person,
        };
        let outcomes = discharge_outcomes(&[Course::of(person(&stays).events(), as_of)], &query);
        let expected = f64::from(naive_days_outside(&stays));
        prop_assert_eq!(outcomes.average_community_days, Some(expected));
        prop_assert!(days_between(home, as_of) == 365);
    }
}
