//! An event as bytes: encoding, decoding, and the split into clear and personal parts.
//!
//! Protobuf merges concatenated encodings, so `clear ++ personal` decodes to the whole event. The
//! split walks the top-level tags of the wire format and copies each field to one side.

use prost::Message;
use prost::encoding::{
    WireType, decode_key, decode_varint, encode_key, encode_varint, encoded_len_varint,
};

use crate::{
    Event, EventKind, Field,
    annotations::{Date, Reference},
    catalogue,
    events::EventBody,
    wire,
};

include!(concat!(env!("OUT_DIR"), "/variants.rs"));

/// The two halves of an encoded event.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Split {
    /// Pseudonymous structure: dates, kinds, agencies.
    pub clear: Vec<u8>,
    /// What must be sealed.
    pub personal: Vec<u8>,
}

/// Bytes that are not an event of this catalogue.
#[derive(Debug, thiserror::Error)]
pub enum UnknownEvent {
    /// No event has this number.
    #[error("no event has the number {0}")]
    Number(u32),
    /// The bytes do not decode.
    #[error("the event's bytes do not decode")]
    Bytes(#[from] prost::DecodeError),
    /// The bytes end in the middle of a field, or hold a group.
    #[error("the event's bytes are not fields of proto3")]
    Fields,
}

impl Event {
    /// What its declaration says.
    ///
    /// # Panics
    /// Never: every variant is generated from an entry of the catalogue.
    pub fn kind(&self) -> &'static EventKind {
        catalogue().by_number(self.number()).expect("every variant is in the catalogue")
    }

    /// The agencies it names in fields that are declared addressees.
    pub fn addressees(&self) -> Vec<String> {
        let mut addressed = self.kind().agency_fields().filter(|field| field.options.addressee);
        let Some(first) = addressed.next() else { return Vec::new() };
        let bytes = self.to_bytes();
        let numbers: Vec<_> = [first].into_iter().chain(addressed).map(|f| f.number).collect();
        let fields = wire::fields(&bytes).unwrap_or_default();
        let named = fields.iter().filter(|field| numbers.contains(&field.number));
        named.map(|field| field.value.text().to_owned()).collect()
    }

    /// The id in its first field: of what the event of a resource is about.
    pub fn first_id(&self) -> String {
        let bytes = self.to_bytes();
        let fields = wire::fields(&bytes).unwrap_or_default();
        let first = fields.iter().find(|field| field.number == 1);
        first.map(|field| field.value.text().to_owned()).unwrap_or_default()
    }

    /// Fills in what the office assigns: empty ids from `next_id`, an empty day of occurrence with
    /// `today`. What a decision has set stays.
    pub fn assign(self, today: &str, mut next_id: impl FnMut() -> String) -> Self {
        let kind = self.kind();
        if kind.assigned().next().is_none() {
            return self;
        }
        let mut bytes = self.to_bytes();
        let set: Vec<_> =
            wire::fields(&bytes).unwrap_or_default().iter().map(|field| field.number).collect();
        for field in kind.assigned().filter(|field| !set.contains(&field.number)) {
            if field.options.date() == Date::Occurred {
                append_text(&mut bytes, field.number, today);
            } else if field.options.reference() != Reference::Unspecified {
                append_text(&mut bytes, field.number, &next_id());
            }
        }
        kind.decode(&bytes).unwrap_or(self)
    }

