//! Signed heads: what is kept outside the database, so that nobody who has all of it in hand can
//! cut the log short, set it back or compute it anew unnoticed.
//!
//! A head says which chain hash stands at which position of which log, and when it was signed. It
//! is one line of JSON, every hash, key and signature in hexadecimal, times in microseconds since
//! 1970:
//!
//! ```json
//! {"log":"…","position":42,"chain_hash":"…","recorded_at":0,"signed_at":0,"key":"…","signature":"…"}
//! ```
//!
//! `log` is the chain hash at position 1, which no two logs share; `key` is the raw public key.
//! The signature is Ed25519 over these bytes, numbers big-endian in 64 bits: the twenty bytes of
//! `tsunagi-log-head-v1` and a line feed, log, position, chain hash, recorded_at, signed_at. Both
//! forms are published and never change.

use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::event::StoredEvent;

const PURPOSE: &[u8; 20] = b"tsunagi-log-head-v1\n";

/// How far a log has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Which log: the chain hash of its first event.
    pub log: [u8; 32],
    /// The position of its last event; never 0, since an empty log has no identity yet.
    pub position: u64,
    /// The chain hash of that event.
    pub chain_hash: [u8; 32],
    /// When that event was recorded, to the microsecond.
    pub recorded_at: Timestamp,
}

/// A head, when it was signed, and by whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedHead {
    /// What was signed.
    pub head: Head,
    /// When, to the microsecond.
    pub signed_at: Timestamp,
    /// The signer's raw Ed25519 public key.
    pub key: [u8; 32],
    signature: [u8; 64],
}

/// Signs heads.
pub struct HeadSigner {
    pair: Ed25519KeyPair,
    key: [u8; 32],
}

/// Why a line says nothing about the log. Each line stands for itself: one that was torn when the
/// power failed may be taken out, and the others keep their worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HeadError {
    /// The line is torn or of another form.
    #[error("is not a signed head")]
    Malformed,
    /// The line names a key that is none of those that may sign.
    #[error("is signed with a key that may not sign")]
    UnknownKey,
    /// The signature does not belong to what the line says: it was forged or altered.
    #[error("is not what was signed: it was forged or altered")]
    Forged,
}

impl Head {
    pub(crate) fn new(first: &StoredEvent, last: &StoredEvent) -> Self {
        Self {
            log: first.chain_hash,
            position: last.position,
            chain_hash: last.chain_hash,
            recorded_at: last.recorded_at,
        }
    }

    fn message(&self, signed_at: Timestamp) -> Vec<u8> {
        let mut message = PURPOSE.to_vec();
        message.extend_from_slice(&self.log);
        message.extend_from_slice(&self.position.to_be_bytes());
        message.extend_from_slice(&self.chain_hash);
        message.extend_from_slice(&self.recorded_at.as_microsecond().to_be_bytes());
        message.extend_from_slice(&signed_at.as_microsecond().to_be_bytes());
        message
    }
}

impl HeadSigner {
    /// A signer with this Ed25519 key (PKCS #8); none when the bytes are no such key.
    #[must_use]
    pub fn try_new(pkcs8: &[u8]) -> Option<Self> {
        let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(pkcs8).ok()?;
        let key = pair.public_key().as_ref().try_into().ok()?;
        Some(Self { pair, key })
    }

    /// The raw public key that belongs to it.
    #[must_use]
    pub fn key(&self) -> [u8; 32] {
        self.key
    }

    /// Signs a head at this moment.
    ///
    /// # Panics
    /// Never: an Ed25519 signature has 64 bytes.
    #[must_use]
    pub fn sign(&self, head: Head, signed_at: Timestamp) -> SignedHead {
        let signature = self.pair.sign(&head.message(signed_at));
        let signature = signature.as_ref().try_into().expect("64 bytes");
        SignedHead { head, signed_at, key: self.key, signature }
    }
}

impl SignedHead {
    /// The line, with its line feed.
    #[must_use]
    pub fn to_line(&self) -> String {
        let line = Line {
            log: hex::encode(self.head.log),
            position: self.head.position,
            chain_hash: hex::encode(self.head.chain_hash),
            recorded_at: self.head.recorded_at.as_microsecond(),
            signed_at: self.signed_at.as_microsecond(),
            key: hex::encode(self.key),
            signature: hex::encode(self.signature),
        };
        let mut line = serde_json::to_string(&line).unwrap_or_default();
        line.push('\n');
        line
    }

    /// Reads a line, with or without its line feed, and checks that one of these keys signed it.
    ///
    /// # Errors
    /// What is wrong with the line.
    pub fn parse(line: &str, keys: &[[u8; 32]]) -> Result<Self, HeadError> {
        let line: Line = serde_json::from_str(line).map_err(|_| HeadError::Malformed)?;
        let signed = line.decode().ok_or(HeadError::Malformed)?;
        if !keys.contains(&signed.key) {
            return Err(HeadError::UnknownKey);
        }
        let key = UnparsedPublicKey::new(&ED25519, &signed.key);
        let verified = key.verify(&signed.head.message(signed.signed_at), &signed.signature);
        verified.map_err(|_| HeadError::Forged)?;
        Ok(signed)
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    log: String,
    position: u64,
    chain_hash: String,
    recorded_at: i64,
    signed_at: i64,
    key: String,
    signature: String,
}

impl Line {
    fn decode(&self) -> Option<SignedHead> {
        let head = Head {
            log: bytes(&self.log)?,
            position: Some(self.position).filter(|position| *position > 0)?,
            chain_hash: bytes(&self.chain_hash)?,
            recorded_at: Timestamp::from_microsecond(self.recorded_at).ok()?,
        };
        Some(SignedHead {
            head,
            signed_at: Timestamp::from_microsecond(self.signed_at).ok()?,
            key: bytes(&self.key)?,
            signature: bytes(&self.signature)?,
        })
    }
}

fn bytes<const N: usize>(text: &str) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    hex::decode_to_slice(text, &mut bytes).ok()?;
    Some(bytes)
}
