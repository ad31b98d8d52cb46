//! A file that remembers who was erased, outside both databases.
//!
//! A backup of the log that is older than an erasure does not tell of it, and a backup of the vault
//! that is older still has the key. Whoever restores both would bring the person back, if nothing
//! else remembered. A line names a random id and nothing else of anybody. It is authenticated
//! under a secret of the vault, since a line destroys a key: nobody can write one who could not
//! destroy keys anyway.

use std::{
    collections::BTreeSet,
    fs::{File, OpenOptions},
    io::{self, ErrorKind, Read, Seek, SeekFrom, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    sync::Arc,
};

use aws_lc_rs::hmac;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use casework::PersonId;
use serde::{Deserialize, Serialize};
use vault::Vault;

/// The purpose under which the vault derives the key of the lines.
const PURPOSE: &str = "tsunagi ledger of erasures v1";

/// The ledger. Clones mean the same file; processes on one machine may share it.
#[derive(Clone)]
pub struct ErasureLedger {
    path: PathBuf,
    key: Arc<hmac::Key>,
}

#[derive(Serialize, Deserialize)]
struct Line {
    person: String,
    mac: String,
}

impl ErasureLedger {
    /// The ledger in this file, which need not exist yet, of the house with these keys.
    pub fn at(path: &Path, vault: &Vault) -> Self {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &vault.derive(PURPOSE));
        Self { path: path.to_owned(), key: Arc::new(key) }
    }

    /// Everybody who is in it.
    pub(crate) fn persons(&self) -> io::Result<BTreeSet<PersonId>> {
        match File::open(&self.path) {
            Ok(mut file) => {
                file.lock_shared()?;
                Ok(self.read(&mut file)?.0)
            }
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(BTreeSet::new()),
            Err(error) => Err(error),
        }
    }

    /// Adds those who are not in it yet, durably.
    pub(crate) fn remember(&self, persons: &BTreeSet<PersonId>) -> io::Result<()> {
        if persons.is_empty() {
            return Ok(());
        }
        let mut options = OpenOptions::new();
        let mut file = options.read(true).append(true).create(true).mode(0o600).open(&self.path)?;
        file.lock()?;
        let (known, is_torn) = self.read(&mut file)?;
        let new = persons.difference(&known).map(|person| self.line(person));
        let lines: String = new.collect::<Result<_, _>>()?;
        if lines.is_empty() {
            return Ok(());
        }
        // A line that was torn when the power failed stays apart from what follows.
        let begin = if is_torn { "\n" } else { "" };
        file.write_all(format!("{begin}{lines}").as_bytes())?;
        file.sync_all()?;
        // The file's name is durable once its folder is.
        let path = self.path.canonicalize()?;
        File::open(path.parent().unwrap_or(Path::new("/")))?.sync_all()
    }

    /// Who is in it, and whether it ends in the middle of a line. What was not written under our key
    /// counts for nothing.
    fn read(&self, file: &mut File) -> io::Result<(BTreeSet<PersonId>, bool)> {
        let mut bytes = Vec::new();
        file.seek(SeekFrom::Start(0))?;
        file.read_to_end(&mut bytes)?;
        let text = String::from_utf8_lossy(&bytes);
        let lines = text.lines().filter(|line| !line.is_empty());
        let (good, bad): (Vec<_>, Vec<_>) =
            lines.map(|line| self.person_in(line)).partition(Option::is_some);
        if !bad.is_empty() {
            let (lines, file) = (bad.len(), self.path.display());
            tracing::error!(lines, "{lines} lines of {file} were not written by this house");
        }
        let is_torn = !text.is_empty() && !text.ends_with('\n');
        Ok((good.into_iter().flatten().collect(), is_torn))
    }

    fn person_in(&self, line: &str) -> Option<PersonId> {
        let line: Line = serde_json::from_str(line).ok()?;
        let mac = URL_SAFE_NO_PAD.decode(&line.mac).ok()?;
        hmac::verify(&self.key, line.person.as_bytes(), &mac).ok()?;
        Some(PersonId::from(line.person))
    }

    fn line(&self, person: &PersonId) -> io::Result<String> {
        let mac = hmac::sign(&self.key, person.as_str().as_bytes());
        let line = Line { person: person.to_string(), mac: URL_SAFE_NO_PAD.encode(mac) };
        Ok(serde_json::to_string(&line)? + "\n")
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, os::unix::fs::MetadataExt};

    use tempfile::TempDir;
    use vault::MasterKey;

    use super::*;

    fn persons(numbers: &[u32]) -> BTreeSet<PersonId> {
        numbers.iter().map(|number| PersonId::from(format!("person-{number}"))).collect()
    }

    async fn vault(folder: &TempDir, name: &str) -> Vault {
        let address = format!("sqlite:{}", folder.path().join(name).display());
        Vault::open(&address, MasterKey::from_bytes([7; 32])).await.unwrap()
    }

    async fn ledger(folder: &TempDir) -> ErasureLedger {
        let vault = vault(folder, "vault.sqlite").await;
        ErasureLedger::at(&folder.path().join("erasures.jsonl"), &vault)
    }

    #[tokio::test]
    async fn everybody_is_remembered_once() {
        let folder = tempfile::tempdir().unwrap();
        let ledger = ledger(&folder).await;
        assert_eq!(ledger.persons().unwrap(), persons(&[]));
        ledger.remember(&persons(&[])).unwrap();
        assert!(!ledger.path.exists(), "nobody, no file");
        ledger.remember(&persons(&[1, 2])).unwrap();
        ledger.remember(&persons(&[2, 3])).unwrap();
        assert_eq!(ledger.persons().unwrap(), persons(&[1, 2, 3]));
        assert_eq!(fs::read_to_string(&ledger.path).unwrap().lines().count(), 3);
        assert_eq!(ledger.path.metadata().unwrap().mode() & 0o777, 0o600);
    }

    #[tokio::test]
    async fn a_torn_line_hides_nobody() {
        let folder = tempfile::tempdir().unwrap();
        let ledger = ledger(&folder).await;
        ledger.remember(&persons(&[1])).unwrap();
        let whole = fs::read(&ledger.path).unwrap();
        ledger.remember(&persons(&[2])).unwrap();
        let both = fs::read(&ledger.path).unwrap();
        for cut in whole.len()..both.len() - 1 {
            fs::write(&ledger.path, &both[..cut]).unwrap();
            ledger.remember(&persons(&[3])).unwrap();
            assert_eq!(ledger.persons().unwrap(), persons(&[1, 3]), "cut at {cut}");
        }
    }

    #[tokio::test]
    async fn what_another_house_wrote_destroys_nothing_here() {
        let folder = tempfile::tempdir().unwrap();
        let own = ledger(&folder).await;
        own.remember(&persons(&[1])).unwrap();
        let other = ErasureLedger::at(&own.path, &vault(&folder, "other.sqlite").await);
        assert_eq!(other.persons().unwrap(), persons(&[]));
        let text = fs::read_to_string(&own.path).unwrap();
        fs::write(&own.path, text.replace("person-1", "person-2")).unwrap();
        assert_eq!(own.persons().unwrap(), persons(&[]), "a line is good for its person only");
    }
}
