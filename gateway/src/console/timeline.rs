//! An entry of a timeline, as a page shows it.

use contracts::{
    EventKind, Field,
    annotations::{Date as DateOption, Reference, Text},
    catalogue,
};
use jiff::{Timestamp, civil::Date};
use serde::Deserialize;

use super::{dates, documents::Agency, wards};

/// An entry as GraphQL tells it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Entry {
    pub(super) position: String,
    r#type: String,
    label: String,
    occurred_on: Date,
    recorded_at: Timestamp,
    agency: Agency,
    on_behalf_of: Option<Agency>,
    sight: String,
    fields: Vec<EntryField>,
    flags: Vec<EntryFlag>,
    amendment: Option<EntryAmendment>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct EntryAmendment {
    kind: String,
    recorded_at: Timestamp,
    reason: Option<EntryField>,
    before: Option<Vec<EntryField>>,
}

#[derive(Deserialize)]
struct EntryField {
    name: String,
    label: String,
    value: Option<String>,
    status: String,
}

#[derive(Deserialize)]
struct EntryFlag {
    message: String,
}

/// An entry in words.
pub(super) struct Shown {
    pub(super) iso: String,
    pub(super) occurred_on: String,
    pub(super) recorded_at: String,
    pub(super) label: String,
    pub(super) agency: String,
    pub(super) on_behalf_of: Option<String>,
    /// Only that it exists is shared with this reader.
    pub(super) is_stub: bool,
    pub(super) fields: Vec<ShownField>,
    pub(super) flags: Vec<String>,
    pub(super) amendment: Option<ShownAmendment>,
    /// Whether the reader has just recorded it.
    pub(super) is_new: bool,
}

/// A correction or retraction in words.
pub(super) struct ShownAmendment {
    pub(super) mark: &'static str,
    pub(super) recorded_at: String,
    /// Why, and what stood before, where that was asked for and is shared with this reader.
    pub(super) fields: Vec<ShownField>,
    /// Whether it was asked for.
    pub(super) is_open: bool,
}

/// A field in words.
pub(super) struct ShownField {
    pub(super) label: String,
    pub(super) lines: Vec<String>,
    /// Why there is nothing to read, where there is not.
    pub(super) closed: Option<&'static str>,
}

impl Entry {
    /// In words; `new` is the position of what the reader has just recorded.
    pub(super) fn shown(self, new: Option<&str>) -> Shown {
        let kind = catalogue().by_name(&self.r#type);
        let fields = self.fields.into_iter().filter_map(|field| field.shown(kind));
        Shown {
            iso: self.occurred_on.to_string(),
            occurred_on: dates::both(self.occurred_on),
            recorded_at: dates::moment(self.recorded_at),
            label: self.label,
            agency: self.agency.name,
            on_behalf_of: self.on_behalf_of.map(|agency| agency.name),
            is_stub: self.sight == "STUB",
            fields: fields.collect(),
            flags: self.flags.into_iter().map(|flag| flag.message).collect(),
            amendment: self.amendment.map(|amendment| amendment.shown(kind)),
            is_new: new == Some(self.position.as_str()),
        }
    }
}

impl EntryAmendment {
    fn shown(self, kind: Option<&EventKind>) -> ShownAmendment {
        let is_open = self.before.is_some();
        let before = self.before.into_iter().flatten();
        let before = before.filter_map(|field| field.shown(kind));
        let reason = self.reason.and_then(|field| field.shown(None));
        ShownAmendment {
            mark: if self.kind == "RETRACTED" { "取消し済み" } else { "訂正済み" },
            recorded_at: dates::moment(self.recorded_at),
            fields: reason.into_iter().chain(before).collect(),
            is_open,
        }
    }
}

impl EntryField {
    /// None for numbers of records, which say nothing to people, and for the day of the event,
    /// which stands above already.
    fn shown(self, kind: Option<&EventKind>) -> Option<ShownField> {
        let declared =
            kind.and_then(|kind| kind.fields.iter().find(|field| field.name == self.name));
        if declared.is_some_and(is_for_machines) {
            return None;
        }
        let closed = match self.status.as_str() {
            "SEALED" => Some("（共有されていません）"),
            "ERASED" => Some("（消去されました）"),
            _ => None,
        };
        let value = self.value.unwrap_or_default();
        let lines = in_words(&value, declared).lines().map(str::to_owned).collect();
        Some(ShownField { label: self.label, lines, closed })
    }
}

fn is_for_machines(field: &Field) -> bool {
    let options = &field.options;
    let is_number_of_something = !matches!(
        options.reference(),
        Reference::Unspecified | Reference::Agency | Reference::Staff
    );
    is_number_of_something || options.date() == DateOption::Occurred
}

fn in_words(value: &str, declared: Option<&Field>) -> String {
    let Some(options) = declared.map(|field| &field.options) else { return value.to_owned() };
    match (options.date(), options.text()) {
        (DateOption::Other | DateOption::Past, _) => dates::both_of_iso(value),
        (DateOption::Month, _) => dates::month_of_iso(value),
        (_, Text::Code) => wards::name_of(value).to_owned(),
        _ => value.to_owned(),
    }
}
