//! The provider, as a process of its own.

use std::process::Stdio;

use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt, BufReader, Lines},
    process::{Child, ChildStdout, Command},
};

/// What its page says.
pub const WORDS: &str = "Who are you?";

pub struct Others {
    pub issuer: String,
    client: String,
    process: Child,
    // What it says later must go somewhere.
    _output: Lines<BufReader<ChildStdout>>,
}

impl Others {
    /// With one client, as OpenID Connect Dynamic Client Registration 1.0 describes clients.
    pub async fn start(client: &Value) -> Self {
        Self::start_at("0", "key-1", client.to_string()).await
    }

    /// The same provider from now on signs with another key, of another name.
    pub async fn change_key(&mut self) {
        self.kill().await;
        let (_, port) = self.issuer.rsplit_once(':').expect("a port");
        *self = Self::start_at(port, "key-2", self.client.clone()).await;
    }

    async fn start_at(port: &str, kid: &str, client: String) -> Self {
        let script = std::env::var_os("TSUNAGI_TEST_OIDC");
        let script = script.expect("set TSUNAGI_TEST_OIDC or run `cargo xtask test`");
        let mut process = Command::new("node")
            .arg(script)
            .args([client.as_str(), port, kid])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("node is there");
        let output = process.stdout.take().expect("its output");
        let mut lines = BufReader::new(output).lines();
        let issuer = lines.next_line().await.expect("it is read").expect("it says who it is");
        Self { issuer, client, process, _output: lines }
    }

    pub async fn kill(&mut self) {
        self.process.kill().await.expect("it ran until now");
    }
}
