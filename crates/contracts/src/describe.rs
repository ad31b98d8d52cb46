//! An event as a person reads it: its fields with their Japanese labels.

use prost_reflect::{DynamicMessage, FieldDescriptor, Kind, ReflectMessage, Value};

use crate::{
    EventKind, UnknownEvent,
    annotations::{Date, FieldOptions, Reference},
    catalogue::extension,
};

/// A field of an event, ready to be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Described {
    /// Its name in the declaration.
    pub name: String,
    /// Its Japanese label.
    pub label: String,
    /// Whether it names the agencies the event is meant for.
    pub is_addressee: bool,
    /// Its values; none when the field is empty.
    pub values: Vec<Shown>,
}

/// One value, with what a reader needs to know to print it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shown {
    /// Words: a text, a number or a label.
    Text(String),
    /// An ISO 8601 date.
    Date(String),
    /// A year and month.
    Month(String),
    /// The id of an agency, to be shown by its name.
    Agency(String),
    /// The id of something else.
    Reference(String),
    /// Yes or no.
    Truth(bool),
}

impl EventKind {
    /// The fields that have a value, in the order of the declaration.
    pub fn describe(&self, bytes: &[u8]) -> Result<Vec<Described>, UnknownEvent> {
        let message = DynamicMessage::decode(self.message.clone(), bytes)?;
        let with_value = self.fields.iter().filter(|field| message.has_field(&field.descriptor));
        let described = with_value.map(|field| Described {
            name: field.name.clone(),
            label: field.options.label_ja.clone(),
            is_addressee: field.options.addressee,
            values: shown(&message.get_field(&field.descriptor), &field.descriptor, &field.options),
        });
        Ok(described.collect())
    }
}

/// The Japanese label of an enum value, and its name where it has none.
pub fn label_of(value: &prost_reflect::EnumValueDescriptor) -> String {
    let options = value.options();
    let label = options.extensions().find_map(|(extension, value)| {
        (extension.full_name() == "tsunagi.annotations.v1.label_ja")
            .then(|| value.as_str().unwrap_or_default().to_owned())
    });
    label.unwrap_or_else(|| value.name().to_owned())
}

fn shown(value: &Value, field: &FieldDescriptor, options: &FieldOptions) -> Vec<Shown> {
    match value {
        Value::List(values) => {
            values.iter().flat_map(|value| shown(value, field, options)).collect()
        }
        Value::Message(message) => vec![Shown::Text(message_in_words(message))],
        Value::String(text) => vec![shown_text(text, options)],
        Value::Bool(truth) => vec![Shown::Truth(*truth)],
        Value::EnumNumber(number) => vec![Shown::Text(enum_label(field, *number))],
        other => vec![Shown::Text(number_in_words(other))],
    }
}

fn shown_text(text: &str, options: &FieldOptions) -> Shown {
    match (options.date(), options.reference()) {
        (Date::Month, _) => Shown::Month(text.to_owned()),
        (Date::Occurred | Date::Other | Date::Past, _) => Shown::Date(text.to_owned()),
        (_, Reference::Agency) => Shown::Agency(text.to_owned()),
        (_, Reference::Unspecified) => Shown::Text(text.to_owned()),
        _ => Shown::Reference(text.to_owned()),
    }
}

fn enum_label(field: &FieldDescriptor, number: i32) -> String {
    let Kind::Enum(descriptor) = field.kind() else { return number.to_string() };
    descriptor.get_value(number).map_or_else(|| number.to_string(), |value| label_of(&value))
}

fn number_in_words(value: &Value) -> String {
    match value {
        Value::I32(number) => number.to_string(),
        Value::U32(number) => number.to_string(),
        Value::I64(number) => number.to_string(),
        Value::U64(number) => number.to_string(),
        Value::F32(number) => number.to_string(),
        Value::F64(number) => number.to_string(),
        _ => String::new(),
    }
}

/// A line for each field: `氏名：架空花子`, `許可：はい`.
fn message_in_words(message: &DynamicMessage) -> String {
    let fields = message.descriptor();
    let parts = fields.fields().filter(|field| message.has_field(field)).map(|field| {
        let options: FieldOptions = extension(&field.options(), "field").unwrap_or_default();
        let values = shown(&message.get_field(&field), &field, &options);
        let words: Vec<_> = values.iter().map(in_words).collect();
        format!("{}：{}", options.label_ja, words.join("・"))
    });
    parts.collect::<Vec<_>>().join("\n")
}

fn in_words(shown: &Shown) -> String {
    match shown {
        Shown::Text(text)
        | Shown::Date(text)
        | Shown::Month(text)
        | Shown::Agency(text)
        | Shown::Reference(text) => text.clone(),
        Shown::Truth(true) => "はい".to_owned(),
        Shown::Truth(false) => "いいえ".to_owned(),
    }
}
