//! The figures of the long scenario, and the edges of each figure.

use casework::{
    FiscalYear,
    outcomes::{
        CohortUnit, Course, DischargeOutcomes, Proportion, Query, ReferralResults, Stage,
        discharge_outcomes,
    },
};

use crate::{history::*, scenario::scenario};

fn query(as_of: &str) -> Query {
    Query {
        fiscal_year: FiscalYear::beginning_in(2025).expect("a year of our time"),
        as_of: date(as_of),
        ward: None,
        unit: CohortUnit::Person,
    }
}

fn outcomes(people: &[&History], query: &Query) -> DischargeOutcomes {
    let courses: Vec<_> =
        people.iter().map(|person| Course::of(person.events(), query.as_of)).collect();
    discharge_outcomes(&courses, query)
}

fn readmissions(outcomes: &DischargeOutcomes) -> Vec<(u32, u32)> {
    let parts = |proportion: &Proportion| (proportion.numerator, proportion.denominator);
    outcomes.readmissions.iter().map(parts).collect()
}

fn stage(outcomes: &DischargeOutcomes, stage: Stage) -> Option<f64> {
    let time = outcomes.stages.iter().find(|time| time.stage == stage).expect("every stage");
    time.median_days
}

/// A stay from 2025-04-01 that ended with a discharge on this day.
fn discharged_on(day: &str) -> History {
    history().registered().admitted(STAY).on(day).discharged(STAY)
}

#[test]
fn the_scenario_gives_its_figures_by_person() {
    let figures = outcomes(&[&scenario()], &query("2026-11-30"));
    assert_eq!(figures.discharges, 1);
    assert_eq!(readmissions(&figures), [(1, 1), (1, 1), (1, 1)]);
    assert_eq!(figures.average_community_days, Some(337.0));
    assert_eq!(figures.median_days_referral_to_discharge, Some(180.0));
    let expected =
        ReferralResults { submitted: 1, accepted: 1, ever_returned: 1, ..Default::default() };
    assert_eq!(figures.referrals, expected);
}

#[test]
fn the_scenario_gives_its_figures_by_discharge() {
    let query = Query { unit: CohortUnit::Discharge, ..query("2026-11-30") };
    let figures = outcomes(&[&scenario()], &query);
    assert_eq!(figures.discharges, 2);
    assert_eq!(readmissions(&figures), [(1, 2), (1, 2), (1, 1)]);
    assert_eq!(figures.average_community_days, Some(337.0));
}

#[test]
fn the_scenario_takes_its_steps_in_time() {
    let figures = outcomes(&[&scenario()], &query("2026-11-30"));
    assert_eq!(stage(&figures, Stage::SubmitToAccept), Some(7.0));
    assert_eq!(stage(&figures, Stage::AcceptToFirstVisit), Some(14.0));
    assert_eq!(stage(&figures, Stage::SubmitToFirstVisit), Some(21.0));
    assert_eq!(stage(&figures, Stage::AcceptToPlan), Some(35.0));
    assert_eq!(stage(&figures, Stage::PlannedToActualDischarge), Some(0.0));
    assert_eq!(stage(&figures, Stage::SubmitToDischarge), Some(180.0));
}

#[test]
fn a_figure_knows_nothing_of_later_days() {
    let figures = outcomes(&[&scenario()], &query("2025-11-03"));
    assert_eq!((figures.discharges, figures.median_days_referral_to_discharge), (0, None));
    assert_eq!(stage(&figures, Stage::SubmitToAccept), Some(7.0));
    let figures = outcomes(&[&scenario()], &query("2026-02-01"));
    assert_eq!((figures.discharges, readmissions(&figures)[0]), (1, (0, 0)));
    let figures = outcomes(&[&scenario()], &query("2026-02-02"));
    assert_eq!(readmissions(&figures)[0], (1, 1));
}

#[test]
fn discharges_and_referrals_count_in_their_own_year() {
    let next = FiscalYear::beginning_in(2026).expect("a year of our time");
    let query = Query { fiscal_year: next, ..query("2026-11-30") };
    let figures = outcomes(&[&scenario()], &query);
    assert_eq!((figures.discharges, figures.referrals), (0, ReferralResults::default()));
    assert_eq!(figures.average_community_days, None);
}

#[test]
fn a_readmission_counts_from_day_1_to_the_last_day() {
    let readmitted = |day| discharged_on("2025-05-01").on(day).readmitted("stay-2");
    let at_90 = |person: History| readmissions(&outcomes(&[&person], &query("2026-11-30")))[0];
    assert_eq!(at_90(readmitted("2025-05-02")), (1, 1));
    assert_eq!(at_90(readmitted("2025-07-30")), (1, 1), "day 90");
    assert_eq!(at_90(readmitted("2025-07-31")), (0, 1), "day 91");
}

#[test]
fn an_admission_counts_as_a_readmission_under_whatever_name() {
    let person = discharged_on("2025-05-01").by(OTHER_HOSPITAL).on("2025-06-01").admitted("stay-2");
    let figures = outcomes(&[&person], &query("2026-11-30"));
    assert_eq!(readmissions(&figures)[0], (1, 1));
}

