//! What a valid request looks like: made from the declarations, for every RPC alike.
//!
//! **A new RPC that fails here:** when a field needs a value that its declaration does not tell, give it in
//! [`value_of`], by its full name; when the message is of another shape, in [`whole`].

use std::collections::BTreeSet;

use access::RandomIds;
use contracts::{
    Office,
    annotations::{Date, Reference, Subject},
    catalogue,
};
use prost_reflect::{
    DynamicMessage, FieldDescriptor, Kind, MessageDescriptor, ReflectMessage, Value,
};

use crate::{
    calls::Rpc,
    persons::Person,
    samples::{message_of, options_of},
    standing::{
        beginning::{DAY, EMERGENCY},
        relation::NOBODY,
    },
};

/// Whom and what a request is about.
pub struct About<'a> {
    pub office: Office,
    pub person: &'a Person,
    /// What of the context does not apply to this request, by its field.
    pub left_out: &'a BTreeSet<String>,
}

/// A valid request for this RPC: one message, or, where parts are sent one after the other, each.
pub fn messages(rpc: &Rpc, about: &About<'_>) -> Vec<DynamicMessage> {
    let first = filled(&rpc.request, about);
    let Some(parts) = rpc.request.oneofs().find(|_| !rpc.is_unary) else { return vec![first] };
    let part = |field: FieldDescriptor| {
        let mut message = DynamicMessage::new(rpc.request.clone());
        message.set_field(&field, value(&field, about)?);
        Some(message)
    };
    parts.fields().filter_map(part).collect()
}

fn filled(descriptor: &MessageDescriptor, about: &About<'_>) -> DynamicMessage {
    if let Some(message) = whole(descriptor, about) {
        return message;
    }
    let mut message = DynamicMessage::new(descriptor.clone());
    for field in descriptor.fields().filter(|field| !options_of(field).assigned) {
        // Of several that exclude one another, the first.
        let is_other = field.containing_oneof().is_some_and(|one| {
            !is_optional(&field) && one.fields().next().is_some_and(|first| first != field)
        });
        if !is_other && let Some(value) = value(&field, about) {
            message.set_field(&field, value);
        }
    }
    message
}

fn is_optional(field: &FieldDescriptor) -> bool {
    field.field_descriptor_proto().proto3_optional()
}

fn value(field: &FieldDescriptor, about: &About<'_>) -> Option<Value> {
    let single = match value_of(field, about) {
        Some(value) => value,
        None => match field.kind() {
            Kind::String => Value::String(text(field, about)),
            Kind::Uint32 => Value::U32(1),
            Kind::Int32 => Value::I32(1),
            Kind::Bool => Value::Bool(false),
            Kind::Bytes => Value::Bytes("管理番号\n".as_bytes().to_vec().into()),
            Kind::Enum(_) => Value::EnumNumber(1),
            Kind::Message(message) => Value::Message(filled(&message, about)),
            _ => return None,
        },
    };
    Some(if field.is_list() { Value::List(vec![single]) } else { single })
}

fn text(field: &FieldDescriptor, about: &About<'_>) -> String {
    let options = options_of(field);
    match (options.date(), options.reference()) {
        (Date::Month, _) => "2025-04".to_owned(),
        (Date::Occurred | Date::Past, _) => DAY.to_owned(),
        (Date::Other, _) => "2025-12-01".to_owned(),
        (_, Reference::Agency) => NOBODY.to_owned(),
        (_, Reference::Staff) => "staff-1".to_owned(),
        (_, Reference::Emergency) => EMERGENCY.to_owned(),
        (_, Reference::Provider) => about.person.provider.to_string(),
        (_, Reference::Inquiry) => about.person.inquiry.to_string(),
        (_, Reference::Unspecified) if options.text() == contracts::annotations::Text::Code => {
            "14107".to_owned()
        }
        (_, Reference::Unspecified) => "架空".to_owned(),
        _ => "00000000-0000-4000-8000-00000000ffff".to_owned(),
    }
}

/// What the declaration of a field does not tell.
fn value_of(field: &FieldDescriptor, about: &About<'_>) -> Option<Value> {
    let text = |text: &str| Some(Value::String(text.to_owned()));
    let of_context = field.full_name().strip_prefix("tsunagi.office.v1.CommandContext.");
    if of_context.is_some_and(|name| about.left_out.contains(name)) {
        return text("");
    }
    match field.full_name() {
        "tsunagi.office.v1.CommandContext.request_id" => text(&RandomIds::random().to_string()),
        "tsunagi.office.v1.CommandContext.person_id"
        | "tsunagi.office.v1.ExportPersonFileRequest.person_id" => {
            text(&about.person.id.to_string())
        }
        "tsunagi.office.v1.CommandContext.case_id" => text(&about.person.case.to_string()),
        "tsunagi.office.v1.CommandContext.unless_changed_since"
        | "tsunagi.office.v1.CommandContext.on_behalf_of_agency_id" => text(""),
        "tsunagi.office.v1.ImportedTable.event_type" => text("PersonRegistered"),
        _ => None,
    }
}

/// Messages of a shape of their own.
fn whole(descriptor: &MessageDescriptor, about: &About<'_>) -> Option<DynamicMessage> {
    if descriptor.full_name() != "tsunagi.events.v1.EventBody" {
        return None;
    }
    // A plain event of a person that this office may record.
    let kind = catalogue().kinds().iter().find(|kind| {
        let of_person = kind.subject() == Subject::Person || about.office == Office::Municipality;
        kind.options.plain && of_person && kind.may_be_appended_by(about.office)
    })?;
    let mut body = DynamicMessage::new(descriptor.clone());
    let entry = body.descriptor().get_field(kind.number)?;
    body.set_field(&entry, Value::Message(filled(&message_of(kind), about)));
    Some(body)
}
