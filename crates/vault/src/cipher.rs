//! AES-256-GCM as we use it: a fresh random nonce for every sealing, kept with the result.
//!
//! Sealed form: version (1 byte) ‖ nonce (12) ‖ ciphertext ‖ tag (16).
//!
//! Random nonces of 96 bits are safe for 2^32 sealings under one key (NIST SP 800-38D, 8.3). A
//! subject key sees the events of one person, and the wrapping key one sealing for each subject;
//! neither comes near.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::rand;
use zeroize::Zeroizing;

use crate::error::OpenError;

/// Length of every key here, in bytes.
pub const KEY_LENGTH: usize = 32;

/// The only sealed form so far. It is the first byte, so that another can be told from it.
const VERSION: u8 = 1;

const HEADER_LENGTH: usize = 1 + NONCE_LEN;

/// A key made ready for use. The library holds its schedule, and wipes that when it is dropped.
pub struct Cipher(LessSafeKey);

impl Cipher {
    pub fn new(key: &[u8; KEY_LENGTH]) -> Self {
        let key = UnboundKey::new(&AES_256_GCM, key).expect("a key of the right length");
        Self(LessSafeKey::new(key))
    }

    pub fn seal(&self, associated: &[u8], plain: &[u8]) -> Vec<u8> {
        let nonce: [u8; NONCE_LEN] = random_bytes();
        let mut sealed = Vec::with_capacity(HEADER_LENGTH + plain.len() + AES_256_GCM.tag_len());
        sealed.push(VERSION);
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(plain);
        let tag = self
            .0
            .seal_in_place_separate_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(associated),
                &mut sealed[HEADER_LENGTH..],
            )
            .expect("plain text under 64 GiB");
        sealed.extend_from_slice(tag.as_ref());
        sealed
    }

    pub fn open(&self, associated: &[u8], sealed: &[u8]) -> Result<Vec<u8>, OpenError> {
        let (header, body) = sealed.split_at_checked(HEADER_LENGTH).ok_or(OpenError::Form)?;
        let (version, nonce) = header.split_at(1);
        if version != [VERSION] {
            return Err(OpenError::Form);
        }
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| OpenError::Form)?;
        let mut body = body.to_vec();
        let opened = self.0.open_in_place(nonce, Aad::from(associated), &mut body);
        let length = opened.map_err(|_| OpenError::NotAuthentic)?.len();
        body.truncate(length);
        Ok(body)
    }
}

/// A fresh random key, wiped when it is dropped.
pub fn random_key() -> Zeroizing<[u8; KEY_LENGTH]> {
    Zeroizing::new(random_bytes())
}

/// Without randomness there are no keys, and no safe way to go on.
#[expect(clippy::disallowed_methods, reason = "this is where the randomness of keys lives")]
fn random_bytes<const LENGTH: usize>() -> [u8; LENGTH] {
    let mut bytes = [0; LENGTH];
    rand::fill(&mut bytes).expect("the system gives randomness");
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_again() {
        let cipher = Cipher::new(&random_key());
        for plain in [&b""[..], b"x", &[7; 100_000]] {
            let sealed = cipher.seal(b"where", plain);
            assert_eq!(sealed.len(), plain.len() + 1 + 12 + 16);
            assert_eq!(cipher.open(b"where", &sealed).unwrap(), plain);
        }
    }

    #[test]
    fn any_flipped_bit_is_noticed() {
        let cipher = Cipher::new(&random_key());
        let sealed = cipher.seal(b"where", b"plain");
        for bit in 0..sealed.len() * 8 {
            let mut changed = sealed.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert!(cipher.open(b"where", &changed).is_err(), "bit {bit}");
        }
    }

    #[test]
    fn any_shortening_is_noticed() {
        let cipher = Cipher::new(&random_key());
        let sealed = cipher.seal(b"where", b"plain");
        for length in 0..sealed.len() {
            assert!(cipher.open(b"where", &sealed[..length]).is_err(), "length {length}");
        }
    }

    #[test]
    fn equal_texts_seal_to_different_bytes() {
        let cipher = Cipher::new(&random_key());
        assert_ne!(cipher.seal(b"where", b"plain"), cipher.seal(b"where", b"plain"));
    }

    #[test]
    fn another_key_opens_nothing() {
        let sealed = Cipher::new(&random_key()).seal(b"where", b"plain");
        let other = Cipher::new(&random_key());
        assert!(matches!(other.open(b"where", &sealed), Err(OpenError::NotAuthentic)));
    }
}
