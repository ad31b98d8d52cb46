//! The one secret that is not in the database.

use std::fmt::{self, Debug, Formatter};
use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::Path;

use aws_lc_rs::hkdf::{HKDF_SHA256, Salt};
use zeroize::Zeroizing;

use crate::cipher::{Cipher, KEY_LENGTH, random_key};
use crate::context::canonical;
use crate::error::MasterKeyError;

/// Permission bits that would let others than the owner near the file.
const OTHERS: u32 = 0o077;

/// The key that wraps every subject key. Wiped when dropped; it never prints itself.
pub struct MasterKey(Zeroizing<[u8; KEY_LENGTH]>);

impl MasterKey {
    /// The master key that these bytes are.
    pub fn from_bytes(bytes: [u8; KEY_LENGTH]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// Reads the key from its file, which only its owner may use.
    pub fn load(path: &Path) -> Result<Self, MasterKeyError> {
        let mut file = File::open(path).map_err(MasterKeyError::File)?;
        let mode = file.metadata().map_err(MasterKeyError::File)?.mode() & 0o7777;
        if mode & OTHERS != 0 {
            return Err(MasterKeyError::Mode { mode });
        }
        // One byte more than a key, so that a longer file shows; made at its full size, so that
        // growing leaves no unwiped copy behind.
        let mut bytes = Zeroizing::new(Vec::with_capacity(KEY_LENGTH + 1));
        let limit = bytes.capacity() as u64;
        (&mut file).take(limit).read_to_end(&mut bytes).map_err(MasterKeyError::File)?;
        let key = <[u8; KEY_LENGTH]>::try_from(bytes.as_slice());
        key.map(Self::from_bytes).map_err(|_| MasterKeyError::Length { found: bytes.len() })
    }

    /// Writes a new key file, durable before this returns. A file that is there already stays as
    /// it is, since whatever was sealed under its key would be lost.
    pub fn create(path: &Path, bytes: [u8; KEY_LENGTH]) -> Result<Self, MasterKeyError> {
        let key = Self::from_bytes(bytes);
        write_new(path, &key).map_err(MasterKeyError::File)?;
        Ok(key)
    }

    /// Like [`MasterKey::create`], with a fresh random key.
    pub fn generate(path: &Path) -> Result<Self, MasterKeyError> {
        Self::create(path, *random_key())
    }

    /// The cipher that wraps subject keys.
    pub(crate) fn wrapping(&self) -> Cipher {
        Cipher::new(&expand(&self.0, &[b"tsunagi wrap v1"]))
    }

    /// A secret for one purpose, of which nothing leads back to the key or to another purpose.
    pub(crate) fn derive(&self, purpose: &str) -> Zeroizing<[u8; KEY_LENGTH]> {
        for_purpose(&self.0, purpose)
    }
}

/// A secret for one purpose, of which nothing leads back to this one or to another purpose.
pub(crate) fn for_purpose(secret: &[u8; KEY_LENGTH], purpose: &str) -> Zeroizing<[u8; KEY_LENGTH]> {
    expand(secret, &[b"tsunagi purpose v1", purpose.as_bytes()])
}

fn expand(secret: &[u8; KEY_LENGTH], parts: &[&[u8]]) -> Zeroizing<[u8; KEY_LENGTH]> {
    let mut derived = Zeroizing::new([0; KEY_LENGTH]);
    Salt::none(HKDF_SHA256)
        .extract(secret)
        .expand(&[&canonical(parts)], HKDF_SHA256)
        .and_then(|output| output.fill(derived.as_mut_slice()))
        .expect("one block of output is always allowed");
    derived
}

impl Debug for MasterKey {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.write_str("MasterKey(secret)")
    }
}

fn write_new(path: &Path, key: &MasterKey) -> std::io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(key.0.as_slice())?;
    file.sync_all()?;
    // The file's name is durable once its folder is.
    let folder = path.canonicalize()?;
    File::open(folder.parent().unwrap_or(Path::new("/")))?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::{self, Permissions};
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_created_key_loads_again_and_only_its_owner_may_use_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("master.key");
        let created = MasterKey::create(&path, [7; KEY_LENGTH]).unwrap();
        let loaded = MasterKey::load(&path).unwrap();

        assert_eq!(created.derive("x"), loaded.derive("x"));
        assert_eq!(path.metadata().unwrap().mode() & 0o777, 0o600);
    }

    #[test]
    fn a_key_that_is_there_is_never_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("master.key");
        let first = MasterKey::generate(&path).unwrap();

        assert!(matches!(MasterKey::generate(&path), Err(MasterKeyError::File(_))));
        assert_eq!(MasterKey::load(&path).unwrap().derive("x"), first.derive("x"));
    }

    #[test]
    fn a_file_open_to_others_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("master.key");
        MasterKey::generate(&path).unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o640)).unwrap();

        let error = MasterKey::load(&path).unwrap_err();
        assert!(matches!(error, MasterKeyError::Mode { mode: 0o640 }), "{error}");
    }

    #[test]
    fn a_file_of_another_length_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        for length in [0, 31, 33] {
            let path = folder.path().join(format!("{length}"));
            fs::write(&path, vec![7; length]).unwrap();
            fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
            let error = MasterKey::load(&path).unwrap_err();
            assert!(matches!(error, MasterKeyError::Length { found } if found == length));
        }
    }

    #[test]
    fn the_key_does_not_print_itself() {
        assert_eq!(format!("{:?}", MasterKey::from_bytes([7; 32])), "MasterKey(secret)");
    }
}
