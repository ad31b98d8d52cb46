//! The edge cases that were agreed on, each by its name, through decisions, sight and figures alike.

use casework::{
    AgencyId, CaseId, CaseState, FiscalYear, Refusal, Seen, Settlement, Viewer,
    outcomes::{CohortUnit, Course, DischargeOutcomes, Query, discharge_outcomes},
};
use contracts::{Office, events::*};
use office::{
    shared::{add_care_team_member, record_death},
    testing::*,
};

use crate::{
    close_case, end_settlement_support,
    hand_over_case::{
        self,
        tests::{given_handed_over, handover},
    },
    pause_settlement_support, record_ward_visit,
    record_ward_visit::tests::visit,
    revise_individual_support_plan::{self, tests::revision},
    share_individual_support_plan::tests::joined,
};

const OTHERS: [(&str, Office); 5] = [
    ("hospital-a", Office::Hospital),
    ("hospital-b", Office::Hospital),
    ("center-b", Office::SupportCenter),
    ("core-a", Office::CoreCenter),
    ("ward-a", Office::WardOffice),
];

/// The figures of the fiscal year of the discharge, as of this day.
fn figures(given: &Given, as_of: &str) -> DischargeOutcomes {
    let as_of = as_of.parse().expect("a day");
    let query = Query {
        fiscal_year: FiscalYear::beginning_in(2025).expect("a year"),
        as_of,
        ward: None,
        unit: CohortUnit::Person,
    };
    discharge_outcomes(&[Course::of(given.history(), as_of)], &query)
}

/// What an agency sees of the last event of this kind on this day.
fn seen(given: &Given, (agency, office): (&str, Office), kind: &str, today: &str) -> Seen {
    let viewer = Viewer {
        office,
        agency: AgencyId::from(agency),
        is_identity_officer: false,
        staff: String::new(),
    };
    let mut backwards = given.history().iter().rev();
    let recorded = backwards.find(|one| one.event.kind().name == kind).expect("an event");
    given.file().involvement().sees(
        &viewer,
        recorded,
        today.parse::<jiff::civil::Date>().expect("a day"),
    )
}

fn state(given: &Given) -> (CaseState, Settlement, u32) {
    let file = given.file();
    let case = file.case(&CaseId::from(CASE)).expect("the case");
    (case.state(), case.settlement, case.cycle)
}

fn closing(reason: CaseCloseReason) -> CaseClosed {
    CaseClosed { reason: reason.into(), ..Default::default() }
}

#[test]
fn ec01_a_readmission_during_settlement_pauses_it_in_the_same_case() {
    let given = given_settling().on("2026-01-08").readmitted();
    let given = given.after(pause_settlement_support::decide, SettlementSupportPaused::default());
    assert_eq!(state(&given), (CaseState::Readmitted, Settlement::Paused, 2));
    let given =
        given.on("2026-01-29").after(revise_individual_support_plan::decide, revision(PLAN));
    assert_eq!(state(&given), (CaseState::Supporting, Settlement::Paused, 2));
    assert_eq!((given.file().referrals.len(), given.file().cases.len()), (1, 1));
    let figures = figures(&given, "2026-11-30");
    let within_90_days = figures.readmissions[0];
    assert_eq!((figures.discharges, within_90_days.numerator), (1, 1), "the first discharge");
}

#[test]
fn ec02_a_withdrawal_hides_everything_from_the_others_and_loses_nothing() {
    let given = given_handed_over().event(joined("ward-a"));
    let given =
        given.on("2025-05-20").after(record_ward_visit::decide, visit(EPISODE, "2025-05-20"));
    assert_eq!(seen(&given, OTHERS[0], "WardVisitRecorded", "2025-05-20"), Seen::Full);
    let before = (given.history().len(), figures(&given, "2025-06-01").referrals);
    let given = given.on("2025-06-01").consent_withdrawn();
    let file = given.file();
    for (agency, office) in OTHERS {
        let viewer = Viewer {
            office,
            agency: AgencyId::from(agency),
            is_identity_officer: false,
            staff: String::new(),
        };
        let others = given.history().iter().filter(|one| one.agency != viewer.agency);
        for recorded in others {
            let day: jiff::civil::Date = "2025-06-01".parse().expect("a day");
            let seen = file.involvement().sees(&viewer, recorded, day);
            assert_eq!(seen, Seen::Hidden, "{agency} {:?}", recorded.event);
        }
    }
    let after = (given.history().len() - 1, figures(&given, "2025-06-01").referrals);
    assert_eq!(after, before);
}

