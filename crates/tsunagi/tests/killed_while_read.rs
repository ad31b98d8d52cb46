//! The process is killed while many read: whatever a reader had received by then is on record.

use std::{
    io::{BufRead, BufReader},
    net::SocketAddr,
    path::Path,
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use access::{Clock, Issuer, Principal, SystemClock, read_recorded};
use contracts::Office;
use event_log::EventLog;
use jiff::SignedDuration;
use serde_json::{Value, json};
use tokio::{sync::Notify, task::JoinSet, time::timeout};
use tsunagi::DataFolder;

const BINARY: &str = env!("CARGO_BIN_EXE_tsunagi");

/// Each asks one question after the other, under a code of its own.
const READERS: usize = 12;
/// The process is killed once so many answers have arrived.
const ANSWERS: usize = 60;
const ROUNDS: usize = 3;

const WORK: &str = "{ workList { edges { node { case { id } } } } }";
const TIMELINE: &str = "query ($id: ID!) { case(id: $id) { timeline(first: 100) {
    edges { node { id fields { value } } } } } }";

struct Up {
    process: Child,
    http: SocketAddr,
    /// Held open: a process that says something more must find somebody who listens.
    _said: BufReader<std::process::ChildStdout>,
}

impl Up {
    fn on(data: &Path) -> Self {
        let mut process = Command::new(BINARY)
            .args(["up", "--http", "127.0.0.1:0", "--grpc-port", "0", "--data"])
            .arg(data)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        let mut said = BufReader::new(process.stdout.take().expect("piped"));
        let mut http = None;
        while http.is_none() {
            let mut line = String::new();
            assert!(said.read_line(&mut line).expect("it speaks") > 0, "it says where it listens");
            http = line
                .split("http://")
                .nth(1)
                .and_then(|rest| rest.trim().trim_end_matches('/').parse::<SocketAddr>().ok());
        }
        Self { process, http: http.expect("an address"), _said: said }
    }
}

impl Drop for Up {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

fn token(data: &Path, staff: &str) -> String {
    let config = DataFolder::at(data).config(([127, 0, 0, 1], 0).into()).expect("the folder");
    let key = std::fs::read(config.tokens.private_key.expect("a development folder"));
    let (issuer, audience) = (&config.tokens.issuer, &config.tokens.audience);
    let issuer = Issuer::new(issuer, audience, &key.expect("a key")).expect("a key");
    let principal = Principal {
        office: Office::SupportCenter,
        agency: "support-center-isogo".into(),
        staff: staff.to_owned(),
        roles: Vec::new(),
    };
    let now = SystemClock.now();
    issuer.issue(&principal, now, now + SignedDuration::from_hours(1))
}

/// None when the connection broke before the whole answer was there.
async fn ask(http: SocketAddr, token: &str, query: &str, id: &str) -> Option<Value> {
    let request = reqwest::Client::new()
        .post(format!("http://{http}/graphql"))
        .bearer_auth(token)
        .json(&json!({ "query": query, "variables": { "id": id } }));
    request.send().await.ok()?.json().await.ok()
}

/// A case of which the support center sees something.
async fn some_case(http: SocketAddr, token: &str) -> String {
    let answer = ask(http, token, WORK, "").await.expect("it answers");
    let edges = answer["data"]["workList"]["edges"].as_array().expect("a list");
    let mut cases = edges.iter().filter_map(|edge| edge["node"]["case"]["id"].as_str());
    cases.next().expect("something waits in a case").to_owned()
}

/// How many answers each reader got until the process was gone.
async fn read_until_killed(mut up: Up, data: &Path, round: usize) -> Vec<(String, usize)> {
    let case = some_case(up.http, &token(data, "staff-of-the-test")).await;
    let (arrived, enough) = (Arc::new(AtomicUsize::new(0)), Arc::new(Notify::new()));
    let mut reading = JoinSet::new();
    for reader in 0..READERS {
        let staff = format!("reader-{round}-{reader}");
        let (token, case, http) = (token(data, &staff), case.clone(), up.http);
        let (arrived, enough) = (arrived.clone(), enough.clone());
        reading.spawn(async move {
            let mut answers = 0;
            while let Some(answer) = ask(http, &token, TIMELINE, &case).await {
                let entries = answer["data"]["case"]["timeline"]["edges"].as_array();
                assert!(entries.is_some_and(|entries| !entries.is_empty()), "{answer}");
                answers += 1;
                if arrived.fetch_add(1, Ordering::SeqCst) + 1 == ANSWERS {
                    enough.notify_one();
                }
            }
            (staff, answers)
        });
    }
    timeout(Duration::from_secs(60), enough.notified()).await.expect("answers arrive");
    // As a power cut would, in the middle of whatever is under way.
    up.process.kill().expect("it is killed");
    up.process.wait().expect("it is gone");
    reading.join_all().await
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_was_received_is_on_record() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    for round in 0..ROUNDS {
        let answers = read_until_killed(Up::on(&data), &data, round).await;
        let url = format!("sqlite:{}", data.join("reads.sqlite").display());
        let reads = EventLog::open(&url).await.expect("the record outlives the process");
        let head = u32::try_from(reads.head().await.expect("a head")).expect("a short record");
        let stored = reads.read(0, head).await.expect("the record");
        let on_record = |staff: &str| {
            let own = stored.iter().filter(|event| event.staff == staff);
            own.filter(|event| read_recorded(event).is_some_and(|read| read.shown > 0)).count()
        };
        for (staff, received) in answers {
            let recorded = on_record(&staff);
            assert!(recorded >= received, "{staff} received {received}, {recorded} are on record");
            assert!(recorded <= received + 1, "{staff} asks one thing at a time");
        }
        reads.close().await;
    }
}
