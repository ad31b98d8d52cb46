//! One sample of every event, made from its declaration alone. What a field holds depends on its
//! name, so that a value that turns up in another field is noticed.
#![allow(dead_code, reason = "each test uses what it needs")]

use contracts::{
    Event, EventKind,
    annotations::{Date, FieldOptions, Reference, Text},
    catalogue,
};
use prost_reflect::{
    DynamicMessage, FieldDescriptor, Kind, MessageDescriptor, Value, prost::Message,
};

/// The message of an event.
pub fn message_of(kind: &EventKind) -> MessageDescriptor {
    let name = format!("tsunagi.events.v1.{}", kind.name);
    catalogue().pool().get_message_by_name(&name).expect("every event is a message")
}

/// What the declaration of a field says; the fields of nested messages have one too.
pub fn options_of(field: &FieldDescriptor) -> FieldOptions {
    let options = field.options();
    let own = |name: &str| name == "tsunagi.annotations.v1.field";
    let found = options.extensions().find(|(extension, _)| own(extension.full_name()));
    let Some((_, Value::Message(message))) = found else { return FieldOptions::default() };
    message.transcode_to().expect("field options decode")
}

/// Every field of the event that has a value, those the office assigns included.
pub fn full(kind: &EventKind) -> Event {
    let message = filled(&message_of(kind), |_| true);
    kind.decode(&message.encode_to_vec()).expect("a sample decodes")
}

/// Every field that a caller may fill.
pub fn proposed(kind: &EventKind) -> DynamicMessage {
    filled(&message_of(kind), |options| !options.assigned)
}

pub fn filled(
    descriptor: &MessageDescriptor,
    wanted: impl Fn(&FieldOptions) -> bool + Copy,
) -> DynamicMessage {
    let mut message = DynamicMessage::new(descriptor.clone());
    for field in descriptor.fields().filter(|field| wanted(&options_of(field))) {
        message.set_field(&field, value(&field, wanted));
    }
    message
}

/// What a sample holds in this field.
pub fn value(field: &FieldDescriptor, wanted: impl Fn(&FieldOptions) -> bool + Copy) -> Value {
    let single = match field.kind() {
        Kind::String => Value::String(text(field.name(), &options_of(field))),
        Kind::Uint32 => Value::U32(1 + seed(field.name()) % 300),
        Kind::Bool => Value::Bool(true),
        Kind::Bytes => Value::Bytes(format!("〔{}〕", field.name()).into_bytes().into()),
        Kind::Enum(_) => Value::EnumNumber(1),
        Kind::Message(message) => Value::Message(filled(&message, wanted)),
        other => panic!("{} is of a kind no event uses: {other:?}", field.full_name()),
    };
    if field.is_list() { Value::List(vec![single.clone(), single]) } else { single }
}

fn text(name: &str, options: &FieldOptions) -> String {
    let seed = seed(name);
    let month = format!("20{:02}-{:02}", 10 + seed % 10, 1 + seed % 12);
    match (options.date(), options.reference(), options.text()) {
        (Date::Month, ..) => month,
        (Date::Occurred | Date::Other | Date::Past, ..) => format!("{month}-{:02}", 1 + seed % 28),
        (_, Reference::Agency | Reference::Staff, _) => name.replace('_', "-"),
        (_, Reference::Unspecified, Text::Code) => format!("code-{}", seed % 1000),
        (_, Reference::Unspecified, _) => format!("〔{name}〕"),
        _ => format!("{seed:08x}-0000-4000-8000-{seed:012x}"),
    }
}

/// A number of its own for each name (FNV-1a).
fn seed(name: &str) -> u32 {
    name.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}