#[test]
fn an_admission_on_the_day_of_the_discharge_continues_the_stay() {
    let back = discharged_on("2025-05-01").by(OTHER_HOSPITAL).readmitted("stay-2");
    assert_eq!(outcomes(&[&back], &query("2026-11-30")).discharges, 0);
    let home = back.on("2025-06-01").discharged("stay-2");
    let figures = outcomes(&[&home], &query("2026-11-30"));
    assert_eq!((figures.discharges, readmissions(&figures)[0]), (1, (0, 1)));
    assert_eq!(figures.average_community_days, Some(365.0));
}

#[test]
fn a_transfer_is_no_discharge() {
    let moved = history().registered().admitted(STAY).on("2025-05-01");
    let moved = moved.transferred(STAY, OTHER_HOSPITAL, "stay-2");
    assert_eq!(outcomes(&[&moved], &query("2026-11-30")).discharges, 0);
    let home = moved.by(OTHER_HOSPITAL).on("2025-06-01").discharged("stay-2");
    let figures = outcomes(&[&home], &query("2026-11-30"));
    assert_eq!((figures.discharges, readmissions(&figures)[0]), (1, (0, 1)));
}

#[test]
fn a_death_in_hospital_is_no_discharge() {
    let died = history().registered().admitted(STAY).on("2025-05-01").died();
    assert_eq!(outcomes(&[&died], &query("2026-11-30")).discharges, 0);
    let and_discharged = died.discharged(STAY);
    assert_eq!(outcomes(&[&and_discharged], &query("2026-11-30")).discharges, 0);
}

#[test]
fn a_death_on_day_200_stays_in_the_denominator_and_leaves_the_average() {
    let died = discharged_on("2025-05-01").on("2025-11-17").died();
    let figures = outcomes(&[&died], &query("2026-11-30"));
    assert_eq!(readmissions(&figures), [(0, 1), (0, 1), (0, 1)]);
    let deaths: Vec<_> = figures.readmissions.iter().map(|part| part.deaths).collect();
    assert_eq!(deaths, [0, 0, 1]);
    assert_eq!(figures.average_community_days, None);
    let lives = discharged_on("2025-05-01");
    let figures = outcomes(&[&died, &lives], &query("2026-11-30"));
    assert_eq!(readmissions(&figures)[2], (0, 2));
    assert_eq!(figures.average_community_days, Some(365.0));
}

#[test]
fn the_ward_is_that_of_residence_on_the_day() {
    let moved =
        contracts::events::ResidenceWardChanged { to_ward: "naka".into(), ..Default::default() };
    let person = discharged_on("2025-05-01").on("2025-06-01").then(moved);
    let in_ward = |ward: &str| {
        let query = Query { ward: Some(ward.into()), ..query("2026-11-30") };
        outcomes(&[&person], &query).discharges
    };
    assert_eq!((in_ward("isogo"), in_ward("naka")), (1, 0));
}

#[test]
fn a_referral_that_was_declined_or_taken_back_led_to_no_discharge() {
    use contracts::events::{ReferralDeclined, ReferralWithdrawn};
    let referred = history().registered().admitted(STAY).in_case(CASE).referred("r", STAY, CENTER);
    let referral_id = || "r".to_owned();
    let declined = referred
        .clone()
        .then(ReferralDeclined { referral_id: referral_id(), ..Default::default() });
    let withdrawn = referred
        .clone()
        .then(ReferralWithdrawn { referral_id: referral_id(), ..Default::default() });
    let home = |person: History| person.on("2025-05-01").discharged(STAY);
    let (declined, withdrawn, waiting) = (home(declined), home(withdrawn), home(referred));
    let figures = outcomes(&[&declined, &withdrawn, &waiting], &query("2026-11-30"));
    assert_eq!(figures.median_days_referral_to_discharge, Some(30.0));
    let results = figures.referrals;
    assert_eq!(
        (results.submitted, results.declined, results.withdrawn, results.waiting),
        (3, 1, 1, 1)
    );
}

#[test]
fn nobody_gives_empty_figures() {
    let figures = outcomes(&[], &query("2026-11-30"));
    assert_eq!(figures.discharges, 0);
    assert_eq!(readmissions(&figures), [(0, 0); 3]);
    assert_eq!(
        (figures.average_community_days, figures.median_days_referral_to_discharge),
        (None, None)
    );
}

#[test]
fn dates_at_the_end_of_the_calendar_do_no_harm() {
    let late =
        history().registered().on("9999-12-01").admitted(STAY).on("9999-12-31").discharged(STAY);
    let mut query = query("9999-12-31");
    query.fiscal_year = FiscalYear::of(date("9998-12-31"));
    assert_eq!(outcomes(&[&late], &query).discharges, 0);
    let upside_down = history().on("2025-06-01").admitted(STAY).on("2025-05-01").discharged(STAY);
    assert_eq!(outcomes(&[&upside_down], &self::query("2026-11-30")).discharges, 1);
}
