//! What a declaration says against a proposed event, reason by reason.

mod samples;

use contracts::{Event, Violation, catalogue, events::*, violations};
use prost_reflect::prost::Message;

const TODAY: &str = "2026-04-01";
const ID: &str = "00000000-0000-4000-8000-000000000001";

fn found(event: impl Into<Event>) -> Vec<Violation> {
    let event = event.into();
    violations(event.kind(), &event.to_bytes(), TODAY).expect("its own bytes")
}

#[track_caller]
fn says(event: impl Into<Event>, field: &str, reason: &str) {
    let found: Vec<_> = found(event).into_iter().map(|one| (one.field, one.reason)).collect();
    assert_eq!(found, [(field.to_owned(), reason)]);
}

fn visit() -> WardVisitRecorded {
    WardVisitRecorded {
        episode_id: ID.into(),
        visited_on: TODAY.into(),
        method: VisitMethod::InPerson.into(),
        purpose: VisitPurpose::Interview.into(),
        ..Default::default()
    }
}

fn consent() -> ConsentGiven {
    ConsentGiven {
        given_on: TODAY.into(),
        topics: vec![contracts::Topic::Support.into()],
        agency_ids: vec!["center-isogo".into()],
        method: ConsentMethod::Written.into(),
        ..Default::default()
    }
}

#[test]
fn a_sample_of_every_event_is_accepted() {
    for kind in catalogue().kinds() {
        let bytes = samples::proposed(kind).encode_to_vec();
        let found = violations(kind, &bytes, TODAY).expect("a sample decodes");
        assert!(found.is_empty(), "{}: {found:?}", kind.name);
    }
    assert!(found(visit()).is_empty() && found(consent()).is_empty());
}

#[test]
fn what_is_required_must_be_there() {
    says(WardVisitRecorded { episode_id: String::new(), ..visit() }, "episode_id", "REQUIRED");
    says(WardVisitRecorded { method: 0, ..visit() }, "method", "REQUIRED");
    says(ConsentGiven { topics: vec![], ..consent() }, "topics", "REQUIRED");
    let nameless = PersonRegistered {
        registered_on: TODAY.into(),
        family_name: "架空".into(),
        given_name: "　 ".into(),
        residence_ward: "isogo".into(),
        ..Default::default()
    };
    says(nameless, "given_name", "REQUIRED");
}

#[test]
fn what_the_office_assigns_must_be_empty() {
    says(WardVisitRecorded { visit_id: ID.into(), ..visit() }, "visit_id", "ASSIGNED");
    let closed = CaseClosed {
        closed_on: TODAY.into(),
        reason: CaseCloseReason::Settled.into(),
        ..Default::default()
    };
    says(closed, "closed_on", "ASSIGNED");
}

#[test]
fn a_choice_must_be_in_the_list() {
    says(WardVisitRecorded { method: 99, ..visit() }, "method", "UNKNOWN_VALUE");
    says(ConsentGiven { topics: vec![3, 0], ..consent() }, "topics[1]", "UNKNOWN_VALUE");
}

#[test]
fn a_text_has_an_end() {
    let of_length = |length| WardVisitRecorded { attendees: "字".repeat(length), ..visit() };
    assert!(found(of_length(500)).is_empty());
    says(of_length(501), "attendees", "TOO_LONG");
}

#[test]
fn a_text_holds_no_control_characters() {
    let saying = |words: &str| WardVisitRecorded { summary: words.into(), ..visit() };
    assert!(found(saying("一行目\r\n二行目\t終わり")).is_empty());
    says(saying("\u{0}"), "summary", "CONTROL_CHARACTER");
    says(saying("\u{1b}[31m"), "summary", "CONTROL_CHARACTER");
}

#[test]
fn an_id_has_one_form() {
    let of_stay = |id: &str| WardVisitRecorded { episode_id: id.into(), ..visit() };
    let upper = "0000000A-0000-4000-8000-000000000001";
    for id in ["stay-1", &ID[1..], upper, "00000000x0000-4000-8000-000000000001"] {
        says(of_stay(id), "episode_id", "MALFORMED");
    }
    let of_agency = |id: &str| ConsentGiven { agency_ids: vec![id.into()], ..consent() };
    for id in ["Center", "磯子", "a b", &"a".repeat(65)] {
        says(of_agency(id), "agency_ids[0]", "MALFORMED");
    }
    assert!(found(of_agency(&"a".repeat(64))).is_empty());
}

