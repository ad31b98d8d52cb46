//! Whose tokens are good no longer.

use casework::{AgencyId, Issued, Recorded, StaffAccess};
use contracts::{
    Event,
    events::{StaffAccessEnded, StaffSessionEnded},
};
use jiff::Timestamp;

const HOSPITAL: &str = "hospital-a";
const STAFF: &str = "staff-1";

#[derive(Default)]
struct Desk(StaffAccess);

impl Desk {
    fn after(mut self, moment: &str, agency: &str, event: impl Into<Event>) -> Self {
        let recorded_at: Timestamp = moment.parse().expect("a moment");
        let agency = AgencyId::from(agency);
        let recorded = Recorded {
            position: 1,
            event_id: String::new(),
            case_id: None,
            agency: agency.clone(),
            on_behalf_of: None,
            occurred_on: casework::today(recorded_at),
            recorded_at,
            event: event.into(),
        };
        self.0.apply(&agency, &recorded);
        self
    }

    fn admits(&self, agency: &str, staff: &str, issued: &Issued) -> bool {
        self.0.admits(&AgencyId::from(agency), staff, issued)
    }
}

fn access_of(staff: &str) -> StaffAccessEnded {
    StaffAccessEnded { staff: staff.into(), ..Default::default() }
}

fn session(id: &str) -> StaffSessionEnded {
    StaffSessionEnded { staff: STAFF.into(), session_id: id.into(), ..Default::default() }
}

fn issued(moment: &str, session: Option<&str>, ends_known: Option<u32>) -> Issued {
    let moment: Timestamp = moment.parse().expect("a moment");
    let session = session.map(str::to_owned);
    Issued { at_second: moment.as_second(), session, ends_known }
}

#[test]
fn a_foreign_token_is_judged_by_its_second_and_one_of_that_second_is_refused() {
    let desk = Desk::default().after("2025-06-01T03:00:00.7Z", HOSPITAL, access_of(STAFF));
    for (moment, admitted) in [
        ("2025-06-01T02:59:59Z", false),
        ("2025-06-01T03:00:00Z", false),
        ("2025-06-01T03:00:01Z", true),
    ] {
        assert_eq!(desk.admits(HOSPITAL, STAFF, &issued(moment, None, None)), admitted, "{moment}");
    }
}

#[test]
fn a_token_of_the_house_is_judged_by_what_its_issuer_knew_and_not_by_clocks() {
    let once = Desk::default().after("2025-06-01T03:00:00Z", HOSPITAL, access_of(STAFF));
    let by_a_fast_clock = issued("2025-06-01T03:00:30Z", None, Some(0));
    assert!(!once.admits(HOSPITAL, STAFF, &by_a_fast_clock));
    let by_a_slow_clock = issued("2025-06-01T02:59:30Z", None, Some(1));
    assert!(once.admits(HOSPITAL, STAFF, &by_a_slow_clock));
    let twice = once.after("2025-06-01T04:00:00Z", HOSPITAL, access_of(STAFF));
    assert!(!twice.admits(HOSPITAL, STAFF, &by_a_slow_clock));
}

#[test]
fn codes_are_an_agencys_own() {
    let desk = Desk::default().after("2025-06-01T03:00:00Z", HOSPITAL, access_of(STAFF));
    let old = issued("2025-06-01T02:00:00Z", None, None);
    assert!(!desk.admits(HOSPITAL, STAFF, &old));
    assert!(desk.admits("center-a", STAFF, &old));
    assert!(desk.admits(HOSPITAL, "staff-2", &old));
    assert_eq!(desk.0.times_ended(&AgencyId::from("center-a"), STAFF), 0);
}

#[test]
fn one_session_ends_and_the_others_go_on() {
    let desk = Desk::default().after("2025-06-01T03:00:00Z", HOSPITAL, session("s-1"));
    let of = |session| issued("2025-06-01T02:00:00Z", session, Some(0));
    assert!(!desk.admits(HOSPITAL, STAFF, &of(Some("s-1"))));
    assert!(desk.admits(HOSPITAL, STAFF, &of(Some("s-2"))));
    assert!(desk.admits(HOSPITAL, STAFF, &of(None)));
    assert!(desk.admits("center-a", STAFF, &of(Some("s-1"))), "no agency ends another's");
}

#[test]
fn the_end_of_a_session_is_kept_as_long_as_one_of_its_tokens_can_live_and_no_longer() {
    let desk = Desk::default().after("2025-06-01T03:00:00Z", HOSPITAL, session("s-1"));
    let of = issued("2025-06-01T02:59:59Z", Some("s-1"), Some(0));
    let desk = desk.after("2025-06-02T02:59:59Z", HOSPITAL, session("s-2"));
    assert!(!desk.admits(HOSPITAL, STAFF, &of));
    let desk = desk.after("2025-06-02T03:00:00Z", HOSPITAL, session("s-3"));
    assert!(desk.admits(HOSPITAL, STAFF, &of), "nothing that could be shown names it any more");
}
