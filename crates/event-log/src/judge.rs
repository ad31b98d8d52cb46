//! Judges the requests of one batch in memory, in order, each on its own.
//!
//! This is the only place that knows what may be appended. It runs under the lock of the log, so
//! what it sees is true until the commit; it does no input or output and cannot fail half-way. A
//! refused request leaves no trace here: no position, no version, no number.

use std::collections::HashMap;

use uuid::Uuid;

use crate::append::{Append, Appended, KnownRequest, Prepared, StreamWrite, UnlessChanged};
use crate::error::AppendError;
use crate::event::{NewEvent, StreamKey};
use crate::hash::{Link, chain_hash};
use crate::store::{EventRow, RequestRow, Rows, StreamRow, StreamState, Tail};

/// The log as far as this batch is concerned, moving on with every accepted request.
pub(crate) struct Ledger<'a> {
    tail: Tail,
    streams: HashMap<&'a StreamKey, StreamState>,
    requests: HashMap<(&'a str, Uuid), KnownRequest>,
    rows: Rows<'a>,
}

impl<'a> Ledger<'a> {
    /// A ledger at `tail`. It must be told of every stream and request that the batch names and
    /// that exists: what it has not heard of, it takes for new.
    pub(crate) fn new(
        tail: Tail,
        streams: HashMap<&'a StreamKey, StreamState>,
        requests: HashMap<(&'a str, Uuid), KnownRequest>,
    ) -> Self {
        Self { tail, streams, requests, rows: Rows::default() }
    }

    /// The end of the log once the batch is committed.
    pub(crate) fn tail(&self) -> Tail {
        self.tail
    }

    /// Where the streams of the batch stand then, those among them that exist.
    pub(crate) fn streams(&self) -> impl Iterator<Item = (&'a StreamKey, StreamState)> {
        self.streams.iter().map(|(stream, state)| (*stream, *state))
    }

    pub(crate) fn rows(&self) -> &Rows<'a> {
        &self.rows
    }

    /// Accepts the request or says why not. A condition that nothing changed comes before the
    /// versions: a caller retries a conflict by itself, but a change is for a person to look at.
    pub(crate) fn judge(&mut self, request: &'a Prepared) -> Result<Appended, AppendError> {
        let append = &request.append;
        if let Some(known) = self.requests.get(&request_key(append)) {
            return replay(known, append);
        }
        if let Some(condition) = &append.unless_changed {
            self.check_unchanged(condition)?;
        }
        self.check_versions(&append.writes)?;
        Ok(self.record(request))
    }

    fn check_unchanged(&self, condition: &UnlessChanged) -> Result<(), AppendError> {
        let changed = |stream: &&StreamKey| {
            self.streams.get(*stream).is_some_and(|state| state.position > condition.after)
        };
        match condition.streams.iter().find(changed) {
            Some(stream) => Err(AppendError::Changed { stream: stream.clone() }),
            None => Ok(()),
        }
    }

    fn check_versions(&self, writes: &'a [StreamWrite]) -> Result<(), AppendError> {
        let mut versions = HashMap::new();
        for write in writes {
            let before = self.streams.get(&write.stream).map_or(0, |state| state.version);
            let version = versions.entry(&write.stream).or_insert(before);
            if !write.expected.holds(*version) {
                let stream = write.stream.clone();
                return Err(AppendError::Conflict { stream, actual_version: *version });
            }
            *version += write.events.len() as u64;
        }
        Ok(())
    }

    fn record(&mut self, request: &'a Prepared) -> Appended {
        let append = &request.append;
        let first_position = self.tail.position + 1;
        self.tail.request_no += 1;
        self.tail.recorded_at = self.tail.recorded_at.max(append.recorded_at.as_microsecond());
        let mut hashes = request.content_hashes.iter();
        for write in &append.writes {
            for (event, content_hash) in write.events.iter().zip(hashes.by_ref()) {
                self.record_event(&write.stream, event, *content_hash);
            }
        }
        self.record_request(append, first_position)
    }

    fn record_request(&mut self, append: &'a Append, first_position: u64) -> Appended {
        let last_position = self.tail.position;
        let request_no = self.tail.request_no;
        self.rows.requests.push(RequestRow { request_no, append, first_position, last_position });
        let known = KnownRequest { digest: append.digest, first_position, last_position };
        self.requests.insert(request_key(append), known);
        Appended { first_position, last_position, replayed: false }
    }

    fn record_event(&mut self, stream: &'a StreamKey, event: &'a NewEvent, content_hash: [u8; 32]) {
        let position = self.tail.position + 1;
        let recorded_at = self.tail.recorded_at;
        let state = self.stream_moves_to(stream, position);
        let link = Link { position, version: state.version, recorded_at, content_hash };
        self.tail.chain_hash = chain_hash(&self.tail.chain_hash, &link);
        self.tail.position = position;
        self.rows.events.push(EventRow {
            position,
            stream_no: state.stream_no,
            version: state.version,
            request_no: self.tail.request_no,
            category: &stream.category,
            recorded_at,
            event,
            content_hash,
            chain_hash: self.tail.chain_hash,
        });
    }

    fn stream_moves_to(&mut self, stream: &'a StreamKey, position: u64) -> StreamState {
        let state = self.streams.entry(stream).or_insert_with(|| {
            self.tail.stream_no += 1;
            let stream_no = self.tail.stream_no;
            self.rows.streams.push(StreamRow { stream_no, stream });
            StreamState { stream_no, version: 0, position: 0 }
        });
        state.version += 1;
        state.position = position;
        *state
    }
}

/// Under which name a request is remembered.
pub(crate) fn request_key(append: &Append) -> (&str, Uuid) {
    (&append.producer, append.request_id)
}

/// A known request changes nothing, whatever the state of its streams is by now.
fn replay(known: &KnownRequest, append: &Append) -> Result<Appended, AppendError> {
    if known.digest != append.digest {
        return Err(AppendError::RequestReused);
    }
    let KnownRequest { first_position, last_position, .. } = *known;
    Ok(Appended { first_position, last_position, replayed: true })
}
