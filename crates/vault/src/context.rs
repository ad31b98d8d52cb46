//! Where sealed bytes belong. They open there and nowhere else.

use uuid::Uuid;

use crate::subject::Subject;

/// The event that sealed bytes belong to. It is bound into the seal, so that bytes moved to another
/// event, or read as another type, do not open.
#[derive(Clone, Copy, Debug)]
pub struct SealContext<'a> {
    /// The event's own id.
    pub event_id: Uuid,
    /// The event's number in the body's `oneof`.
    pub type_no: u32,
    /// Whose stream the event lies in.
    pub subject: &'a Subject,
}

impl SealContext<'_> {
    /// The associated data of the cipher. Its form is stored history: it may never change.
    pub(crate) fn associated_data(&self) -> Vec<u8> {
        canonical(&[
            b"tsunagi event v1",
            self.event_id.as_bytes(),
            &self.type_no.to_be_bytes(),
            self.subject.category.as_bytes(),
            self.subject.key.as_bytes(),
        ])
    }
}

/// Every part behind its length, so that no two lists of parts give the same bytes.
pub fn canonical(parts: &[&[u8]]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(parts.iter().map(|part| part.len() + 4).sum());
    for part in parts {
        let length = u32::try_from(part.len()).expect("a part under 4 GiB");
        bytes.extend_from_slice(&length.to_be_bytes());
        bytes.extend_from_slice(part);
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moving_a_border_changes_the_bytes() {
        assert_ne!(canonical(&[b"ab", b"c"]), canonical(&[b"a", b"bc"]));
        assert_ne!(canonical(&[b"ab"]), canonical(&[b"ab", b""]));
    }

    #[test]
    fn the_stored_form_holds_still() {
        let subject = Subject::new("person", "7");
        let context = SealContext { event_id: Uuid::from_u128(1), type_no: 2, subject: &subject };
        let expected = [
            &b"\0\0\0\x10tsunagi event v1"[..],
            b"\0\0\0\x10\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01",
            b"\0\0\0\x04\0\0\0\x02",
            b"\0\0\0\x06person",
            b"\0\0\0\x017",
        ];
        assert_eq!(context.associated_data(), expected.concat());
    }
}
