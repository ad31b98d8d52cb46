//! Signed heads as the running house exports them: when, how often, and what stops it; and what
//! `tsunagi log verify` makes of them.

use std::{
    fs,
    num::NonZeroU32,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Command, Output},
    sync::Arc,
};

use access::SettableClock;
use event_log::{Append, EventLog, ExpectedVersion, NewEvent, SignedHead, StreamKey, StreamWrite};
use jiff::{Timestamp, civil::date};
use tokio::sync::watch;
use tsunagi::{
    Shutdown,
    config::HeadsConfig,
    heads::{Exported, HeadsExport, make_keys},
};
use uuid::Uuid;

const LOG_FILES: [&str; 2] = ["log.sqlite", "log.sqlite-wal"];

/// A data folder that holds a log and nothing else.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        make_keys(&folder.heads()).unwrap();
        folder
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn heads(&self) -> HeadsConfig {
        HeadsConfig {
            file: self.path("heads.jsonl"),
            private_key: self.path("heads.key"),
            public_key: self.path("heads.pub"),
            interval_seconds: NonZeroU32::new(3_600).unwrap(),
        }
    }

    async fn log(&self) -> EventLog {
        EventLog::open(&format!("sqlite:{}", self.path("log.sqlite").display())).await.unwrap()
    }

    fn export(&self, log: &EventLog) -> HeadsExport {
        let clock = SettableClock::at(Timestamp::from_second(1_800_000_000).unwrap());
        HeadsExport::try_new(log.clone(), &self.heads(), Arc::new(clock)).unwrap()
    }

    /// The positions that were signed, in the order of the lines, each of which has to be good.
    fn signed(&self) -> Vec<u64> {
        let key = fs::read(self.path("heads.pub")).unwrap().try_into().unwrap();
        let lines = fs::read_to_string(self.path("heads.jsonl")).unwrap();
        let heads = lines.lines().map(|line| SignedHead::parse(line, &[key]).expect(line));
        heads.map(|signed| signed.head.position).collect()
    }

    fn verify(&self, more: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tsunagi"));
        command.args(["log", "verify", "--data"]).arg(self.0.path()).args(more);
        command.env("RUST_BACKTRACE", "0").output().unwrap()
    }

    fn found(&self) -> String {
        let output = self.verify(&[]);
        assert!(!output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
        String::from_utf8(output.stderr).unwrap()
    }

    /// Closes the log and keeps a copy of it.
    async fn keep(&self, log: EventLog) {
        log.close().await;
        fs::create_dir(self.path("kept")).unwrap();
        for name in LOG_FILES.into_iter().filter(|name| self.path(name).exists()) {
            fs::copy(self.path(name), self.path("kept").join(name)).unwrap();
        }
    }

    /// Closes the log and sets it back to the copy.
    async fn set_back(&self, log: EventLog) {
        log.close().await;
        for name in LOG_FILES {
            fs::remove_file(self.path(name)).ok();
            if self.path("kept").join(name).exists() {
                fs::copy(self.path("kept").join(name), self.path(name)).unwrap();
            }
        }
    }
}

async fn append(log: &EventLog, id: u128) {
    let event = NewEvent {
        event_id: Uuid::from_u128(id),
        type_no: 7,
        case_id: None,
        agency: "midori".into(),
        staff: "aoi".into(),
        on_behalf_of: None,
        correlation_id: Uuid::from_u128(id),
        causation_id: None,
        occurred_on: date(2026, 4, 1),
        body: id.to_be_bytes().to_vec(),
        sealed: Vec::new(),
    };
    let stream = StreamKey::new("person", "a");
    let write = StreamWrite { stream, expected: ExpectedVersion::Any, events: vec![event] };
    let append = Append {
        producer: "support-center".into(),
        request_id: Uuid::from_u128(id),
        digest: [7; 32],
        recorded_at: Timestamp::from_second(1_700_000_000).unwrap(),
        writes: vec![write],
        unless_changed: None,
    };
    log.append(append).await.unwrap();
}

