//! The doors of the five offices, against what the events say about who may append them.

use std::collections::BTreeSet;

use contracts::{EventKind, Office, catalogue};
use prost_reflect::{Kind, MessageDescriptor, MethodDescriptor, ServiceDescriptor};

const SERVICES: [(&str, Office); 5] = [
    ("tsunagi.hospital.v1.HospitalService", Office::Hospital),
    ("tsunagi.support_center.v1.SupportCenterService", Office::SupportCenter),
    ("tsunagi.core_center.v1.CoreCenterService", Office::CoreCenter),
    ("tsunagi.ward_office.v1.WardOfficeService", Office::WardOffice),
    ("tsunagi.municipality.v1.MunicipalityService", Office::Municipality),
];
/// What every office offers besides its own service: it mends records and hands out files.
const RECORDS: &str = "tsunagi.office.v1.RecordsService";
const ACTIVITY: &str = "RecordActivity";

/// One door: the office, the name of its RPC, and what a request brings.
struct Door {
    office: Office,
    method: MethodDescriptor,
    events: Vec<&'static EventKind>,
}

fn doors() -> Vec<Door> {
    let services = SERVICES.iter().flat_map(|(name, office)| {
        let methods: Vec<_> = service(name).methods().collect();
        methods.into_iter().map(|method| (*office, method))
    });
    let doors = services.map(|(office, method)| {
        let events = events_in(&method.input());
        Door { office, method, events }
    });
    doors.collect()
}

fn service(name: &str) -> ServiceDescriptor {
    let mut services = catalogue().pool().services();
    services.find(|service| service.full_name() == name).unwrap_or_else(|| panic!("no {name}"))
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

fn own_doors() -> impl Iterator<Item = Door> {
    doors().into_iter().filter(|door| door.method.name() != ACTIVITY)
}

#[test]
fn every_door_brings_one_event_that_its_office_may_append() {
    for Door { office, method, events } in own_doors() {
        let [event] = events.as_slice() else { panic!("{} brings no event", method.full_name()) };
        assert!(event.may_be_appended_by(office), "{} {}", method.full_name(), event.name);
        assert!(!event.options.plain, "{}: {} is plain", method.full_name(), event.name);
    }
}

#[test]
fn every_event_with_rules_has_a_door() {
    let records = service(RECORDS);
    let of_records = records.methods().flat_map(|method| events_in(&method.input()));
    let of_records: Vec<_> = of_records.collect();
    assert!(of_records.iter().all(|event| event.options.amends), "it only amends");
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

#[test]
fn an_office_has_one_door_for_an_event() {
    let doors: Vec<_> = own_doors().collect();
    let pairs = |door: &Door| {
        door.events.iter().map(|event| (door.office, event.number)).collect::<Vec<_>>()
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
fn every_office_takes_plain_events() {
    let offices: Vec<_> = doors()
        .into_iter()
        .filter(|door| door.method.name() == ACTIVITY)
        .map(|door| door.office)
        .collect();
    assert_eq!(offices.len(), SERVICES.len());
}
