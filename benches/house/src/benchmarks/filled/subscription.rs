//! A reader at the hospital: queries, and subscriptions over server-sent events.

use std::{net::SocketAddr, time::Instant};

use anyhow::{Context, Result, bail, ensure};
use contracts::Office;
use reqwest::{Client, Response};
use serde_json::{Value, json};

use crate::fill::{Filed, HOSPITAL};
use crate::filled_town::FilledTown;

/// What somebody who watches a case wants to see of what comes.
const WATCH: &str = "subscription($id: ID!) { timelineAppended(caseId: $id) { position label
    agency { name } fields { label value } } }";

/// Somebody of the hospital, before the gateway.
#[derive(Clone)]
pub struct Reader {
    client: Client,
    address: String,
    token: String,
}

impl Reader {
    /// One of this town.
    pub fn of(town: &FilledTown) -> Result<Self> {
        Ok(Self::at(town, town.town.address("gateway")?))
    }

    /// One before a gateway of this town at an address.
    pub fn at(town: &FilledTown, gateway: SocketAddr) -> Self {
        let address = format!("http://{gateway}/graphql");
        let token = town.town.token(Office::Hospital, HOSPITAL);
        Self { client: Client::new(), address, token }
    }

    /// The answer to a query.
    pub async fn ask(&self, query: &str, variables: &Value) -> Result<Value> {
        let request = self.client.post(&self.address).bearer_auth(&self.token);
        let request = request.json(&json!({ "query": query, "variables": variables }));
        Ok(request.send().await?.json().await?)
    }

    /// Watches a case from behind an entry on. Without one, a subscription begins somewhere after
    /// the answer to its request, and nobody outside could tell what it is bound to show.
    pub async fn watch(&self, filed: &Filed, behind: &str) -> Result<Watch> {
        let request = self.client.post(&self.address).bearer_auth(&self.token);
        let variables = json!({ "id": filed.case.to_string() });
        let request = request
            .header("accept", "text/event-stream")
            .header("last-event-id", behind)
            .json(&json!({ "query": WATCH, "variables": variables }));
        let stream = request.send().await?;
        ensure!(stream.status().is_success(), "the stream is refused: {}", stream.status());
        Ok(Watch { stream, unread: Vec::new() })
    }
}

/// An open subscription.
pub struct Watch {
    stream: Response,
    /// What came and is not a whole line yet.
    unread: Vec<u8>,
}

impl Watch {
    /// The position of the next entry, and when it came.
    pub async fn next(&mut self) -> Result<(String, Instant)> {
        loop {
            while let Some(end) = self.unread.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = self.unread.drain(..=end).collect();
                let data = line.strip_prefix(b"data:").filter(|data| data.trim_ascii() != b"");
                if let Some(data) = data {
                    return Ok((position(data)?, Instant::now()));
                }
            }
            match self.stream.chunk().await? {
                Some(chunk) => self.unread.extend_from_slice(&chunk),
                None => bail!("the gateway ends a subscription"),
            }
        }
    }
}

fn position(data: &[u8]) -> Result<String> {
    let data: Value = serde_json::from_slice(data)?;
    let entry = &data["data"]["timelineAppended"];
    let seen = entry["fields"].as_array().is_some_and(|fields| !fields.is_empty());
    ensure!(seen, "an entry without its contents came: {}", data["errors"]);
    entry["position"].as_str().map(str::to_owned).context("an entry has a position")
}