#[test]
fn a_code_has_one_form() {
    let moved = |to: &str| ResidenceWardChanged {
        moved_on: TODAY.into(),
        to_ward: to.into(),
        ..Default::default()
    };
    assert!(found(moved("14107")).is_empty());
    says(moved("Isogo"), "to_ward", "MALFORMED");
}

#[test]
fn a_date_is_in_the_calendar() {
    let until = |day: &str| ConsentGiven { valid_until: day.into(), ..consent() };
    for day in ["2024-02-29", "2000-02-29", "1868-01-01", "9999-12-31"] {
        assert!(found(until(day)).is_empty(), "{day}");
    }
    let wrong = [
        "2026-02-29",
        "1900-02-29",
        "2026-04-31",
        "2026-13-01",
        "2026-00-10",
        "2026-01-00",
        "1867-12-31",
        "2026-4-1",
        "2026/04/01",
        "令和8年4月1日",
        "2026-04-0１",
        "+026-04-01",
    ];
    for day in wrong {
        says(until(day), "valid_until", "MALFORMED_DATE");
    }
}

#[test]
fn a_month_is_in_the_calendar() {
    let born = |month: &str| PersonRegistered {
        registered_on: TODAY.into(),
        family_name: "架空".into(),
        given_name: "一郎".into(),
        birth_month: month.into(),
        residence_ward: "isogo".into(),
        ..Default::default()
    };
    assert!(found(born("1967-03")).is_empty());
    for month in ["1967-13", "1967-3", "1967-03-01", "1967"] {
        says(born(month), "birth_month", "MALFORMED_DATE");
    }
}

#[test]
fn what_happened_lies_not_in_the_future() {
    says(
        WardVisitRecorded { visited_on: "2026-04-02".into(), ..visit() },
        "visited_on",
        "IN_THE_FUTURE",
    );
    assert!(found(ConsentGiven { valid_until: "2027-04-01".into(), ..consent() }).is_empty());
}

#[test]
fn a_fault_inside_a_list_says_where_it_lies() {
    let contact =
        |name: &str| FamilyContact { name: name.into(), permission: true, ..Default::default() };
    let content = EmergencyPlanContent {
        family_contacts: vec![contact("架空花子"), contact(&"字".repeat(101))],
        ..Default::default()
    };
    let plan = EmergencyPlanCreated { content: Some(content), ..Default::default() };
    says(plan, "content.family_contacts[1].name", "TOO_LONG");
}

#[test]
fn a_list_has_an_end() {
    let of_agencies = |count: usize| {
        let agency_ids = (0..count).map(|at| format!("center-{at}")).collect();
        ConsentGiven { agency_ids, ..consent() }
    };
    assert!(found(of_agencies(100)).is_empty());
    says(of_agencies(101), "agency_ids", "TOO_MANY");
    says(of_agencies(50_000), "agency_ids", "TOO_MANY");
}

#[test]
fn nobody_is_told_more_than_twenty_faults() {
    let agency_ids = vec!["磯子".to_owned(); 100];
    let faults = found(ConsentGiven { agency_ids, topics: vec![99; 19], ..consent() });
    assert_eq!(faults.len(), 20);
    let faults = found(ConsentGiven { topics: vec![99; 100], method: 99, ..consent() });
    assert_eq!(faults.len(), 20);
}

#[test]
fn nobody_is_born_in_the_future() {
    let born = |birth_date: &str| PersonRegistered {
        registered_on: TODAY.into(),
        family_name: "架空".into(),
        given_name: "一郎".into(),
        birth_date: birth_date.into(),
        residence_ward: "isogo".into(),
        ..Default::default()
    };
    assert!(found(born(TODAY)).is_empty());
    says(born("2026-04-02"), "birth_date", "IN_THE_FUTURE");
}

#[test]
fn every_fault_is_said_in_both_languages_and_without_the_value() {
    let secret = "秘".repeat(501);
    let faults = found(WardVisitRecorded { attendees: secret.clone(), method: 99, ..visit() });
    assert_eq!(faults.len(), 2);
    for fault in faults {
        assert!(fault.english.starts_with(&fault.field) && fault.english.is_ascii());
        assert!(fault.japanese.starts_with('「') && fault.japanese.ends_with('。'));
        assert!(!fault.japanese.contains(&secret));
    }
}
