//! Break-glass access: who sees what through it, until when, and who is told.

use casework::{
    AgencyId, FiscalYear, Seen, Viewer, WorkKind, outcomes::break_glass_figures, work_items,
};
use contracts::{Office, Topic, events::*};
use jiff::{Timestamp, ToSpan};

use crate::{
    emergencies::{EMERGENCY, at_home, closed, reported},
    history::*,
};

const STRANGER: &str = "center-kanazawa";
const STAFF: &str = "staff-1";

fn used(access: &str, staff: &str) -> BreakGlassAccessUsed {
    BreakGlassAccessUsed {
        access_id: access.into(),
        emergency_id: EMERGENCY.into(),
        used_by: staff.into(),
        ..Default::default()
    }
}

fn reviewed(access: &str, outcome: BreakGlassOutcome) -> BreakGlassAccessReviewed {
    BreakGlassAccessReviewed {
        access_id: access.into(),
        outcome: outcome.into(),
        ..Default::default()
    }
}

/// An emergency at home, in which somebody of an agency that has nothing to do with it breaks glass.
fn broken() -> History {
    let history = at_home().then(reported(&[]));
    history.outside_cases().by(STRANGER).then(used("access-1", STAFF)).by(CENTER)
}

fn viewer(office: Office, agency: &str, staff: &str) -> Viewer {
    let agency = AgencyId::from(agency);
    Viewer { office, agency, is_identity_officer: false, staff: staff.into() }
}

fn sees(history: &History, staff: &str, kind: &str, at: Timestamp) -> Seen {
    let viewer = viewer(Office::SupportCenter, STRANGER, staff);
    history.file().involvement().sees(&viewer, history.last(kind), at)
}

/// When glass was broken.
fn begin(history: &History) -> Timestamp {
    history.last("BreakGlassAccessUsed").recorded_at
}

#[test]
fn one_member_of_staff_sees_for_an_hour_what_consent_would_show() {
    let history = broken();
    let begin = begin(&history);
    for kind in ["PersonRegistered", "ConsentGiven", "CaseOpened", "EmergencyReported"] {
        let declared = history.last(kind).event.kind().sight(Office::SupportCenter, None);
        let expected = if declared == contracts::Sight::Full { Seen::Full } else { Seen::Stub };
        assert_eq!(sees(&history, STAFF, kind, begin), expected, "{kind}");
        assert_eq!(sees(&history, STAFF, kind, begin + 59.minutes()), expected, "{kind}");
        assert_eq!(sees(&history, STAFF, kind, begin + 60.minutes()), Seen::Hidden, "{kind}");
        assert_eq!(sees(&history, "staff-2", kind, begin), Seen::Hidden, "{kind}");
    }
}

#[test]
fn what_is_seen_holds_for_the_hour_of_the_glass_or_until_the_day_is_over() {
    let history = broken();
    let begin = begin(&history);
    let file = history.file();
    let until = |staff, at: Timestamp| {
        let viewer = viewer(Office::SupportCenter, STRANGER, staff);
        file.involvement().holds_until(&viewer, at.into())
    };
    let midnight = |at: Timestamp| {
        let next = casework::today(at).tomorrow().unwrap();
        next.to_zoned(jiff::tz::TimeZone::get("Asia/Tokyo").unwrap()).unwrap().timestamp()
    };
    assert_eq!(until(STAFF, begin + 1.minute()), (begin + 60.minutes()).min(midnight(begin)));
    assert_eq!(until("staff-2", begin), midnight(begin));
    let later = begin + 60.minutes();
    assert_eq!(until(STAFF, later), midnight(later), "the glass is whole again");
    let last_minute = midnight(begin) - 1.minute();
    assert_eq!(until("staff-2", last_minute), midnight(begin));
    assert_eq!(until("staff-2", midnight(begin)), midnight(midnight(begin)));
}

#[test]
fn a_day_alone_opens_nothing() {
    let history = broken();
    let viewer = viewer(Office::SupportCenter, STRANGER, STAFF);
    let day = casework::today(begin(&history));
    let involvement_of = history.file();
    let involvement = involvement_of.involvement();
    assert_eq!(involvement.sees(&viewer, history.last("PersonRegistered"), day), Seen::Hidden);
    assert!(!involvement.takes_part(&AgencyId::from(STRANGER), day), "and nothing can be done");
}

