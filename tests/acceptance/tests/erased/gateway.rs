//! The real binary beside the house that runs, on the same databases.

use std::{
    fs::File,
    io::{BufRead, BufReader},
    net::SocketAddr,
    path::PathBuf,
    process::{Child, Command, Stdio},
};

use acceptance::{World, any_port, binary_beside_tests, client_token};
use serde_json::{Value, json};
use tsunagi::DataFolder;

use crate::story::{READERS, TIMELINE};

/// A gateway in a process of its own.
pub struct Gateway {
    pub process: Child,
    address: SocketAddr,
    data: DataFolder,
}

impl Gateway {
    /// It says everything there is to say, into a file of the folder.
    pub async fn start(world: &World, name: &str) -> Self {
        let mut process = Command::new(binary_beside_tests().unwrap())
            .args(["serve", "gateway", "--config"])
            .arg(configuration(world, name))
            .env("TSUNAGI_LOG", "trace")
            .stdout(Stdio::piped())
            .stderr(File::create(world.folder().join(format!("{name}.log"))).unwrap())
            .spawn()
            .unwrap();
        let mut said = BufReader::new(process.stdout.take().unwrap());
        let mut line = String::new();
        said.read_line(&mut line).unwrap();
        let address = line.trim().rsplit(' ').next().unwrap().parse().expect("an address");
        let gateway = Self { process, address, data: DataFolder::at(world.folder()) };
        gateway.caught_up().await;
        gateway
    }

    async fn caught_up(&self) {
        let ready = format!("http://{}/readyz", self.address);
        while !reqwest::get(&ready).await.unwrap().status().is_success() {
            tokio::task::yield_now().await;
        }
    }

    pub async fn read_all(&self, case: &str) -> String {
        let mut shown = String::new();
        for (_, office, agency) in READERS {
            let request = reqwest::Client::new()
                .post(format!("http://{}/graphql", self.address))
                .bearer_auth(client_token(&self.data, office, agency))
                .json(&json!({ "query": TIMELINE, "variables": { "id": case } }));
            let answer: Value = request.send().await.unwrap().json().await.unwrap();
            assert!(answer.get("errors").is_none(), "{answer}");
            shown.push_str(&answer.to_string());
        }
        shown
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

/// What `tsunagi log` says of the house's log.
pub fn log_of(world: &World, arguments: &[&str]) -> String {
    let mut command = Command::new(binary_beside_tests().unwrap());
    let command = command.arg("log").args(arguments).arg("--config");
    let output = command.arg(configuration(world, "looking")).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The house's own configuration, with read models and a port of its own.
fn configuration(world: &World, name: &str) -> PathBuf {
    let mut config = world.house.config().clone();
    config.listen = any_port();
    let settings = config.gateway.as_mut().unwrap();
    settings.read_model = world.folder().join(format!("read-model-{name}.sqlite"));
    settings.accesses = Some(world.folder().join(format!("accesses-{name}.sqlite")));
    let path = world.folder().join(format!("{name}.toml"));
    std::fs::write(&path, toml::to_string(&config).unwrap()).unwrap();
    path
}