#[test]
fn ec02_after_a_withdrawal_the_work_goes_on_unshared_or_the_case_is_closed() {
    let given = || given_case().in_case(CASE).on("2025-06-01").consent_withdrawn();
    let visited = visit(EPISODE, "2025-06-01");
    given().when(record_ward_visit::decide, visited).records(&["WardVisitRecorded"]);
    let shared = given().when(add_care_team_member::decide, joined("ward-a"));
    shared.refuses(Refusal::ConsentRequired);
    let handed_over = given().when(hand_over_case::decide, handover("core-a"));
    handed_over.refuses(Refusal::ConsentRequired);
    let closed = given().when(close_case::decide, closing(CaseCloseReason::ConsentWithdrawn));
    closed.records(&["CaseClosed"]);
}

#[test]
fn ec06_a_death_in_hospital_is_no_discharge_and_closes_the_case() {
    let death = DeathRecorded { died_on: "2025-06-20".into(), ..Default::default() };
    let given = given_plan().on("2025-06-20").after(record_death::decide, death);
    let given = given.on("2025-06-23").after(close_case::decide, closing(CaseCloseReason::Died));
    assert_eq!(state(&given), (CaseState::Closed, Settlement::None, 1));
    assert_eq!(figures(&given, "2026-11-30").discharges, 0);
}

/// Discharged on 4 November 2025; day 200 is 23 May 2026.
#[test]
fn ec06_a_death_on_day_200_ends_settlement_and_stays_in_the_denominator() {
    let death = DeathRecorded { died_on: "2026-05-23".into(), ..Default::default() };
    let given = given_settling().on("2026-05-25").after(record_death::decide, death);
    let ended =
        SettlementSupportEnded { reason: SettlementEndReason::Died.into(), ..Default::default() };
    let given = given.after(end_settlement_support::decide, ended);
    let given = given.after(close_case::decide, closing(CaseCloseReason::Died));
    assert_eq!(state(&given), (CaseState::Closed, Settlement::Ended, 1));
    let figures = figures(&given, "2026-11-30");
    let [.., within_a_year] = figures.readmissions.as_slice() else { panic!("three") };
    assert_eq!((within_a_year.denominator, within_a_year.deaths), (1, 1));
    assert_eq!(figures.average_community_days, None);
}

#[test]
fn ec08_after_a_transfer_the_case_goes_on_and_the_old_hospital_sees_no_more() {
    let moved = PatientTransferred {
        episode_id: EPISODE.into(),
        to_agency_id: "hospital-b".into(),
        new_episode_id: SECOND_EPISODE.into(),
        ..Default::default()
    };
    let given = given_plan().on("2025-07-01").by("hospital-a").outside_cases().event(moved);
    let given = given.by("center-a").in_case(CASE).on("2025-07-10");
    let given = given.after(record_ward_visit::decide, visit(SECOND_EPISODE, "2025-07-10"));
    assert_eq!(state(&given), (CaseState::Supporting, Settlement::None, 1));
    let today = "2025-07-10";
    assert_eq!(seen(&given, OTHERS[0], "WardVisitRecorded", today), Seen::Hidden);
    assert_eq!(seen(&given, OTHERS[0], "IndividualSupportPlanCreated", today), Seen::Full);
    assert_eq!(figures(&given, "2026-11-30").discharges, 0, "no discharge");
    let since = given.file().in_hospital_since(&SECOND_EPISODE.into());
    assert_eq!(since, "2025-04-01".parse().ok(), "the same stay");
    let wrong_stay = given.when(record_ward_visit::decide, visit(EPISODE, "2025-07-10"));
    wrong_stay.flags(&[casework::Flag::VisitOutsideStay]);
}
