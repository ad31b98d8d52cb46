//! Personal texts replaced by markers, so that a leak can be found by looking for them.

use contracts::annotations::{Date, FieldOptions};
use jiff::{ToSpan, civil};
use prost_reflect::{DynamicMessage, FieldDescriptor, ReflectMessage, Value};

use crate::stable_id;

/// Personal dates stay dates; no other date in the house is as old as these.
const FIRST_DATE: civil::Date = civil::Date::constant(1901, 2, 3);

/// What stands in the place of one personal text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marker {
    /// What was sent: `印-12-0123456789abcdef`, or a date of the early twentieth century.
    pub text: String,
    /// The field it was sent in: `tsunagi.events.v1.PersonRegistered.family_name`.
    pub field: String,
}

pub(crate) struct Marking {
    seed: String,
    markers: Vec<Marker>,
}

impl Marking {
    pub(crate) fn new(seed: &str) -> Self {
        Self { seed: seed.to_owned(), markers: Vec::new() }
    }

    pub(crate) fn markers(&self) -> &[Marker] {
        &self.markers
    }

    /// Replaces every personal text of a request.
    pub(crate) fn mark(&mut self, message: &mut DynamicMessage) {
        self.walk(message, false);
    }

    /// A part of a personal field is personal, whatever its own declaration says.
    fn walk(&mut self, message: &mut DynamicMessage, within_personal: bool) {
        let fields: Vec<_> = message.descriptor().fields().collect();
        for field in fields.iter().filter(|field| message.has_field(field)).collect::<Vec<_>>() {
            let options = options_of(field);
            let personal = within_personal || options.personal;
            self.replace(message.get_field_mut(field), field, &options, personal);
        }
    }

    fn replace(
        &mut self,
        value: &mut Value,
        field: &FieldDescriptor,
        options: &FieldOptions,
        personal: bool,
    ) {
        match value {
            Value::List(values) => {
                values.iter_mut().for_each(|value| self.replace(value, field, options, personal));
            }
            Value::Message(message) => self.walk(message, personal),
            Value::String(text) if personal => *text = self.next(field, options),
            _ => {}
        }
    }

    fn next(&mut self, field: &FieldDescriptor, options: &FieldOptions) -> String {
        let number = self.markers.len();
        let text = match options.date() {
            Date::Unspecified => self.text(number, options.max_chars as usize),
            Date::Month => date(number).strftime("%Y-%m").to_string(),
            _ => date(number).to_string(),
        };
        self.markers.push(Marker { text: text.clone(), field: field.full_name().to_owned() });
        text
    }

    fn text(&self, number: usize, max_chars: usize) -> String {
        let hex = stable_id::hex_of(&format!("{}/{number}", self.seed));
        format!("印-{number}-{hex}").chars().take(max_chars).collect()
    }
}

fn date(number: usize) -> civil::Date {
    // 18,000 days end before 1951, older than anyone in the scenarios.
    let days = i64::try_from(number % 18_000).unwrap_or_default();
    FIRST_DATE.saturating_add(days.days())
}

fn options_of(field: &FieldDescriptor) -> FieldOptions {
    let options = field.options();
    let mut extensions = options.extensions();
    let ours =
        extensions.find(|(extension, _)| extension.full_name() == "tsunagi.annotations.v1.field");
    let message = ours.and_then(|(_, value)| value.as_message());
    message.and_then(|message| message.transcode_to().ok()).unwrap_or_default()
}
