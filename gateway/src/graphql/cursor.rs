//! Cursors of work lists: words that only the house can read.
//!
//! A place in the list holds the day by which the list is ordered, which can come from an event
//! that is hidden from the agency. So it is sealed, for the agency whose list it is.

use access::PositionCipher;
use aws_lc_rs::{
    aead::{AES_256_GCM_SIV, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    digest::{self, SHA256},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use casework::AgencyId;
use read_models::WorkPlace;

const PURPOSE: &[u8] = b"tsunagi cursors of work lists v1";

/// Positions that no log reaches, so that nobody has ever been handed their words.
const NEVER_REACHED: [u64; 2] = [u64::MAX, u64::MAX - 1];

/// What of a place is sealed: day, person, number.
type Place = (String, String, i64);

/// Seals places of work lists, and reads them again.
pub(crate) struct WorkCursors {
    key: LessSafeKey,
}

impl WorkCursors {
    /// With a key that follows from the one for positions, so that every gateway of the house can
    /// go on where another ended a page.
    pub(crate) fn new(positions: &PositionCipher) -> Self {
        let mut material = digest::Context::new(&SHA256);
        material.update(PURPOSE);
        for position in NEVER_REACHED {
            material.update(positions.hide(position).as_bytes());
        }
        let key = UnboundKey::new(&AES_256_GCM_SIV, material.finish().as_ref());
        Self { key: LessSafeKey::new(key.expect("a digest of 32 bytes makes a key")) }
    }

    /// The cursor for a place: always the same, as positions are.
    pub(crate) fn seal(&self, agency: &AgencyId, place: &WorkPlace) -> String {
        let place: Place = (place.since.to_string(), place.person.to_string(), place.ordinal);
        let mut word = serde_json::to_vec(&place).expect("text and a number can be written");
        let sealed = self.key.seal_in_place_append_tag(nonce(), aad(agency), &mut word);
        sealed.expect("so few bytes can be sealed");
        URL_SAFE_NO_PAD.encode(word)
    }

    /// The place behind a cursor; none when it was not made here for this agency.
    pub(crate) fn open(&self, agency: &AgencyId, cursor: &str) -> Option<WorkPlace> {
        let mut word = URL_SAFE_NO_PAD.decode(cursor).ok()?;
        let place = self.key.open_in_place(nonce(), aad(agency), &mut word).ok()?;
        let (since, person, ordinal): Place = serde_json::from_slice(place).ok()?;
        Some(WorkPlace { since: since.parse().ok()?, person: person.into(), ordinal })
    }
}

/// Always the same: in this mode that tells no more than that two places are one.
fn nonce() -> Nonce {
    Nonce::assume_unique_for_key([0; NONCE_LEN])
}

fn aad(agency: &AgencyId) -> Aad<&[u8]> {
    Aad::from(agency.as_str().as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_leads_back_to_its_place_for_its_agency_and_tells_nothing() {
        let cursors = WorkCursors::new(&PositionCipher::new([7; 32]));
        let (agency, other) = (AgencyId::from("center-a"), AgencyId::from("center-b"));
        let since = "2025-05-08".parse().unwrap();
        let place = WorkPlace { since, person: "p-1".into(), ordinal: 3 };
        let cursor = cursors.seal(&agency, &place);
        assert_eq!(cursors.open(&agency, &cursor), Some(place.clone()));
        assert_eq!(cursors.seal(&agency, &place), cursor);
        assert_eq!(cursors.open(&other, &cursor), None);
        let elsewhere = WorkCursors::new(&PositionCipher::new([8; 32]));
        assert_eq!(elsewhere.open(&agency, &cursor), None);
        for made_up in ["", "AAAA", "not base64!", "あ", &cursor[1..]] {
            assert_eq!(cursors.open(&agency, made_up), None);
        }
        let bytes = URL_SAFE_NO_PAD.decode(&cursor).unwrap();
        assert!(!String::from_utf8_lossy(&bytes).contains("2025"));
    }
}
