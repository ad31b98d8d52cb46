//! The fields of an event, ready for a reader.

use access::Opened;
use async_graphql::SimpleObject;
use casework::{AgencyId, AgencyRegister, ProviderId, Seen};
use contracts::{Described, EventKind, Field, Shown};
use read_models::SeenEvent;

use super::folder::FieldStatus;

/// One field of an event.
#[derive(SimpleObject)]
pub(crate) struct EventField {
    /// Its name in the declaration.
    name: String,
    /// Its Japanese label.
    label: String,
    /// What it says, in words; none when it is not open.
    value: Option<String>,
    /// Whether it is open. What is closed is never shown as empty.
    status: FieldStatus,
}

/// The fields that the reader is shown: none of a stub, and of the others those that have a value
/// and those whose value is closed.
pub(crate) fn fields(
    event: &SeenEvent,
    opened: &Opened,
    register: &AgencyRegister,
) -> Vec<EventField> {
    if event.seen <= Seen::Stub {
        return Vec::new();
    }
    let kind = event.recorded.event.kind();
    fields_of(kind, &event.body, !event.sealed.sealed.is_empty(), opened, register)
}

/// The fields of an event of this kind, from its clear part and what was opened of its sealed one.
pub(crate) fn fields_of(
    kind: &EventKind,
    clear: &[u8],
    is_sealed: bool,
    opened: &Opened,
    register: &AgencyRegister,
) -> Vec<EventField> {
    let (bytes, closed) = match opened {
        Opened::Personal(personal) => ([clear, personal].concat(), None),
        Opened::Erased => (clear.to_vec(), Some(FieldStatus::Erased)),
        Opened::Nothing => (clear.to_vec(), is_sealed.then_some(FieldStatus::Sealed)),
    };
    // It was decoded before; should it not describe itself all the same, nothing is made up.
    let described = kind.describe(&bytes).unwrap_or_default();
    in_order(kind, &described, closed, register)
}

impl EventField {
    pub(crate) fn is(&self, name: &str) -> bool {
        self.name == name
    }
}

fn in_order(
    kind: &EventKind,
    described: &[Described],
    closed: Option<FieldStatus>,
    register: &AgencyRegister,
) -> Vec<EventField> {
    let shown = kind.fields.iter().filter_map(|field| {
        let value = described.iter().find(|described| described.name == field.name);
        match (value, closed) {
            (Some(described), _) => Some(open_field(described, register)),
            (None, Some(status)) if field.options.personal => Some(closed_field(field, status)),
            _ => None,
        }
    });
    shown.collect()
}

fn open_field(described: &Described, register: &AgencyRegister) -> EventField {
    let words: Vec<_> = described.values.iter().map(|value| in_words(value, register)).collect();
    EventField {
        name: described.name.clone(),
        label: described.label.clone(),
        value: Some(words.join("、")),
        status: FieldStatus::Open,
    }
}

fn closed_field(field: &Field, status: FieldStatus) -> EventField {
    EventField {
        name: field.name.clone(),
        label: field.options.label_ja.clone(),
        value: None,
        status,
    }
}

fn in_words(value: &Shown, register: &AgencyRegister) -> String {
    match value {
        Shown::Agency(id) => {
            let agency = register.get(&AgencyId::from(id.as_str()));
            agency.map_or_else(|| id.clone(), |agency| agency.name.clone())
        }
        Shown::Reference(id) => {
            let provider = register.resources.provider(&ProviderId::from(id.as_str()));
            provider.map_or_else(|_| id.clone(), |provider| provider.name.clone())
        }
        Shown::Text(text) | Shown::Date(text) | Shown::Month(text) => text.clone(),
        Shown::Truth(true) => "はい".to_owned(),
        Shown::Truth(false) => "いいえ".to_owned(),
    }
}
