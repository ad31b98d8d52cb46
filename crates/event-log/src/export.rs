//! The exported form of an event: one line of JSON with all that both hashes are made of, so that
//! somebody with other tools can recompute them (`docs/verify.py` does).
//!
//! Numbers are numbers, times microseconds since 1970, a day is `2026-04-01`; ids, bodies and
//! hashes are bytes in hexadecimal. What is sealed stays sealed.

use serde::Serialize;
use uuid::Uuid;

use crate::event::StoredEvent;

#[derive(Serialize)]
struct Line<'a> {
    position: u64,
    version: u64,
    recorded_at: i64,
    #[serde(flatten)]
    content: Content<'a>,
    chain_hash: String,
}

/// What the content hash of an event is made of, and the hash. It does not tell where in its stream
/// the event lies.
#[derive(Serialize)]
struct Content<'a> {
    category: &'a str,
    key: &'a str,
    type_no: u32,
    event_id: String,
    case_id: Option<String>,
    agency: &'a str,
    staff: &'a str,
    on_behalf_of: Option<&'a str>,
    correlation_id: String,
    causation_id: Option<String>,
    occurred_on: String,
    body: String,
    sealed: String,
    content_hash: String,
}

impl StoredEvent {
    /// The exported form, with its line feed.
    #[must_use]
    pub fn to_export_line(&self) -> String {
        let line = Line {
            position: self.position,
            version: self.version,
            recorded_at: self.recorded_at.as_microsecond(),
            content: self.content(),
            chain_hash: hex::encode(self.chain_hash),
        };
        let mut line = serde_json::to_string(&line).unwrap_or_default();
        line.push('\n');
        line
    }

    /// What the content hash is made of, in the exported form, and the hash: so that who was given
    /// the event can show that it lies in the log, and learns nothing of others.
    #[must_use]
    pub fn to_content_proof(&self) -> serde_json::Value {
        serde_json::to_value(self.content()).unwrap_or_default()
    }

    fn content(&self) -> Content<'_> {
        Content {
            category: &self.stream.category,
            key: &self.stream.key,
            type_no: self.type_no,
            event_id: id(&self.event_id),
            case_id: self.case_id.as_ref().map(id),
            agency: &self.agency,
            staff: &self.staff,
            on_behalf_of: self.on_behalf_of.as_deref(),
            correlation_id: id(&self.correlation_id),
            causation_id: self.causation_id.as_ref().map(id),
            occurred_on: self.occurred_on.to_string(),
            body: hex::encode(&self.body),
            sealed: hex::encode(&self.sealed),
            content_hash: hex::encode(self.content_hash),
        }
    }
}

fn id(id: &Uuid) -> String {
    id.simple().to_string()
}
