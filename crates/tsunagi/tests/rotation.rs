//! The master key through the binary: a wrong one opens nothing, and a rotation that is killed at
//! any moment leaves a vault that opens.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    time::Duration,
};

use tsunagi::{DataFolder, config::VaultConfig, master_key::open_vault};
use uuid::Uuid;
use vault::{MasterKey, SealContext, Subject, Vault};

const BINARY: &str = env!("CARGO_BIN_EXE_tsunagi");

/// Enough that wrapping them anew takes a while.
const KEYS: u32 = 300;

const PURPOSE: &str = "tsunagi request digests v1";

struct Folder(tempfile::TempDir);

/// What must open for ever.
struct Sealed {
    bytes: Vec<u8>,
    derived: [[u8; 32]; 2],
}

impl Folder {
    fn new() -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        DataFolder::at(folder.0.path()).prepare().unwrap();
        folder
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn config(&self) -> VaultConfig {
        DataFolder::at(self.0.path()).config(([127, 0, 0, 1], 0).into()).unwrap().vault
    }

    async fn open(&self) -> Vault {
        open_vault(&self.config()).await.unwrap()
    }

    async fn open_with(&self, key: &str) -> bool {
        let key = MasterKey::load(&self.path(key)).unwrap();
        Vault::open(&self.config().url, key).await.is_ok()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(BINARY);
        command.args(arguments).arg("--data").arg(self.0.path()).env("RUST_BACKTRACE", "0");
        command
    }

    fn rotate(&self) -> Output {
        self.command(&["vault", "rotate"]).output().unwrap()
    }

    /// Makes many keys and seals something under one of them.
    async fn seal(&self) -> Sealed {
        let vault = self.open().await;
        for number in 0..KEYS {
            vault.ensure_key(&person(number)).await.unwrap();
        }
        // So that all of it lies in the one file.
        vault.sweep().await.unwrap();
        let subject = person(7);
        let key = vault.ensure_key(&subject).await.unwrap();
        Sealed { bytes: key.seal(&context(&subject), b"sealed"), derived: derived(&vault) }
    }

    async fn assert_opens(&self, sealed: &Sealed, when: &str) {
        let (vault, subject) = (self.open().await, person(7));
        let key = vault.key(&subject).await.unwrap().expect("the key is there");
        assert_eq!(key.open(&context(&subject), &sealed.bytes).unwrap(), b"sealed", "{when}");
        assert_eq!(derived(&vault), sealed.derived, "{when}");
        let last = person(KEYS - 1);
        assert!(vault.key(&last).await.unwrap().is_some(), "{when}");
    }
}

fn derived(vault: &Vault) -> [[u8; 32]; 2] {
    [PURPOSE, "another"].map(|purpose| vault.derive(purpose))
}

fn person(number: u32) -> Subject {
    Subject::new("person", number.to_string())
}

fn context(subject: &Subject) -> SealContext<'_> {
    SealContext { event_id: Uuid::from_u128(1), type_no: 2, subject }
}

fn assert_done(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn write_key(path: &Path, byte: u8) {
    fs::write(path, [byte; 32]).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
}

#[test]
fn with_a_wrong_master_key_nothing_starts() {
    let folder = Folder::new();
    assert_done(&folder.command(&["init"]).output().unwrap());
    write_key(&folder.path("master.key"), 9);
    let up = ["up", "--http", "127.0.0.1:0", "--grpc-port", "0"];
    let output = folder.command(&up).output().unwrap();
    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("this is not the master key that the vault was made with"), "{said}");
    assert!(output.stdout.is_empty(), "nothing was announced");
    assert!(!folder.rotate().status.success());
}