    /// The same event with what the office assigned to another of its kind.
    pub fn with_assigned_of(self, other: &Self) -> Self {
        let kind = self.kind();
        let is_assigned = |field: &wire::WireField<'_>| {
            kind.assigned().any(|assigned| assigned.number == field.number)
        };
        let others = other.to_bytes();
        let mut bytes = self.to_bytes();
        for field in wire::fields(&others).unwrap_or_default().iter().filter(|it| is_assigned(it)) {
            bytes.extend_from_slice(field.whole);
        }
        kind.decode(&bytes).unwrap_or(self)
    }

    /// The same event with this text in an empty field.
    pub fn with_text(self, field_number: u32, text: &str) -> Self {
        let mut bytes = self.to_bytes();
        let fields = wire::fields(&bytes).unwrap_or_default();
        if fields.iter().any(|field| field.number == field_number) {
            return self;
        }
        append_text(&mut bytes, field_number, text);
        self.kind().decode(&bytes).unwrap_or(self)
    }

    /// The same event without the day that the office would assign.
    pub fn without_assigned_day(&self) -> Self {
        let kind = self.kind();
        let Some(day) = kind.occurred_field().filter(|field| field.options.assigned) else {
            return self.clone();
        };
        let bytes = self.to_bytes();
        let fields = wire::fields(&bytes).unwrap_or_default();
        let others = fields.iter().filter(|field| field.number != day.number);
        let rest: Vec<_> = others.flat_map(|field| field.whole).copied().collect();
        kind.decode(&rest).unwrap_or_else(|_| self.clone())
    }

    /// The same event with what it leaves out from another of its kind.
    pub fn with_missing_of(self, other: &Self) -> Self {
        let kind = self.kind();
        let (mut bytes, others) = (self.to_bytes(), other.to_bytes());
        let given: Vec<_> =
            wire::fields(&bytes).unwrap_or_default().iter().map(|field| field.number).collect();
        let others = wire::fields(&others).unwrap_or_default();
        for field in others.iter().filter(|field| !given.contains(&field.number)) {
            bytes.extend_from_slice(field.whole);
        }
        kind.decode(&bytes).unwrap_or(self)
    }

    /// The ids it names, each with the number of its field; not those of staff.
    pub fn references(&self) -> Vec<(u32, String)> {
        self.texts_in(|field| {
            let reference = field.options.reference();
            !matches!(reference, Reference::Unspecified | Reference::Staff)
        })
    }

    /// The ids that the office gave with it.
    pub fn assigned_ids(&self) -> Vec<String> {
        let assigned = self.texts_in(|field| {
            field.options.assigned && field.options.reference() != Reference::Unspecified
        });
        assigned.into_iter().map(|(_, id)| id).collect()
    }

    fn texts_in(&self, wanted: impl Fn(&Field) -> bool) -> Vec<(u32, String)> {
        let numbers: Vec<_> =
            self.kind().fields.iter().filter(|f| wanted(f)).map(|f| f.number).collect();
        if numbers.is_empty() {
            return Vec::new();
        }
        let bytes = self.to_bytes();
        let fields = wire::fields(&bytes).unwrap_or_default();
        let named = fields.iter().filter(|field| numbers.contains(&field.number));
        named.map(|field| (field.number, field.value.text().to_owned())).collect()
    }

    /// The day the event itself names as the day on which it happened.
    pub fn occurred_on(&self) -> Option<String> {
        self.text_in(self.kind().occurred_field()?.number)
    }

    /// The emergency that it belongs to, if it names one.
    pub fn emergency(&self) -> Option<String> {
        self.text_in(self.kind().emergency_field?)
    }

    fn text_in(&self, number: u32) -> Option<String> {
        let bytes = self.to_bytes();
        let fields = wire::fields(&bytes).ok()?;
        let field = fields.iter().find(|field| field.number == number)?;
        Some(field.value.text().to_owned())
    }

    /// Its message, encoded.
    pub fn to_bytes(&self) -> Vec<u8> {
        let entry = self.to_entry();
        let mut rest = entry.as_slice();
        decode_key(&mut rest).expect("an encoded entry opens with its key");
        decode_varint(&mut rest).expect("and goes on with its length");
        rest.to_vec()
    }

    /// Its message split into what stays clear and what is sealed.
    pub fn split(&self) -> Split {
        self.kind().split(&self.to_bytes()).expect("what was just encoded can be walked")
    }

    fn to_entry(&self) -> Vec<u8> {
        let mut entry = Vec::with_capacity(self.encoded_len());
        self.encode(&mut entry);
        entry
    }
}

impl EventKind {
    /// Reads an event from its bytes; they may be the clear part alone, or clear and personal
    /// parts one after the other.
    pub fn decode(&self, bytes: &[u8]) -> Result<Event, UnknownEvent> {
        let length = bytes.len() as u64;
        let mut entry = Vec::with_capacity(bytes.len() + 4 + encoded_len_varint(length));
        encode_key(self.number, WireType::LengthDelimited, &mut entry);
        encode_varint(length, &mut entry);
        entry.extend_from_slice(bytes);
        let body = EventBody::decode(entry.as_slice())?;
        body.event.ok_or(UnknownEvent::Number(self.number))
    }

    /// The agencies that an encoded event of this kind names.
    pub fn agencies_in(&self, bytes: &[u8]) -> Result<Vec<String>, UnknownEvent> {
        let numbers: Vec<_> = self.agency_fields().map(|field| field.number).collect();
        let fields = wire::fields(bytes)?;
        let named = fields.iter().filter(|field| numbers.contains(&field.number));
        Ok(named.map(|field| field.value.text().to_owned()).collect())
    }

    /// Splits an encoded event by field number.
    pub fn split(&self, bytes: &[u8]) -> Result<Split, UnknownEvent> {
        let mut split = Split::default();
        for field in wire::fields(bytes)? {
            let is_personal = self.is_personal(field.number);
            let side = if is_personal { &mut split.personal } else { &mut split.clear };
            side.extend_from_slice(field.whole);
        }
        Ok(split)
    }
}

impl crate::events::EventCorrected {
    /// From the opened personal part of a correction, the personal part of the event that it puts in
    /// its target's place.
    pub fn replacement_personal_in(personal: &[u8]) -> Option<Vec<u8>> {
        Self::decode(personal).ok().map(|correction| correction.replacement_personal)
    }
}

fn append_text(bytes: &mut Vec<u8>, number: u32, text: &str) {
    prost::encoding::string::encode(number, &text.to_owned(), bytes);
}

impl std::fmt::Debug for Event {
    /// Its name and no content: what it holds may be personal.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.kind().name)
    }
}
