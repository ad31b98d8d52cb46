//! The fields of an encoded message, without decoding it.
//!
//! What is asked of every event on its way (who is named, what is missing, which parts are sealed)
//! is answered by walking the tags; decoding by reflection, with its own allocation for every field,
//! was a large part of what a command cost.

use prost::encoding::{WireType, decode_key, decode_varint};

use crate::UnknownEvent;

/// One field as it lies on the wire.
#[derive(Clone, Copy)]
pub(crate) struct WireField<'a> {
    /// Its number.
    pub number: u32,
    /// Its value.
    pub value: WireValue<'a>,
    /// Tag and value together.
    pub whole: &'a [u8],
}

/// A value by how it is written; what it means, its declaration says.
#[derive(Clone, Copy)]
pub(crate) enum WireValue<'a> {
    /// A number, a truth or a choice.
    Varint(u64),
    /// A number of fixed length.
    Fixed,
    /// A text, bytes, a message, or a packed list.
    Bytes(&'a [u8]),
}

impl<'a> WireValue<'a> {
    /// The text that it is, or nothing.
    pub fn text(self) -> &'a str {
        match self {
            Self::Bytes(bytes) => std::str::from_utf8(bytes).unwrap_or_default(),
            _ => "",
        }
    }

    /// The bytes of a message.
    pub fn bytes(self) -> &'a [u8] {
        match self {
            Self::Bytes(bytes) => bytes,
            _ => &[],
        }
    }

    /// The numbers that it is: one, or the entries of a packed list.
    pub fn numbers(self) -> Vec<u64> {
        match self {
            Self::Varint(number) => vec![number],
            Self::Fixed => Vec::new(),
            Self::Bytes(mut packed) => {
                let mut numbers = Vec::new();
                while let (false, Ok(number)) = (packed.is_empty(), decode_varint(&mut packed)) {
                    numbers.push(number);
                }
                numbers
            }
        }
    }
}

/// The fields of a message, in the order in which they are written.
pub(crate) fn fields(bytes: &[u8]) -> Result<Vec<WireField<'_>>, UnknownEvent> {
    let mut fields = Vec::new();
    let mut rest = bytes;
    while !rest.is_empty() {
        let before = rest;
        let (number, wire_type) = decode_key(&mut rest)?;
        let value = value(wire_type, &mut rest)?;
        fields.push(WireField { number, value, whole: &before[..before.len() - rest.len()] });
    }
    Ok(fields)
}

fn value<'a>(wire_type: WireType, rest: &mut &'a [u8]) -> Result<WireValue<'a>, UnknownEvent> {
    let length = match wire_type {
        WireType::Varint => return Ok(WireValue::Varint(decode_varint(rest)?)),
        WireType::ThirtyTwoBit => 4,
        WireType::SixtyFourBit => 8,
        WireType::LengthDelimited => decode_varint(rest)?,
        WireType::StartGroup | WireType::EndGroup => return Err(UnknownEvent::Fields),
    };
    let length = usize::try_from(length).map_err(|_| UnknownEvent::Fields)?;
    let (value, behind) = rest.split_at_checked(length).ok_or(UnknownEvent::Fields)?;
    *rest = behind;
    match wire_type {
        WireType::LengthDelimited => Ok(WireValue::Bytes(value)),
        _ => Ok(WireValue::Fixed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_value_is_walked() {
        // 1: varint 300, 2: 64 bits, 3: the text "ab", 4: 32 bits, 5: packed 1 and 300.
        let bytes = [
            &[0x08, 0xac, 0x02][..],
            &[0x11, 0, 0, 0, 0, 0, 0, 0, 0],
            &[0x1a, 2, b'a', b'b'],
            &[0x25, 0, 0, 0, 0],
            &[0x2a, 3, 1, 0xac, 0x02],
        ];
        let whole = bytes.concat();
        let fields = fields(&whole).unwrap();
        assert!(fields.iter().map(|field| field.number).eq(1..=5));
        assert!(fields.iter().map(|field| field.whole).eq(bytes));
        assert_eq!(fields[0].value.numbers(), [300]);
        assert_eq!(fields[2].value.text(), "ab");
        assert_eq!(fields[4].value.numbers(), [1, 300]);
    }

    #[test]
    fn what_ends_too_early_is_no_message() {
        let all = [0x08, 0xac, 0x02, 0x1a, 2, b'a', b'b', 0x11, 0, 0, 0, 0, 0, 0, 0, 0];
        let whole = |end: &usize| [0, 3, 7, 16].contains(end);
        for end in 0..=all.len() {
            assert_eq!(fields(&all[..end]).is_ok(), whole(&end), "{end} bytes");
        }
        assert!(fields(&[0x0b]).is_err(), "a group");
    }
}