#[tokio::test]
async fn after_a_rotation_only_the_new_key_opens_and_everything_does() {
    let folder = Folder::new();
    let sealed = folder.seal().await;
    let said = assert_done(&folder.rotate());
    assert!(said.contains(&format!("Wrapped {KEYS} keys anew")), "{said}");
    assert!(!folder.open_with("master.key.old").await);
    folder.assert_opens(&sealed, "after the rotation").await;
    assert!(!folder.path("master.key.next").exists());

    let again = folder.rotate();
    assert!(!again.status.success(), "the old key is still there");
    folder.assert_opens(&sealed, "after one that was refused").await;
    fs::remove_file(folder.path("master.key.old")).unwrap();
    assert_done(&folder.rotate());
    folder.assert_opens(&sealed, "after the second").await;
}

/// A backup from before the rotation is of no use to whoever has everything but the old key.
#[tokio::test]
async fn no_backup_from_before_opens_with_the_new_key() {
    let folder = Folder::new();
    folder.seal().await;
    fs::copy(folder.path("vault.sqlite"), folder.path("backup.sqlite")).unwrap();
    assert_done(&folder.rotate());
    let key = || MasterKey::load(&folder.path("master.key")).unwrap();
    let backup = format!("sqlite:{}", folder.path("backup.sqlite").display());
    assert!(Vault::open(&backup, key()).await.is_err());
    let old = MasterKey::load(&folder.path("master.key.old")).unwrap();
    assert!(Vault::open(&backup, old).await.is_ok(), "it is the old key that it waits for");
}

#[tokio::test]
async fn a_rotation_cut_short_before_its_commit_has_changed_nothing() {
    let folder = Folder::new();
    let sealed = folder.seal().await;
    // Torn in the middle of the new key.
    fs::write(folder.path("master.key.next"), [1; 5]).unwrap();
    folder.assert_opens(&sealed, "with half a new key beside it").await;
    assert!(folder.open_with("master.key").await);
    assert_done(&folder.rotate());
    folder.assert_opens(&sealed, "after the rotation").await;
}

#[tokio::test]
async fn a_rotation_cut_short_behind_its_commit_is_finished_by_whoever_opens_the_vault() {
    let folder = Folder::new();
    let sealed = folder.seal().await;
    for is_old_set_aside in [false, true] {
        write_key(&folder.path("master.key.next"), 8 + u8::from(is_old_set_aside));
        let next = MasterKey::load(&folder.path("master.key.next")).unwrap();
        folder.open().await.rotate(&next).await.unwrap();
        if is_old_set_aside {
            let old = folder.path("master.key.old");
            fs::hard_link(folder.path("master.key"), old).unwrap();
        }
        assert!(!folder.open_with("master.key").await);
        folder.assert_opens(&sealed, "opened in between").await;
        assert!(folder.open_with("master.key").await, "the new key is in its place");
        assert!(!folder.open_with("master.key.old").await);
        assert!(!folder.path("master.key.next").exists());
        fs::remove_file(folder.path("master.key.old")).unwrap();
    }
}

#[tokio::test]
async fn a_rotation_killed_at_any_moment_leaves_a_vault_that_opens() {
    let folder = Folder::new();
    let sealed = folder.seal().await;
    let (mut killed, mut finished) = (0, 0);
    // Up to where a rotation runs through, in steps of a few milliseconds.
    for milliseconds in (0_u64..).step_by(3) {
        let mut rotation = folder.command(&["vault", "rotate"]);
        let mut rotation = rotation.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        // Not a wait for anything: the moment of the kill.
        std::thread::sleep(Duration::from_millis(milliseconds));
        rotation.kill().ok();
        let ended = rotation.wait().unwrap();
        folder.assert_opens(&sealed, &format!("killed after {milliseconds} ms")).await;
        if ended.success() {
            finished += 1;
        } else {
            killed += 1;
        }
        // As an operator who destroys the old key once all is well.
        fs::remove_file(folder.path("master.key.old")).ok();
        if finished == 3 {
            break;
        }
        assert!(milliseconds < 10_000, "a rotation takes too long");
    }
    assert!(killed > 3, "some were killed on the way: {killed}");
    folder.assert_opens(&sealed, "in the end").await;
}
