//! The binary, as a newcomer runs it: `up`, `token`, a question by GraphQL, a question over gRPC,
//! and an orderly stop; then `log`.

use std::{
    io::{BufRead, BufReader},
    net::SocketAddr,
    os::unix::fs::MetadataExt,
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use serde_json::{Value, json};
use tonic::{Code, transport::Channel};
use tsunagi::DataFolder;

const BINARY: &str = env!("CARGO_BIN_EXE_tsunagi");

struct Up {
    process: Child,
    http: SocketAddr,
    hospital: SocketAddr,
}

impl Up {
    fn on(data: &Path) -> Self {
        let mut process = Command::new(BINARY)
            .args(["up", "--http", "127.0.0.1:0", "--grpc-port", "0", "--data"])
            .arg(data)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        let lines = BufReader::new(process.stdout.take().expect("piped")).lines();
        let lines: Vec<_> =
            lines.map_while(Result::ok).take_while(|line| !line.contains("Stop")).collect();
        let http = lines.iter().find_map(|line| line.split("http://").nth(1)).expect("announced");
        let hospital = lines.iter().find(|line| line.ends_with("hospital")).expect("announced");
        let hospital = hospital.split_whitespace().nth(1).expect("an address");
        Self {
            http: http.trim_end_matches('/').parse().expect("an address"),
            hospital: hospital.parse().expect("an address"),
            process,
        }
    }

    fn stop(mut self) {
        let pid = self.process.id().to_string();
        let told = Command::new("kill").args(["-TERM", &pid]).status().expect("kill runs");
        assert!(told.success());
        assert!(self.process.wait().expect("it ends").success(), "it stops in order");
    }
}

fn run(arguments: &[&str], data: &Path) -> String {
    let output = Command::new(BINARY).args(arguments).arg("--data").arg(data).output();
    let output = output.expect("the binary runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("it prints text").trim().to_owned()
}

async fn ask(up: &Up, token: &str, query: &str) -> Value {
    let request = reqwest::Client::new()
        .post(format!("http://{}/graphql", up.http))
        .bearer_auth(token)
        .json(&json!({ "query": query }));
    request.send().await.expect("it answers").json().await.expect("in JSON")
}

#[tokio::test]
async fn a_newcomer_runs_it_asks_it_and_stops_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let up = Up::on(&data);

    let token = run(&["token", "--demo", "support-center"], &data);
    let answer = ask(
        &up,
        &token,
        "{ viewer { office agency { id } } workList { edges { node { reason } } } }",
    )
    .await;
    assert_eq!(answer["data"]["viewer"]["agency"]["id"], "support-center-isogo", "{answer}");
    let waiting = answer["data"]["workList"]["edges"].as_array().map_or(0, Vec::len);
    assert!(waiting >= 3, "the demonstration gives the support center something to do: {answer}");

    let token = run(&["token", "--demo", "municipality"], &data);
    let outcomes = "{ dischargeOutcomes(fiscalYear: 2025) { discharges } }";
    let answer = ask(&up, &token, outcomes).await;
    assert_eq!(answer["data"]["dischargeOutcomes"]["discharges"], 1, "{answer}");

    let channel = Channel::from_shared(format!("http://{}", up.hospital)).expect("an address");
    let channel = channel.connect().await.expect("the hospital listens");
    let mut hospital =
        contracts::hospital::hospital_service_client::HospitalServiceClient::new(channel);
    let refused = hospital.submit_referral(contracts::hospital::SubmitReferralRequest::default());
    let status = refused.await.map(|_| ()).expect_err("no token, no referral");
    assert_eq!(status.code(), Code::Unauthenticated);

    up.stop();
    let verified = run(&["log", "verify"], &data);
    assert!(verified.contains("the chain holds"), "{verified}");
    assert!(verified.contains("signed heads that agree: 1"), "{verified}");
    assert!(run(&["log", "verify", "--reads"], &data).contains("the chain holds"));
    assert!(run(&["log", "sign-head"], &data).contains("as far as the log"));
    let events = run(&["log", "export"], &data).lines().count();
    assert!(verified.starts_with(&format!("{events} events")), "{verified}");
    assert!(run(&["log", "stats"], &data).contains("ReferralSubmitted"));
    assert!(run(&["log", "tail", "--last", "3"], &data).lines().count() == 3);
}

#[test]
fn the_read_model_is_rebuilt_by_hand_and_by_a_signal() {
    let folder = tempfile::tempdir().unwrap();
    let up = Up::on(folder.path());
    let rebuild = ["read-model", "rebuild"];
    let output = Command::new(BINARY).args(rebuild).arg("--data").arg(folder.path()).output();
    let output = output.unwrap();
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("is in use"));
    up.stop();
    let told = run(&rebuild, folder.path());
    assert!(told.ends_with("0 persons parked") && !told.starts_with("0 events"), "{told}");

    let config = DataFolder::at(folder.path()).config(([127, 0, 0, 1], 0).into()).unwrap();
    let path = folder.path().join("gateway.toml");
    std::fs::write(&path, toml::to_string(&config).unwrap()).unwrap();
    let mut gateway = Command::new(BINARY)
        .args(["serve", "gateway", "--config"])
        .arg(&path)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(gateway.stdout.take().unwrap()).lines().map_while(Result::ok);
    assert!(lines.any(|line| line.contains("listens on")));
    let pid = gateway.id().to_string();
    let tell = |signal: &str| Command::new("kill").args([signal, &pid]).status().unwrap();
    let model = folder.path().join("read-model.sqlite");
    let file = || std::fs::metadata(&model).unwrap().ino();
    let before = file();
    assert!(tell("-HUP").success());
    for _ in 0..400 {
        if file() != before {
            break;
        }
        // A file system tells nobody that a name has come to stand for another file.
        std::thread::sleep(Duration::from_millis(25));
    }
    assert_ne!(file(), before);
    assert!(tell("-TERM").success());
    assert!(gateway.wait().unwrap().success(), "it stops in order");
}

#[test]
fn init_makes_a_folder_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    run(&["init"], &data);
    assert!(run(&["log", "tail"], &data).contains("AgencyRegistered"));
    let again = Command::new(BINARY).arg("init").arg("--data").arg(&data).output();
    assert!(!again.expect("the binary runs").status.success(), "a log is founded once");
}
