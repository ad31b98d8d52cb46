//! What every declaration has to say, asked of every event.

mod samples;

use std::collections::BTreeSet;

use contracts::{
    EventKind, Office, Sight, Topic,
    annotations::{Date, Nature, Reference, Subject, Text},
    catalogue, label_of, office_from_name, office_name,
};
use prost_reflect::{EnumDescriptor, FieldDescriptor, Kind, MessageDescriptor};
use samples::{message_of, options_of};

const OFFICES: [Office; 5] = [
    Office::Hospital,
    Office::SupportCenter,
    Office::CoreCenter,
    Office::WardOffice,
    Office::Municipality,
];

fn kinds() -> impl Iterator<Item = &'static EventKind> {
    catalogue().kinds().iter()
}

/// The fields of every event, and those of the messages inside them.
fn fields() -> Vec<FieldDescriptor> {
    kinds().flat_map(|kind| fields_of(&message_of(kind))).collect()
}

fn fields_of(message: &MessageDescriptor) -> Vec<FieldDescriptor> {
    let with_parts = message.fields().flat_map(|field| match field.kind() {
        Kind::Message(part) => [vec![field], fields_of(&part)].concat(),
        _ => vec![field],
    });
    with_parts.collect()
}

fn enums() -> Vec<EnumDescriptor> {
    let kinds = fields().into_iter().map(|field| field.kind());
    kinds.filter_map(|kind| kind.as_enum().cloned()).collect()
}

fn is_japanese(text: &str) -> bool {
    text.chars().any(|c| matches!(c, '\u{3041}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}'))
}

#[test]
fn every_event_says_everything_about_itself() {
    for kind in kinds() {
        let name = &kind.name;
        assert_ne!(kind.subject(), Subject::Unspecified, "{name}");
        assert_ne!(kind.nature(), Nature::Unspecified, "{name}");
        assert_ne!(kind.options.topic(), Topic::Unspecified, "{name}");
        assert!(kind.options.appended_by().next().is_some(), "{name} is appended by nobody");
        assert!(kind.options.appended_by().all(|office| office != Office::Unspecified), "{name}");
        assert!(is_japanese(&kind.options.label_ja), "{name} has no Japanese label");
        assert!(kind.description().ends_with('.'), "{name} has no description");
    }
}

#[test]
fn every_event_names_the_rows_that_ask_for_it() {
    let is_row = |row: &String| {
        row.strip_prefix('R')
            .is_some_and(|number| number.len() == 2 && number.parse::<u8>().is_ok())
    };
    for kind in kinds() {
        let rows = &kind.options.rows;
        assert!(!rows.is_empty() && rows.iter().all(is_row), "{}: {rows:?}", kind.name);
    }
}

#[test]
fn every_office_is_told_what_it_sees() {
    for kind in kinds() {
        let on_tracks = kind.options.sight_on_track.iter().map(|entry| Some(entry.track.as_str()));
        for track in on_tracks.chain([None]) {
            for office in OFFICES {
                let sight = kind.sight(office, track);
                assert_ne!(sight, Sight::Unspecified, "{} {office:?} {track:?}", kind.name);
            }
        }
    }
}

#[test]
fn the_municipality_counts_persons_and_never_reads_about_them() {
    let allowed = [Sight::None, Sight::Aggregate, Sight::Public];
    for kind in kinds().filter(|kind| kind.subject() == Subject::Person) {
        assert!(allowed.contains(&kind.sight(Office::Municipality, None)), "{}", kind.name);
    }
}

#[test]
fn what_is_for_addressees_can_be_addressed() {
    for kind in kinds() {
        let says = |office: &Office| kind.sight(*office, None) == Sight::Addressee;
        let addressed = kind.fields.iter().any(|field| field.options.addressee);
        assert!(!OFFICES.iter().any(says) || addressed, "{} has no addressee field", kind.name);
    }
}

#[test]
fn what_is_shown_in_an_emergency_can_name_the_emergency() {
    for kind in kinds().filter(|kind| kind.options.shown_in_emergency) {
        let names = |field: &&contracts::Field| field.options.reference() == Reference::Emergency;
        // One that leaves it empty is shown like any other event.
        assert_eq!(kind.fields.iter().filter(names).count(), 1, "{}", kind.name);
    }
}

#[test]
fn a_sight_of_its_own_names_a_track_that_exists() {
    let track = catalogue().pool().get_enum_by_name("tsunagi.events.v1.Track").expect("Track");
    for kind in kinds() {
        let named: Vec<_> = kind.options.sight_on_track.iter().map(|entry| &entry.track).collect();
        for name in &named {
            let value = track.get_value_by_name(name);
            assert!(value.is_some_and(|value| value.number() != 0), "{} {name}", kind.name);
        }
        assert_eq!(named.len(), named.iter().collect::<BTreeSet<_>>().len(), "{}", kind.name);
    }
}

#[test]
fn every_event_happens_on_exactly_one_day_and_says_which() {
    for kind in kinds() {
        let occurred = kind.fields.iter().filter(|field| field.options.date() == Date::Occurred);
        let required: Vec<_> = occurred.map(|field| field.options.required).collect();
        assert_eq!(required, [true], "{}", kind.name);
    }
}

#[test]
fn an_act_is_dated_by_the_office_and_a_fact_by_whoever_records_it() {
    for kind in kinds() {
        let occurred = kind.occurred_field().expect("every event has one");
        assert_eq!(occurred.options.assigned, kind.nature() == Nature::Act, "{}", kind.name);
        assert!(!occurred.options.personal, "{}: the day of an event stays clear", kind.name);
    }
}

