//! Random bits, digests, and the sealing of second factors.

use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey},
    digest, hmac, rand,
};
use zeroize::Zeroizing;

use crate::AccountsError;

/// The only sealed form so far; it is the first byte, so that another can be told from it.
const VERSION: u8 = 1;
const HEADER: usize = 1 + NONCE_LEN;

/// The keys that never lie in the database.
pub(crate) struct Keys {
    sealing: RandomizedNonceKey,
    attempts: hmac::Key,
}

impl Keys {
    pub(crate) fn new(sealing: &[u8; 32], attempts: &[u8; 32]) -> Self {
        let sealing = RandomizedNonceKey::new(&AES_256_GCM, sealing);
        let sealing = sealing.expect("a key of the right length");
        Self { sealing, attempts: hmac::Key::new(hmac::HMAC_SHA256, attempts) }
    }

    /// Seals a second factor for this account alone, so that two rows cannot be exchanged.
    pub(crate) fn seal(&self, account_id: &str, secret: &[u8]) -> Vec<u8> {
        let mut body = secret.to_vec();
        let nonce = self.sealing.seal_in_place_append_tag(aad(account_id), &mut body);
        let nonce = nonce.expect("a short text can be sealed");
        [&[VERSION], nonce.as_ref().as_slice(), &body].concat()
    }

    pub(crate) fn open(
        &self,
        account_id: &str,
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, AccountsError> {
        let damaged = |_| AccountsError::Damaged;
        let (header, body) = sealed.split_at_checked(HEADER).ok_or(AccountsError::Damaged)?;
        if header[0] != VERSION {
            return Err(AccountsError::Damaged);
        }
        let nonce = Nonce::try_assume_unique_for_key(&header[1..]).map_err(damaged)?;
        let mut body = Zeroizing::new(body.to_vec());
        let opened = self.sealing.open_in_place(nonce, aad(account_id), &mut body);
        let length = opened.map_err(damaged)?.len();
        body.truncate(length);
        Ok(body)
    }

    /// What a name is kept as, of this kind: the database tells neither who tried to sign in nor who an
    /// account's bearer is elsewhere.
    pub(crate) fn digest_of(&self, kind: &str, name: &str) -> Vec<u8> {
        let mut context = hmac::Context::with_key(&self.attempts);
        context.update(kind.as_bytes());
        context.update(&[0]);
        context.update(name.as_bytes());
        context.sign().as_ref().to_vec()
    }
}

fn aad(account_id: &str) -> Aad<Vec<u8>> {
    Aad::from([b"tsunagi second factor v1\0", account_id.as_bytes()].concat())
}

/// SHA-256, for what is random enough to need no more.
pub(crate) fn hash(bytes: &[u8]) -> Vec<u8> {
    digest::digest(&digest::SHA256, bytes).as_ref().to_vec()
}

/// Without randomness there are no secrets, and no safe way to go on.
#[expect(clippy::disallowed_methods, reason = "sessions, salts, codes and second factors")]
pub(crate) fn random<const LENGTH: usize>() -> Zeroizing<[u8; LENGTH]> {
    let mut bytes = Zeroizing::new([0; LENGTH]);
    rand::fill(bytes.as_mut_slice()).expect("the system gives randomness");
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_factor_opens_for_its_own_account_alone() {
        let keys = Keys::new(&[1; 32], &[2; 32]);
        let sealed = keys.seal("a", b"secret");
        assert!(!sealed.windows(6).any(|window| window == b"secret"));
        assert_eq!(keys.open("a", &sealed).unwrap().as_slice(), b"secret");
        assert!(keys.open("b", &sealed).is_err());
        assert!(Keys::new(&[3; 32], &[2; 32]).open("a", &sealed).is_err());
        for bit in 0..sealed.len() * 8 {
            let mut changed = sealed.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert!(keys.open("a", &changed).is_err(), "bit {bit}");
        }
        assert!(keys.open("a", &sealed[..HEADER - 1]).is_err());
    }
}
