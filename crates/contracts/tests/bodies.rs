//! Events as bytes: what is split off comes back, and nothing personal stays behind.

mod samples;

use contracts::{Event, EventKind, UnknownEvent, catalogue, events::*};
use proptest::prelude::*;
use prost_reflect::{DynamicMessage, ReflectMessage, prost::Message};
use samples::{full, message_of};

fn kinds() -> &'static [EventKind] {
    catalogue().kinds()
}

/// The numbers of the fields that have a value.
fn numbers_in(kind: &EventKind, bytes: &[u8]) -> Vec<u32> {
    let message = DynamicMessage::decode(message_of(kind), bytes).expect("a half decodes");
    let fields = message.descriptor();
    fields.fields().filter(|field| message.has_field(field)).map(|field| field.number()).collect()
}

#[test]
fn every_event_comes_back_from_its_bytes() {
    for kind in kinds() {
        let event = full(kind);
        assert_eq!((event.number(), &event.kind().name), (kind.number, &kind.name));
        assert!(kind.decode(&event.to_bytes()).expect("its own bytes") == event, "{}", kind.name);
    }
}

#[test]
fn both_halves_together_are_the_whole_event() {
    for kind in kinds() {
        let event = full(kind);
        let split = event.split();
        let whole = [split.clear.as_slice(), &split.personal].concat();
        assert!(kind.decode(&whole).expect("both halves") == event, "{}", kind.name);
        let turned = [split.personal.as_slice(), &split.clear].concat();
        assert!(kind.decode(&turned).expect("in either order") == event, "{}", kind.name);
    }
}

#[test]
fn every_field_lies_in_the_half_that_its_declaration_names() {
    for kind in kinds() {
        let split = full(kind).split();
        let clear = numbers_in(kind, &split.clear);
        let personal = numbers_in(kind, &split.personal);
        assert!(clear.iter().all(|number| !kind.is_personal(*number)), "{}", kind.name);
        assert!(personal.iter().all(|number| kind.is_personal(*number)), "{}", kind.name);
        assert_eq!(clear.len() + personal.len(), kind.fields.len(), "{}", kind.name);
        assert_eq!(kind.has_personal_fields(), !personal.is_empty(), "{}", kind.name);
    }
}

#[test]
fn no_sealed_words_stay_in_the_clear_half() {
    for kind in kinds() {
        let split = full(kind).split();
        let clear = String::from_utf8_lossy(&split.clear).into_owned();
        for field in kind.fields.iter().filter(|field| field.options.personal) {
            assert!(
                !clear.contains(&format!("〔{}〕", field.name)),
                "{}.{}",
                kind.name,
                field.name
            );
        }
    }
}

#[test]
fn the_office_fills_in_what_it_assigns_and_keeps_what_is_set() {
    for kind in kinds() {
        let proposed = kind.decode(&samples::proposed(kind).encode_to_vec()).expect("a sample");
        let mut ids = 0;
        let assigned = proposed.assign("2026-04-01", || {
            ids += 1;
            format!("00000000-0000-4000-8000-{ids:012}")
        });
        let described = kind.describe(&assigned.to_bytes()).expect("its own bytes");
        let has = |name: &str| described.iter().any(|field| field.name == name);
        for field in kind.fields.iter().filter(|field| field.options.required) {
            assert!(has(&field.name), "{}.{}", kind.name, field.name);
        }
        let again = assigned.clone().assign("2030-01-01", || "another".to_owned());
        assert!(again == assigned, "{}", kind.name);
    }
}

#[test]
fn an_event_names_those_it_is_meant_for() {
    let shared = MedicalSummaryShared {
        recipient_agency_ids: vec!["center-isogo".into(), "ward-isogo".into()],
        ..Default::default()
    };
    assert_eq!(Event::from(shared).addressees(), ["center-isogo", "ward-isogo"]);
    assert!(Event::from(PatientDischarged::default()).addressees().is_empty());
}

#[test]
fn an_event_printed_by_accident_tells_nothing() {
    for kind in kinds() {
        assert_eq!(format!("{:?}", full(kind)), kind.name);
    }
}

#[test]
fn every_field_is_described_under_its_label() {
    for kind in kinds() {
        let described = kind.describe(&full(kind).to_bytes()).expect("its own bytes");
        let labels: Vec<_> = described.iter().map(|field| field.label.as_str()).collect();
        let declared: Vec<_> =
            kind.fields.iter().map(|field| field.options.label_ja.as_str()).collect();
        assert_eq!(labels, declared, "{}", kind.name);
        assert!(described.iter().all(|field| !field.values.is_empty()), "{}", kind.name);
    }
}

#[test]
fn bytes_that_are_no_event_are_refused() {
    let kind = catalogue().by_name("WardVisitRecorded").expect("an event");
    let bytes = full(kind).to_bytes();
    assert!(kind.split(&bytes[..bytes.len() - 1]).is_err());
    assert!(kind.decode(&bytes[..bytes.len() - 1]).is_err());
    let group = [0x0b];
    assert!(matches!(kind.split(&group), Err(UnknownEvent::Fields)));
    let length_beyond_memory = [0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f];
    assert!(kind.split(&length_beyond_memory).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_split_loses_no_byte_and_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let kind = catalogue().by_name("ReferralSubmitted").expect("an event");
        if let Ok(split) = kind.split(&bytes) {
            prop_assert_eq!(split.clear.len() + split.personal.len(), bytes.len());
        }
    }

    #[test]
    fn whatever_a_person_writes_comes_back(wishes in ".*", issues in ".*", ward in "[a-z]{0,8}") {
        let event = Event::from(ReferralSubmitted {
            referral_id: ward, wishes, issues, track_requested: 1, ..Default::default()
        });
        let split = event.split();
        let whole = [split.clear, split.personal].concat();
        prop_assert!(event.kind().decode(&whole).expect("both halves") == event);
    }
}
