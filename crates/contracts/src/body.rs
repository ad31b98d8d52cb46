//! An event as bytes: encoding, decoding, and the split into clear and personal parts.
//!
//! Protobuf merges concatenated encodings, so `clear ++ personal` decodes to the whole event. The
//! split walks the top-level tags of the wire format and copies each field to one side.

use prost::Message;
use prost::encoding::{
    WireType, decode_key, decode_varint, encode_key, encode_varint, encoded_len_varint,
};

use crate::{
    Event, EventKind, Field, Shown,
    annotations::{Date, Reference},
    catalogue,
    events::EventBody,
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
        let bytes = self.to_bytes();
        let described = self.kind().describe(&bytes).unwrap_or_default();
        let addressed = described.into_iter().filter(|field| field.is_addressee);
        let values = addressed.flat_map(|field| field.values);
        values
            .filter_map(|value| if let Shown::Agency(id) = value { Some(id) } else { None })
            .collect()
    }

    /// Fills in what the office assigns: empty ids from `next_id`, an empty day of occurrence with
    /// `today`. What a decision has set stays.
    pub fn assign(self, today: &str, mut next_id: impl FnMut() -> String) -> Self {
        let kind = self.kind();
        let mut bytes = self.to_bytes();
        let set = kind.describe(&bytes).unwrap_or_default();
        let is_set = |field: &Field| set.iter().any(|described| described.name == field.name);
        for field in kind.fields.iter().filter(|field| field.options.assigned && !is_set(field)) {
            if field.options.date() == Date::Occurred {
                append_text(&mut bytes, field.number, today);
            } else if field.options.reference() != Reference::Unspecified {
                append_text(&mut bytes, field.number, &next_id());
            }
        }
        kind.decode(&bytes).unwrap_or(self)
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

    /// Splits an encoded event by field number.
    pub fn split(&self, bytes: &[u8]) -> Result<Split, UnknownEvent> {
        let mut split = Split::default();
        let mut rest = bytes;
        while !rest.is_empty() {
            let before = rest;
            let (number, wire_type) = decode_key(&mut rest)?;
            skip_value(wire_type, &mut rest)?;
            let field = &before[..before.len() - rest.len()];
            let side =
                if self.is_personal(number) { &mut split.personal } else { &mut split.clear };
            side.extend_from_slice(field);
        }
        Ok(split)
    }
}

fn append_text(bytes: &mut Vec<u8>, number: u32, text: &str) {
    prost::encoding::string::encode(number, &text.to_owned(), bytes);
}

fn skip_value(wire_type: WireType, rest: &mut &[u8]) -> Result<(), UnknownEvent> {
    let length = match wire_type {
        WireType::Varint => decode_varint(rest).map(|_| 0)?,
        WireType::ThirtyTwoBit => 4,
        WireType::SixtyFourBit => 8,
        WireType::LengthDelimited => decode_varint(rest)?,
        WireType::StartGroup | WireType::EndGroup => return Err(UnknownEvent::Fields),
    };
    let length = usize::try_from(length).map_err(|_| UnknownEvent::Fields)?;
    *rest = rest.get(length..).ok_or(UnknownEvent::Fields)?;
    Ok(())
}

impl std::fmt::Debug for Event {
    /// Its name and no content: what it holds may be personal.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.kind().name)
    }
}
