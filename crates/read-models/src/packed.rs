//! Events as they lie in the pieces of a history.
//!
//! An event follows an event without anything between them, so pieces are joined by putting one
//! behind the other. All numbers are little-endian:
//!
//! ```text
//! position u64 · type_no u32 · recorded_at i64 (microseconds) · year i16 · month u8 · day u8
//! event_id 16 bytes · holds u8 (1: a case, 2: on behalf of another agency)
//! case_id 16 bytes, if held
//! agency · on_behalf_of, if held · body · sealed      each a length u32 and that many bytes
//! ```
//!
//! Whoever changes this raises `VERSION` in `store.rs`, and the file is built anew.

use event_log::StoredEvent;
use jiff::{Timestamp, civil::Date};
use uuid::Uuid;

use crate::ReadError;

const HOLDS_CASE: u8 = 1;
const HOLDS_ON_BEHALF_OF: u8 = 2;

/// An event of a piece, borrowed from it. The body has not been decoded.
pub(crate) struct Packed<'a> {
    pub(crate) position: u64,
    pub(crate) type_no: u32,
    pub(crate) recorded_at: Timestamp,
    pub(crate) occurred_on: Date,
    pub(crate) event_id: Uuid,
    pub(crate) case_id: Option<Uuid>,
    pub(crate) agency: &'a str,
    pub(crate) on_behalf_of: Option<&'a str>,
    pub(crate) body: &'a [u8],
    pub(crate) sealed: &'a [u8],
}

/// Puts an event behind those of a piece.
pub(crate) fn pack(event: &StoredEvent, piece: &mut Vec<u8>) {
    let (case, other) = (event.case_id.as_ref(), event.on_behalf_of.as_ref());
    let day = event.occurred_on;
    piece.extend_from_slice(&event.position.to_le_bytes());
    piece.extend_from_slice(&event.type_no.to_le_bytes());
    piece.extend_from_slice(&event.recorded_at.as_microsecond().to_le_bytes());
    piece.extend_from_slice(&day.year().to_le_bytes());
    piece.push(day.month().cast_unsigned());
    piece.push(day.day().cast_unsigned());
    piece.extend_from_slice(event.event_id.as_bytes());
    let holds_case = if case.is_some() { HOLDS_CASE } else { 0 };
    let holds_other = if other.is_some() { HOLDS_ON_BEHALF_OF } else { 0 };
    piece.push(holds_case | holds_other);
    piece.extend(case.into_iter().flat_map(Uuid::as_bytes));
    put(piece, event.agency.as_bytes());
    if let Some(other) = other {
        put(piece, other.as_bytes());
    }
    put(piece, &event.body);
    put(piece, &event.sealed);
}

/// Each part of an event is far smaller than the 4 GiB that a length can say.
fn put(piece: &mut Vec<u8>, bytes: &[u8]) {
    let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    piece.extend_from_slice(&length.to_le_bytes());
    piece.extend_from_slice(bytes);
}

/// The events of a piece, in order. After an error there are no more.
pub(crate) fn unpack(piece: &[u8]) -> impl Iterator<Item = Result<Packed<'_>, ReadError>> {
    let mut rest = Rest(piece);
    std::iter::from_fn(move || {
        if rest.0.is_empty() {
            return None;
        }
        let event = rest.event().ok_or(ReadError::MalformedHistory);
        if event.is_err() {
            rest.0 = &[];
        }
        Some(event)
    })
}

/// What has not been read yet.
struct Rest<'a>(&'a [u8]);

impl<'a> Rest<'a> {
    fn event(&mut self) -> Option<Packed<'a>> {
        let position = u64::from_le_bytes(self.array()?);
        let type_no = u32::from_le_bytes(self.array()?);
        let recorded_at = Timestamp::from_microsecond(i64::from_le_bytes(self.array()?)).ok()?;
        let year = i16::from_le_bytes(self.array()?);
        let [month, day] = self.array()?.map(u8::cast_signed);
        let occurred_on = Date::new(year, month, day).ok()?;
        let event_id = Uuid::from_bytes(self.array()?);
        let [holds] = self.array()?;
        let case_id = match holds & HOLDS_CASE {
            0 => None,
            _ => Some(Uuid::from_bytes(self.array()?)),
        };
        let agency = self.text()?;
        let on_behalf_of = match holds & HOLDS_ON_BEHALF_OF {
            0 => None,
            _ => Some(self.text()?),
        };
        let (body, sealed) = (self.bytes()?, self.bytes()?);
        Some(Packed {
            position,
            type_no,
            recorded_at,
            occurred_on,
            event_id,
            case_id,
            agency,
            on_behalf_of,
            body,
            sealed,
        })
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (array, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*array)
    }

    fn bytes(&mut self) -> Option<&'a [u8]> {
        let length = usize::try_from(u32::from_le_bytes(self.array()?)).ok()?;
        let (bytes, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(bytes)
    }

    fn text(&mut self) -> Option<&'a str> {
        std::str::from_utf8(self.bytes()?).ok()
    }
}

#[cfg(test)]
mod tests {
    use event_log::StreamKey;

    use super::*;

    fn event(position: u64) -> StoredEvent {
        let is_rich = position.is_multiple_of(2);
        StoredEvent {
            position,
            stream: StreamKey::new("person", "p"),
            version: position,
            event_id: Uuid::from_u128(u128::from(position) << 70 | 1),
            type_no: 70_000,
            case_id: is_rich.then(|| Uuid::from_u128(9)),
            agency: "病院".into(),
            staff: "s".into(),
            on_behalf_of: is_rich.then(|| "other".into()),
            correlation_id: Uuid::nil(),
            causation_id: None,
            occurred_on: "0099-12-31".parse().unwrap(),
            recorded_at: "2025-05-01T00:00:00.000001Z".parse().unwrap(),
            body: vec![1, 2, 3],
            sealed: if is_rich { vec![4; 300] } else { Vec::new() },
            content_hash: [0; 32],
            chain_hash: [0; 32],
        }
    }

    fn same(packed: &Packed<'_>, event: &StoredEvent) -> bool {
        packed.position == event.position
            && packed.type_no == event.type_no
            && packed.recorded_at == event.recorded_at
            && packed.occurred_on == event.occurred_on
            && packed.event_id == event.event_id
            && packed.case_id == event.case_id
            && packed.agency == event.agency
            && packed.on_behalf_of == event.on_behalf_of.as_deref()
            && packed.body == event.body
            && packed.sealed == event.sealed
    }

    #[test]
    fn what_was_packed_comes_back_also_from_joined_pieces() {
        let events: Vec<_> = (1..=4).map(event).collect();
        let (mut first, mut second) = (Vec::new(), Vec::new());
        events[..3].iter().for_each(|event| pack(event, &mut first));
        pack(&events[3], &mut second);
        first.append(&mut second);
        let found: Vec<_> = unpack(&first).map(Result::unwrap).collect();
        assert_eq!(found.len(), 4);
        assert!(found.iter().zip(&events).all(|(packed, event)| same(packed, event)));
    }

    #[test]
    fn a_piece_that_was_cut_anywhere_is_malformed_and_ends() {
        let mut piece = Vec::new();
        pack(&event(1), &mut piece);
        let whole = piece.len();
        pack(&event(2), &mut piece);
        for cut in (1..piece.len()).filter(|cut| *cut != whole) {
            let found: Vec<_> = unpack(&piece[..cut]).collect();
            assert_eq!(found.len(), 1 + usize::from(cut > whole));
            assert!(matches!(found.last(), Some(Err(ReadError::MalformedHistory))), "{cut}");
        }
    }
}