#[test]
fn every_field_and_every_choice_has_a_japanese_label() {
    for field in fields() {
        assert!(is_japanese(&options_of(&field).label_ja), "{}", field.full_name());
    }
    for value in enums().iter().flat_map(EnumDescriptor::values) {
        assert!(value.number() == 0 || is_japanese(&label_of(&value)), "{}", value.full_name());
    }
}

#[test]
fn every_choice_begins_with_no_choice() {
    for one in enums() {
        let nothing = one.get_value(0).expect("proto3");
        assert!(nothing.name().ends_with("_UNSPECIFIED"), "{}", one.full_name());
    }
}

/// Protobuf merges a message from both halves only if neither half holds a part of it.
#[test]
fn a_message_inside_an_event_is_wholly_personal_or_wholly_clear() {
    for field in fields() {
        let Kind::Message(part) = field.kind() else { continue };
        let personal = options_of(&field).personal;
        for inner in fields_of(&part) {
            assert_eq!(options_of(&inner).personal, personal, "{}", inner.full_name());
        }
    }
}

#[test]
fn a_string_is_a_date_a_reference_or_a_text_with_a_limit() {
    for field in fields().iter().filter(|field| field.kind() == Kind::String) {
        let options = options_of(field);
        let says = [
            options.date() != Date::Unspecified,
            options.reference() != Reference::Unspecified,
            options.max_chars > 0,
        ];
        let said = says.iter().filter(|said| **said).count();
        assert_eq!(said, 1, "{}", field.full_name());
    }
    for field in fields().iter().filter(|field| field.kind() != Kind::String) {
        let options = options_of(field);
        let of_strings = options.max_chars > 0
            || options.date() != Date::Unspecified
            || options.reference() != Reference::Unspecified;
        assert!(!of_strings, "{} is no string", field.full_name());
    }
}

#[test]
fn free_text_is_sealed() {
    for field in fields().iter().filter(|field| options_of(field).max_chars > 0) {
        let options = options_of(field);
        assert!(options.personal || options.text() != Text::Free, "{}", field.full_name());
    }
}

#[test]
fn only_agencies_are_addressed_and_in_the_clear() {
    for field in fields().iter().filter(|field| options_of(field).addressee) {
        let options = options_of(field);
        assert_eq!(options.reference(), Reference::Agency, "{}", field.full_name());
        assert!(!options.personal, "{}", field.full_name());
    }
}

#[test]
fn what_the_rules_read_is_never_sealed() {
    for field in fields() {
        let options = options_of(&field);
        let is_reference = options.reference() != Reference::Unspecified;
        assert!(!(is_reference && options.personal), "{}", field.full_name());
    }
}

/// Its stream is found by that field.
#[test]
fn the_event_of_a_resource_names_the_resource_first() {
    for kind in kinds().filter(|kind| kind.subject() == Subject::Resource) {
        let first = kind.fields.iter().find(|field| field.number == 1).expect("a first field");
        let reference = first.options.reference();
        let is_resource = matches!(reference, Reference::Provider | Reference::Inquiry);
        let is_there = first.options.required || first.options.assigned;
        assert!(is_resource && is_there, "{}", kind.name);
    }
}

/// Whoever reads about a provider or an inquiry must not learn from it who is supported.
#[test]
fn nothing_about_a_resource_names_a_person() {
    for kind in kinds().filter(|kind| kind.subject() == Subject::Resource) {
        let of_persons = [
            Reference::Person,
            Reference::Case,
            Reference::Episode,
            Reference::Referral,
            Reference::Consent,
            Reference::Plan,
            Reference::Benefit,
        ];
        let named =
            kind.fields.iter().find(|field| of_persons.contains(&field.options.reference()));
        assert!(named.is_none(), "{}", kind.name);
    }
}

#[test]
fn every_entry_is_named_after_its_event_and_numbered_once() {
    let body = catalogue().pool().get_message_by_name("tsunagi.events.v1.EventBody");
    let body = body.expect("EventBody");
    let numbers: BTreeSet<_> = body.fields().map(|entry| entry.number()).collect();
    assert_eq!(numbers.len(), catalogue().kinds().len());
    for entry in body.fields() {
        let kind = catalogue().by_number(entry.number()).expect("every entry is an event");
        assert_eq!(entry.name(), snake_case(&kind.name));
        assert!(catalogue().by_name(&kind.name).is_some_and(|same| same.number == kind.number));
    }
}

#[test]
fn every_declared_event_has_an_entry() {
    let declared = catalogue().pool().all_messages().filter(|message| {
        let options = message.options();
        options.extensions().any(|(one, _)| one.full_name() == "tsunagi.annotations.v1.event")
    });
    for message in declared {
        assert!(catalogue().by_name(message.name()).is_some(), "{}", message.full_name());
    }
}

#[test]
fn every_office_goes_by_one_name() {
    for office in OFFICES {
        assert_eq!(office_from_name(office_name(office)), Some(office));
    }
    assert_eq!(office_from_name("unspecified"), None);
}

fn snake_case(name: &str) -> String {
    let mut snake = String::new();
    for c in name.chars() {
        if c.is_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.extend(c.to_lowercase());
    }
    snake
}

/// Who may ever see something of a person is looked up by who is named in the person's stream.
#[test]
fn agencies_are_named_in_the_clear_and_by_the_event_itself() {
    for kind in kinds() {
        for field in fields_of(&message_of(kind)) {
            if options_of(&field).reference() == Reference::Agency {
                let own = kind.agency_fields().any(|own| own.name == field.name());
                assert!(own && !options_of(&field).personal, "{}: {}", kind.name, field.name());
            }
        }
    }
}
