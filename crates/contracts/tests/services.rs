//! The doors of the services, against what the events say about who may append them.

use std::collections::BTreeSet;

use contracts::{EventKind, Office, Service, catalogue, services};
use prost_reflect::{Kind, MessageDescriptor, MethodDescriptor};

/// What every office offers besides: it mends records, hands out files, takes in tables and ends the
/// access of its staff.
const RECORDS: &str = "office";
const ACTIVITY: &str = "RecordActivity";

/// One door: the offices that have it, the name of its RPC, and what a request brings.
struct Door {
    offices: Vec<Office>,
    method: MethodDescriptor,
    events: Vec<&'static EventKind>,
}

fn doors() -> Vec<Door> {
    let doors = services().filter(|service| service.name != RECORDS).flat_map(|service| {
        let methods: Vec<_> = service.descriptor.methods().collect();
        methods.into_iter().map(move |method| {
            let events = events_in(&method.input());
            Door { offices: service.offices.clone(), method, events }
        })
    });
    doors.collect()
}

fn events_in(request: &MessageDescriptor) -> Vec<&'static EventKind> {
    let messages = request.fields().filter_map(|field| match field.kind() {
        Kind::Message(message) if !field.is_list() => Some(message),
        _ => None,
    });
    let events =
        messages.filter(|message| message.parent_file().package_name() == "tsunagi.events.v1");
    events.filter_map(|message| catalogue().by_name(message.name())).collect()
}

fn records() -> Service {
    services().find(|service| service.name == RECORDS).expect("every office has it")
}

fn of_records() -> Vec<&'static EventKind> {
    records().descriptor.methods().flat_map(|method| events_in(&method.input())).collect()
}

fn own_doors() -> impl Iterator<Item = Door> {
    doors().into_iter().filter(|door| door.method.name() != ACTIVITY)
}

#[test]
fn every_door_brings_one_event_that_one_of_its_offices_may_append() {
    for Door { offices, method, events } in own_doors() {
        let [event] = events.as_slice() else { panic!("{} brings no event", method.full_name()) };
        let may = offices.iter().any(|office| event.may_be_appended_by(*office));
        assert!(may, "{} {}", method.full_name(), event.name);
        assert!(!event.options.plain, "{}: {} is plain", method.full_name(), event.name);
    }
}

#[test]
fn every_event_with_rules_has_a_door() {
    let of_records = of_records();
    let is_of_access = |event: &&EventKind| event.name.starts_with("Staff");
    let fits = |event: &&EventKind| event.options.amends || is_of_access(event);
    assert!(of_records.iter().all(fits), "it amends and ends the access of staff, no more");
    let own = own_doors().flat_map(|door| door.events);
    let behind_doors: BTreeSet<_> = own.chain(of_records).map(|event| &event.name).collect();
    let without: Vec<_> = catalogue()
        .kinds()
        .iter()
        .filter(|kind| !kind.options.plain)
        .map(|kind| &kind.name)
        .filter(|name| !behind_doors.contains(name))
        .collect();
    assert!(without.is_empty(), "{without:?}");
}

/// What an office records along with another event, and by no door of its own: a hospital writes
/// down that a center has accepted, which opens the case.
const ALONG: [(&str, Office); 1] = [("CaseOpened", Office::Hospital)];

/// The offices that may append an event all have a door for it, wherever it is.
#[test]
fn whoever_may_append_an_event_has_a_door_for_it() {
    let (doors, of_records): (Vec<_>, _) = (own_doors().collect(), of_records());
    let has_rules = |kind: &&EventKind| !kind.options.plain && !kind.options.amends;
    for kind in catalogue().kinds().iter().filter(has_rules) {
        let brings = |door: &&Door| door.events.iter().any(|event| event.number == kind.number);
        let mut offices: BTreeSet<_> =
            doors.iter().filter(brings).flat_map(|door| door.offices.clone()).collect();
        if of_records.iter().any(|event| event.number == kind.number) {
            offices.extend(records().offices);
        }
        for office in kind.options.appended_by() {
            let is_along = ALONG.contains(&(kind.name.as_str(), office));
            assert_ne!(offices.contains(&office), is_along, "{} at {office:?}", kind.name);
        }
    }
}

#[test]
fn a_service_has_one_door_for_an_event() {
    let doors: Vec<_> = own_doors().collect();
    let pairs = |door: &Door| {
        let service = door.method.parent_service().full_name().to_owned();
        door.events.iter().map(|event| (service.clone(), event.number)).collect::<Vec<_>>()
    };
    let all: Vec<_> = doors.iter().flat_map(pairs).collect();
    assert_eq!(all.len(), all.iter().collect::<BTreeSet<_>>().len());
}

#[test]
fn every_request_opens_with_its_context_and_every_reply_is_the_same() {
    for Door { method, .. } in doors() {
        let input = method.input();
        let first = input.get_field(1).expect("a first field");
        let context = first.kind().as_message().map(|message| message.full_name().to_owned());
        assert_eq!(
            context.as_deref(),
            Some("tsunagi.office.v1.CommandContext"),
            "{}",
            method.full_name()
        );
        assert_eq!(method.output().full_name(), "tsunagi.office.v1.CommandReply");
        assert!(!method.is_client_streaming() && !method.is_server_streaming());
    }
}

#[test]
fn every_service_takes_plain_events() {
    let doors = doors().into_iter().filter(|door| door.method.name() == ACTIVITY);
    assert_eq!(doors.count(), services().filter(|service| service.name != RECORDS).count());
}

#[test]
fn every_service_is_served_somewhere() {
    for service in services() {
        assert!(!service.offices.is_empty(), "{}", service.name);
    }
}