#[tokio::test]
async fn a_head_is_signed_only_when_the_log_has_moved() {
    let folder = Folder::new();
    let log = folder.log().await;
    let export = folder.export(&log);
    assert!(matches!(export.export().await.unwrap(), Exported::Empty));
    append(&log, 1).await;
    assert!(matches!(export.export().await.unwrap(), Exported::Signed(_)));
    assert!(matches!(export.export().await.unwrap(), Exported::NothingNew));
    append(&log, 2).await;
    append(&log, 3).await;
    assert!(matches!(export.export().await.unwrap(), Exported::Signed(_)));
    // Another process goes on where this one stopped.
    assert!(matches!(folder.export(&log).export().await.unwrap(), Exported::NothingNew));
    assert_eq!(folder.signed(), [1, 3]);
    let mode = fs::metadata(folder.path("heads.jsonl")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_exporters_share_one_file() {
    let folder = Folder::new();
    let log = folder.log().await;
    append(&log, 1).await;
    let exporters = (0..8).map(|_| {
        let export = folder.export(&log);
        tokio::spawn(async move {
            for _ in 0..50 {
                export.export().await.unwrap();
            }
        })
    });
    let exporters: Vec<_> = exporters.collect();
    for id in 2..=100 {
        append(&log, id).await;
    }
    for exporter in exporters {
        exporter.await.unwrap();
    }
    folder.export(&log).export().await.unwrap();
    let signed = folder.signed();
    assert!(signed.is_sorted_by(|one, other| one < other), "each head once: {signed:?}");
    assert_eq!(signed.last(), Some(&100));
}

#[tokio::test]
async fn the_house_signs_when_it_starts_and_when_it_stops() {
    let folder = Folder::new();
    let log = folder.log().await;
    append(&log, 1).await;
    let (speak, wish) = watch::channel(false);
    let running = tokio::spawn(folder.export(&log).run(Shutdown::on(wish)));
    while !folder.path("heads.jsonl").exists() || folder.signed().is_empty() {
        tokio::task::yield_now().await;
    }
    append(&log, 2).await;
    speak.send(true).unwrap();
    running.await.unwrap();
    assert_eq!(folder.signed(), [1, 2]);
}

#[tokio::test]
async fn a_log_that_was_set_back_gets_no_new_head() {
    let folder = Folder::new();
    let log = folder.log().await;
    append(&log, 1).await;
    folder.keep(log).await;
    let log = folder.log().await;
    append(&log, 2).await;
    folder.export(&log).export().await.unwrap();
    folder.set_back(log).await;

    let log = folder.log().await;
    let refused = folder.export(&log).export().await.err().expect("it is shorter").to_string();
    assert!(refused.contains("not what was signed at position 2"), "{refused}");
    assert!(folder.found().contains("ends at position 1, but position 2 was signed"));
    for id in 12..=14 {
        append(&log, id).await;
    }
    let refused = folder.export(&log).export().await.err().expect("it is another").to_string();
    assert!(refused.contains("not what was signed at position 2"), "{refused}");
    assert!(folder.found().contains("position 2 is not what was signed there"));
    assert_eq!(folder.signed(), [2]);
}

#[tokio::test]
async fn a_torn_line_costs_itself_alone() {
    let folder = Folder::new();
    let log = folder.log().await;
    append(&log, 1).await;
    folder.export(&log).export().await.unwrap();
    let whole = fs::read_to_string(folder.path("heads.jsonl")).unwrap();
    fs::write(folder.path("heads.jsonl"), format!("{whole}{}", &whole[..100])).unwrap();
    append(&log, 2).await;
    folder.export(&log).export().await.unwrap();

    let found = folder.found();
    assert!(found.contains("heads.jsonl, line 2: is not a signed head"), "{found}");
    let lines = fs::read_to_string(folder.path("heads.jsonl")).unwrap();
    let mut lines: Vec<_> = lines.lines().collect();
    lines.remove(1);
    fs::write(folder.path("heads.jsonl"), lines.join("\n")).unwrap();
    assert_eq!(folder.signed(), [1, 2]);
    assert!(folder.verify(&[]).status.success());
}

#[tokio::test]
async fn a_forged_head_is_named_by_its_line() {
    let folder = Folder::new();
    let log = folder.log().await;
    for id in 1..=2 {
        append(&log, id).await;
        folder.export(&log).export().await.unwrap();
    }
    let lines = fs::read_to_string(folder.path("heads.jsonl")).unwrap();
    let forged = lines.replace("\"position\":2", "\"position\":1");
    fs::write(folder.path("heads.jsonl"), forged).unwrap();
    let found = folder.found();
    assert!(found.contains("line 2: is not what was signed"), "{found}");
    let refused = folder.export(&log).export().await.err().expect("forged").to_string();
    assert!(refused.contains("forged"), "{refused}");
}

#[tokio::test]
async fn an_exchanged_key_is_given_beside_the_new_one() {
    let folder = Folder::new();
    let log = folder.log().await;
    append(&log, 1).await;
    folder.export(&log).export().await.unwrap();
    fs::rename(folder.path("heads.pub"), folder.path("old.pub")).unwrap();
    fs::remove_file(folder.path("heads.key")).unwrap();
    make_keys(&folder.heads()).unwrap();
    append(&log, 2).await;
    folder.export(&log).export().await.unwrap();

    let found = folder.found();
    assert!(found.contains("line 1: is signed with a key that may not sign"), "{found}");
    let key = |name: &str| folder.path(name).to_str().unwrap().to_owned();
    let (old, new) = (key("old.pub"), key("heads.pub"));
    let both = folder.verify(&["--heads-key", &old, "--heads-key", &new]);
    let said = String::from_utf8(both.stdout).unwrap();
    assert!(said.contains("signed heads that agree: 2, the last at position 2"), "{said}");
}

#[tokio::test]
async fn a_key_that_others_may_use_signs_nothing() {
    let folder = Folder::new();
    let log = folder.log().await;
    let open_to_all = fs::Permissions::from_mode(0o644);
    fs::set_permissions(folder.path("heads.key"), open_to_all).unwrap();
    let clock = Arc::new(SettableClock::at(Timestamp::UNIX_EPOCH));
    let refused = HeadsExport::try_new(log, &folder.heads(), clock).err().expect("refused");
    assert!(refused.to_string().contains("chmod 600"), "{refused}");
}

#[test]
fn keys_that_are_there_stay() {
    let folder = Folder::new();
    let read = |name: &str| fs::read(Path::new(&folder.path(name))).unwrap();
    let (private, public) = (read("heads.key"), read("heads.pub"));
    make_keys(&folder.heads()).unwrap();
    assert_eq!((read("heads.key"), read("heads.pub")), (private, public));
}
