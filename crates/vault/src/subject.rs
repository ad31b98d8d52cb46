//! Whoever a key belongs to, and the key.

use std::fmt::{self, Debug, Formatter};
use std::sync::Arc;

use crate::cipher::{Cipher, KEY_LENGTH};
use crate::context::SealContext;
use crate::error::OpenError;

/// Whoever a key belongs to. Neither part may be personal: it is stored in the clear.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Subject {
    /// What kind of subject: `person`.
    pub category: String,
    /// Which one: a random id.
    pub key: String,
}

impl Subject {
    /// The subject of this category and key.
    pub fn new(category: impl Into<String>, key: impl Into<String>) -> Self {
        Self { category: category.into(), key: key.into() }
    }
}

/// A subject's key, ready for use. Clones share it; the last one dropped wipes it.
#[derive(Clone)]
pub struct SubjectKey(Arc<Cipher>);

impl SubjectKey {
    pub(crate) fn new(key: &[u8; KEY_LENGTH]) -> Self {
        Self(Arc::new(Cipher::new(key)))
    }

    /// Seals what is personal in an event. Nothing to seal stays nothing, so that an event without
    /// personal parts carries no bytes to open. (That a stored seal was not emptied is for the
    /// log's hash chain to prove.)
    pub fn seal(&self, context: &SealContext<'_>, plain: &[u8]) -> Vec<u8> {
        if plain.is_empty() {
            return Vec::new();
        }
        self.0.seal(&context.associated_data(), plain)
    }

    /// Opens what was sealed for this very context.
    pub fn open(&self, context: &SealContext<'_>, sealed: &[u8]) -> Result<Vec<u8>, OpenError> {
        if sealed.is_empty() {
            return Ok(Vec::new());
        }
        self.0.open(&context.associated_data(), sealed)
    }
}

impl Debug for SubjectKey {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.write_str("SubjectKey(secret)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cipher::random_key;
    use uuid::Uuid;

    fn context(subject: &Subject) -> SealContext<'_> {
        SealContext { event_id: Uuid::from_u128(1), type_no: 12, subject }
    }

    #[test]
    fn what_was_sealed_opens_in_its_own_context_only() {
        let (own, other) = (Subject::new("person", "a"), Subject::new("person", "b"));
        let key = SubjectKey::new(&random_key());
        let here = context(&own);
        let sealed = key.seal(&here, "青い花".as_bytes());

        assert_eq!(key.open(&here, &sealed).unwrap(), "青い花".as_bytes());
        let elsewhere = [
            SealContext { event_id: Uuid::from_u128(2), ..here },
            SealContext { type_no: 13, ..here },
            SealContext { subject: &other, ..here },
        ];
        for wrong in elsewhere {
            assert_eq!(key.open(&wrong, &sealed), Err(OpenError::NotAuthentic), "{wrong:?}");
        }
    }

    #[test]
    fn nothing_to_seal_stays_nothing() {
        let subject = Subject::new("person", "a");
        let key = SubjectKey::new(&random_key());
        assert!(key.seal(&context(&subject), b"").is_empty());
        assert!(key.open(&context(&subject), b"").unwrap().is_empty());
    }

    #[test]
    fn a_key_does_not_print_itself() {
        let key = SubjectKey::new(&[7; KEY_LENGTH]);
        assert_eq!(format!("{key:?}"), "SubjectKey(secret)");
    }
}
