//! Production's shape: a process per office and one for the gateway, by configuration files, on one
//! PostgreSQL.

use std::{
    fs,
    io::{BufRead, BufReader},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use acceptance::{PostgresDatabases, client_token};
use contracts::{
    Office,
    annotations::Office as Kind,
    events::AgencyRegistered,
    hospital::hospital_service_client::HospitalServiceClient,
    municipality::{RegisterAgencyRequest, municipality_service_client::MunicipalityServiceClient},
    office::CommandContext,
};
use serde_json::{Value, json};
use tempfile::TempDir;
use tonic::{Code, Request, transport::Channel};
use tsunagi::{DataFolder, OFFICES};

struct Town {
    folder: TempDir,
    http: SocketAddr,
    offices: Vec<(Office, SocketAddr)>,
    processes: Vec<Child>,
}

impl Drop for Town {
    fn drop(&mut self) {
        for process in &mut self.processes {
            process.kill().ok();
            process.wait().ok();
        }
    }
}

#[tokio::test]
async fn processes_of_their_own_share_one_log() {
    let town = Town::begin().await;
    let hospital = "hospital-of-the-test";
    let before = town.ask_hospital(hospital).await;
    assert_eq!(before, Code::Unauthenticated, "nobody knows this hospital yet");
    town.register(hospital).await;
    // Another process learns of it: the token opens now, and the empty request is at fault.
    assert_eq!(town.ask_until_known(hospital).await, Code::InvalidArgument);
    let answer = town.graphql(hospital, "{ viewer { agency { id name } } }").await;
    assert_eq!(answer["data"]["viewer"]["agency"]["name"], "試験病院（架空）", "{answer}");
    // All processes sign heads into one file.
    assert!(town.look(&["sign-head"]).starts_with("signed position 2"));
    let verified = town.look(&["verify"]);
    assert!(verified.starts_with("2 events, the chain holds"), "{verified}");
    assert!(verified.ends_with("the last at position 2\n"), "{verified}");
    assert_eq!(town.look(&["export"]).lines().count(), 2);
}

impl Town {
    async fn begin() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = DataFolder::at(folder.path());
        data.prepare().unwrap();
        let databases = PostgresDatabases::create().await.unwrap();
        let mut town =
            Self { folder, http: any_port(), offices: Vec::new(), processes: Vec::new() };
        let config = town.config(&data, &databases);
        let begun = Command::new(binary()).arg("init").arg("--config").arg(&config).status();
        assert!(begun.unwrap().success(), "the log begins");
        town.http = town.serve("gateway", &config);
        for office in OFFICES {
            let address = town.serve(contracts::office_name(office), &config);
            town.offices.push((office, address));
        }
        town
    }

    /// One configuration serves all: each process takes a port of its own.
    fn config(&self, data: &DataFolder, databases: &PostgresDatabases) -> PathBuf {
        let mut config = data.config(any_port()).unwrap();
        config.log.url = databases.url("log");
        config.reads.url = databases.url("reads");
        config.vault.url = databases.url("vault");
        let path = self.folder.path().join("tsunagi.toml");
        fs::write(&path, toml::to_string(&config).unwrap()).unwrap();
        path
    }

    /// Starts a process and waits until it says where it listens.
    fn serve(&mut self, what: &str, config: &Path) -> SocketAddr {
        let mut command = Command::new(binary());
        command.args(["serve", what, "--config"]).arg(config).stdout(Stdio::piped());
        let mut process = command.spawn().unwrap();
        let mut said = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut said).unwrap();
        self.processes.push(process);
        said.rsplit(' ').next().unwrap().trim().parse().expect("it says where it listens")
    }

    /// What `tsunagi log` says of this town's log.
    fn look(&self, arguments: &[&str]) -> String {
        let mut command = Command::new(binary());
        command
            .arg("log")
            .args(arguments)
            .arg("--config")
            .arg(self.folder.path().join("tsunagi.toml"));
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    fn address(&self, office: Office) -> SocketAddr {
        self.offices.iter().find(|(known, _)| *known == office).unwrap().1
    }

    fn token(&self, office: Office, agency: &str) -> String {
        client_token(&DataFolder::at(self.folder.path()), office, agency)
    }

    async fn register(&self, agency: &str) {
        let channel = connect(self.address(Office::Municipality)).await;
        let mut municipality = MunicipalityServiceClient::new(channel);
        let request_id = "5b6f0c1e-0f52-4c1c-9a4e-0a4f2a5f7d01".to_owned();
        let mut request = Request::new(RegisterAgencyRequest {
            context: Some(CommandContext { request_id, ..CommandContext::default() }),
            agency: Some(AgencyRegistered {
                agency_id: agency.to_owned(),
                name: "試験病院（架空）".to_owned(),
                kind: Kind::Hospital.into(),
                ..AgencyRegistered::default()
            }),
        });
        let token = self.token(Office::Municipality, "municipality-kakuu");
        request.metadata_mut().insert("authorization", format!("Bearer {token}").parse().unwrap());
        municipality.register_agency(request).await.map(|_| ()).unwrap();
    }

    async fn ask_hospital(&self, agency: &str) -> Code {
        let mut hospital =
            HospitalServiceClient::new(connect(self.address(Office::Hospital)).await);
        let mut request = Request::new(contracts::hospital::SubmitReferralRequest::default());
        let bearer = format!("Bearer {}", self.token(Office::Hospital, agency));
        request.metadata_mut().insert("authorization", bearer.parse().unwrap());
        hospital.submit_referral(request).await.map(|_| ()).unwrap_err().code()
    }

    /// Half a second may pass until a process confirms the register, if no wake-up comes before.
    async fn ask_until_known(&self, agency: &str) -> Code {
        let known = async {
            loop {
                match self.ask_hospital(agency).await {
                    Code::Unauthenticated => {}
                    other => return other,
                }
            }
        };
        tokio::time::timeout(Duration::from_secs(10), known).await.expect("it becomes known")
    }

    async fn graphql(&self, agency: &str, query: &str) -> Value {
        let request = reqwest::Client::new()
            .post(format!("http://{}/graphql", self.http))
            .bearer_auth(self.token(Office::Hospital, agency))
            .json(&json!({ "query": query }));
        request.send().await.unwrap().json().await.unwrap()
    }
}

async fn connect(address: SocketAddr) -> Channel {
    Channel::from_shared(format!("http://{address}")).unwrap().connect().await.unwrap()
}

fn any_port() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 0))
}

/// The binary, which `cargo test --workspace` builds beside the tests.
fn binary() -> PathBuf {
    let tests = std::env::current_exe().unwrap();
    let beside = tests.parent().and_then(Path::parent).unwrap().join("tsunagi");
    assert!(beside.exists(), "build it first: cargo build -p tsunagi");
    beside
}
