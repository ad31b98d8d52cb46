//! An event from the cells of a table: what people have in spreadsheets, read by the declaration.

use std::collections::BTreeMap;

use prost_reflect::{DynamicMessage, Kind, Value, prost::Message};

use crate::{
    EventKind, Field, Violation,
    annotations::{Date, Reference},
    describe::label_of,
};

/// What entries of a list are separated by in a cell.
const BETWEEN_ENTRIES: [char; 4] = ['、', ';', '；', '\n'];

/// How the cells of a table write what the house knows in another form.
pub trait CellReader {
    /// The ISO 8601 date that is written.
    fn date(&self, text: &str) -> Option<String>;
    /// The id of the agency with this id or name.
    fn agency(&self, text: &str) -> Option<String>;
}

impl EventKind {
    /// The field with this Japanese label or name.
    pub fn field_called(&self, heading: &str) -> Option<&Field> {
        let heading = heading.trim();
        self.fields.iter().find(|field| field.options.label_ja == heading || field.name == heading)
    }

    /// The event that these cells describe, encoded: for each field the text of its cell. Empty
    /// cells say nothing.
    ///
    /// # Errors
    /// Every cell that does not say what its field can hold.
    pub fn from_cells(
        &self,
        cells: &BTreeMap<u32, String>,
        reader: &dyn CellReader,
    ) -> Result<Vec<u8>, Vec<Violation>> {
        let (mut message, mut found) = (DynamicMessage::new(self.message.clone()), Vec::new());
        for field in &self.fields {
            let text = cells.get(&field.number).map_or("", |text| text.trim());
            if text.is_empty() {
                continue;
            }
            match value(field, text, reader) {
                Some(value) => message.set_field(&field.descriptor, value),
                None => found.push(unreadable(field)),
            }
        }
        if found.is_empty() { Ok(message.encode_to_vec()) } else { Err(found) }
    }
}

fn value(field: &Field, text: &str, reader: &dyn CellReader) -> Option<Value> {
    if !field.descriptor.is_list() {
        return single(field, text, reader);
    }
    let entries = text.split(BETWEEN_ENTRIES).map(str::trim).filter(|entry| !entry.is_empty());
    let entries = entries.map(|entry| single(field, entry, reader));
    entries.collect::<Option<Vec<_>>>().map(Value::List)
}

fn single(field: &Field, text: &str, reader: &dyn CellReader) -> Option<Value> {
    match field.descriptor.kind() {
        Kind::String => self::text(field, text, reader).map(Value::String),
        Kind::Bool => truth(text).map(Value::Bool),
        Kind::Uint32 => text.parse().ok().map(Value::U32),
        Kind::Enum(choices) => {
            let mut choices = choices.values().filter(|choice| choice.number() != 0);
            let chosen = choices.find(|choice| label_of(choice) == text || choice.name() == text);
            chosen.map(|choice| Value::EnumNumber(choice.number()))
        }
        // What has parts of its own does not fit into a cell.
        _ => None,
    }
}

fn text(field: &Field, text: &str, reader: &dyn CellReader) -> Option<String> {
    match (field.options.date(), field.options.reference()) {
        (Date::Occurred | Date::Other | Date::Past, _) => reader.date(text),
        (_, Reference::Agency) => reader.agency(text),
        _ => Some(text.to_owned()),
    }
}

fn truth(text: &str) -> Option<bool> {
    match text {
        "はい" | "有" | "あり" | "○" | "〇" | "1" | "true" | "TRUE" => Some(true),
        "いいえ" | "無" | "なし" | "×" | "0" | "false" | "FALSE" => Some(false),
        _ => None,
    }
}

fn unreadable(field: &Field) -> Violation {
    let label = &field.options.label_ja;
    Violation {
        field: field.name.clone(),
        reason: "UNREADABLE_CELL",
        english: format!("{} holds something that this field cannot hold", field.name),
        japanese: format!(
            "「{label}」の内容を読み取れません。日付・選択肢の書き方を確認してください。"
        ),
    }
}