#[test]
fn it_ends_with_the_emergency() {
    let history = broken();
    let begin = begin(&history);
    let over = history.then(closed());
    assert_eq!(sees(&over, STAFF, "PersonRegistered", begin + 2.minutes()), Seen::Hidden);
}

#[test]
fn what_the_declarations_hide_stays_hidden() {
    let merge = PersonsMergeProposed::default();
    let history = broken().by("municipality").then(merge);
    let begin = begin(&history);
    assert_eq!(sees(&history, STAFF, "PersonsMergeProposed", begin), Seen::Hidden);
}

#[test]
fn the_responsible_agency_sees_it_without_a_consent_and_after_the_emergency() {
    let history = broken().withdrew("consent-1").then(closed());
    let event = history.last("BreakGlassAccessUsed");
    let sees = |office, agency| {
        let viewer = viewer(office, agency, "");
        history.file().involvement().sees(&viewer, event, date("2025-06-12"))
    };
    assert_eq!(sees(Office::SupportCenter, CENTER), Seen::Full);
    assert_eq!(sees(Office::CoreCenter, CORE), Seen::Hidden, "it is only in the team");
    assert_eq!(sees(Office::Municipality, "municipality"), Seen::Hidden);
}

fn who_is_to_review(history: &History) -> Vec<String> {
    let items = work_items(&history.file(), date("2025-06-12"));
    let to_review = items.iter().filter(|item| item.kind == WorkKind::BreakGlassToReview);
    to_review.map(|item| item.agency.to_string()).collect()
}

#[test]
fn whoever_took_the_call_reviews_where_nobody_is_responsible() {
    let history = history().registered().by(WARD_OFFICE).then(reported(&[]));
    let broken = history.by(STRANGER).then(used("access-1", STAFF));
    assert_eq!(who_is_to_review(&broken), [WARD_OFFICE]);
}

#[test]
fn an_agency_reviews_its_own_use_only_where_nobody_else_can() {
    let by_center = || at_home().then(reported(&[])).outside_cases().by(CENTER);
    let alone = by_center().then(used("access-1", STAFF));
    assert_eq!(who_is_to_review(&alone), [CENTER]);
    let core = PrimarySupporterAssigned { supporter_agency_id: CORE.into(), ..Default::default() };
    let together = by_center().then(core).then(used("access-1", STAFF));
    assert_eq!(who_is_to_review(&together), [CORE]);
}

#[test]
fn a_ward_recorded_late_about_earlier_days_moves_nobody() {
    let mut history = history().registered();
    for (on, to_ward) in [("2025-06-01", "14109"), ("2025-05-01", "14108")] {
        let moved = ResidenceWardChanged { to_ward: to_ward.into(), ..Default::default() };
        history = history.on(on).then(moved);
    }
    assert_eq!(history.file().residence.latest(), Some("14109"));
}

#[test]
fn consent_of_others_is_not_touched() {
    let history = broken().consented("consent-2", &[Topic::Support], &[CENTER]);
    let other = viewer(Office::SupportCenter, "center-naka", STAFF);
    let event = history.last("PersonRegistered");
    assert_eq!(history.file().involvement().sees(&other, event, begin(&history)), Seen::Hidden);
}

#[test]
fn the_figures_count_uses_reviews_and_the_time_between() {
    let history = broken()
        .then(reviewed("access-1", BreakGlassOutcome::NotJustified))
        .by(STRANGER)
        .then(used("access-2", STAFF))
        .then(used("access-3", "staff-2"))
        .by(CENTER)
        .then(reviewed("access-3", BreakGlassOutcome::Justified))
        .on("2026-04-01")
        .by(STRANGER)
        .then(used("access-4", STAFF));
    let events = history.events().to_vec();
    let year = FiscalYear::beginning_in(2025).unwrap();
    let figures = break_glass_figures(std::iter::once(&events), year);
    assert_eq!((figures.uses, figures.reviewed, figures.not_justified), (3, 2, 1));
    assert_eq!(figures.median_minutes_to_review, Some(1.0));
    let before = FiscalYear::beginning_in(2024).unwrap();
    let none = break_glass_figures(std::iter::once(&events), before);
    assert_eq!((none.uses, none.median_minutes_to_review), (0, None));
}
