//! Password hashes: Argon2id, computed beside the threads that answer requests.

use std::{sync::Arc, time::Duration};

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher, PasswordVerifier},
};
use tokio::{sync::Semaphore, task::spawn_blocking, time::timeout};
use zeroize::Zeroizing;

use crate::{AccountsError, secret};

/// OWASP asks for 19 MiB and two passes at least.
const MEMORY_KIB: u32 = 32 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

const SALT_BYTES: usize = 16;

/// At once: together they take 128 MiB, however many try to sign in.
const AT_ONCE_MAX: usize = 4;

/// Who has waited so long for their turn is told to come again.
const PATIENCE: Duration = Duration::from_secs(5);

/// Hashes and verifies, a few at a time.
pub(crate) struct Passwords {
    turns: Arc<Semaphore>,
    /// The hash of a password that nobody knows: verified for names that no account has.
    of_nobody: String,
}

impl Passwords {
    pub(crate) async fn new() -> Result<Self, AccountsError> {
        let turns = Arc::new(Semaphore::new(AT_ONCE_MAX));
        let unknown =
            Zeroizing::new(data_encoding::HEXLOWER.encode(secret::random::<32>().as_slice()));
        let of_nobody = at_turn(&turns, move || hashed(&unknown)).await?;
        Ok(Self { turns, of_nobody: of_nobody? })
    }

    pub(crate) async fn hash(&self, password: Zeroizing<String>) -> Result<String, AccountsError> {
        at_turn(&self.turns, move || hashed(&password)).await?
    }

    /// Whether it is the password behind this hash. Without a hash the answer is no, after the same
    /// work.
    pub(crate) async fn verify(
        &self,
        password: Zeroizing<String>,
        hash: Option<&str>,
    ) -> Result<bool, AccountsError> {
        let is_known = hash.is_some();
        let hash = hash.unwrap_or(&self.of_nobody).to_owned();
        let verified = at_turn(&self.turns, move || {
            argon2().verify_password(password.as_bytes(), hash.as_str()).is_ok()
        });
        Ok(verified.await? && is_known)
    }
}

async fn at_turn<T: Send + 'static>(
    turns: &Arc<Semaphore>,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, AccountsError> {
    let turn = timeout(PATIENCE, turns.clone().acquire_owned()).await;
    let turn = turn.map_err(|_| AccountsError::Busy)?.map_err(|_| AccountsError::Busy)?;
    let done = spawn_blocking(move || {
        let result = work();
        // Held to the end of the work, also when nobody waits for it any more.
        drop(turn);
        result
    });
    done.await.map_err(|_| AccountsError::Busy)
}

fn hashed(password: &str) -> Result<String, AccountsError> {
    let salt = secret::random::<SALT_BYTES>();
    let hash = argon2().hash_password_with_salt(password.as_bytes(), salt.as_slice());
    hash.map(|hash| hash.to_string()).map_err(|_| AccountsError::Damaged)
}

fn argon2() -> Argon2<'static> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).expect("parameters within bounds");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Zeroizing<String> {
        Zeroizing::new(text.to_owned())
    }

    #[tokio::test]
    async fn a_password_is_verified_and_nothing_else_is() {
        let passwords = Passwords::new().await.unwrap();
        let hash = passwords.hash(text("長い合言葉を一つ選ぶ")).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=32768,t=2,p=1$"), "{hash}");
        let again = passwords.hash(text("長い合言葉を一つ選ぶ")).await.unwrap();
        assert_ne!(hash, again, "each has a salt of its own");
        for (entered, hash, right) in [
            ("長い合言葉を一つ選ぶ", Some(hash.as_str()), true),
            ("長い合言葉を一つ選ふ", Some(hash.as_str()), false),
            ("長い合言葉を一つ選ぶ", None, false),
            ("長い合言葉を一つ選ぶ", Some("no hash"), false),
        ] {
            assert_eq!(passwords.verify(text(entered), hash).await.unwrap(), right);
        }
    }
}
