//! What the writer knows by heart: where streams stand, and which requests are surely new.
//!
//! It is exact at one tail of the log. When the lock is taken and the log's tail is that tail, nobody
//! else has written since, and nothing needs to be asked. When others have, what they wrote is read
//! first, unless it is too much: then the memory says *I cannot know*, and the database is asked.

use std::collections::{HashMap, HashSet};
use std::error::Error;
use std::hash::Hash;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use tokio::sync::Notify;
use tracing::warn;
use uuid::Uuid;

use crate::append::Append;
use crate::error::LogError;
use crate::event::StreamKey;
use crate::judge::{Ledger, request_key};
use crate::queue::Job;
use crate::request_filter::RequestFilter;
use crate::store::{Store, StreamState, Tail, WriteConnection};

/// How much of what others wrote is read under the lock, which must not be held for long. More
/// request ids than that are learned beside the writer, page by page.
const CATCH_UP_MAX: u32 = 4096;

/// At some 200 bytes a stream, 20 MB.
const STREAMS_MAX: usize = 100_000;

/// The writer's memory; `requests` is looked at by others too.
pub(crate) struct Memory {
    tail: Tail,
    streams: Streams,
    requests: Arc<Requests>,
}

/// The filter of request ids, shared with whoever wants to know before queueing.
pub(crate) struct Requests {
    filter: RwLock<RequestFilter>,
    /// Whether it reached the log's tail when the writer last looked.
    is_whole: AtomicBool,
    /// There is more to be learned than should be under the lock.
    far_behind: Notify,
}

impl Memory {
    pub(crate) fn new(requests: Arc<Requests>) -> Self {
        Self { tail: Tail::GENESIS, streams: Streams::default(), requests }
    }

    /// Under the lock: takes in what others have written.
    pub(crate) async fn catch_up(
        &mut self,
        connection: &mut dyn WriteConnection,
        tail: &Tail,
    ) -> Result<(), LogError> {
        if !tail.is(&self.tail) {
            self.learn_streams(connection, tail).await?;
        }
        let covers = self.requests.read().covers();
        if covers + u64::from(CATCH_UP_MAX) < tail.request_no {
            self.requests.far_behind.notify_one();
        } else if covers < tail.request_no {
            self.requests.learn_page(connection).await?;
        }
        self.tail = *tail;
        self.requests.note_tail(tail);
        Ok(())
    }

    async fn learn_streams(
        &mut self,
        connection: &mut dyn WriteConnection,
        tail: &Tail,
    ) -> Result<(), LogError> {
        let since = self.tail.position;
        if since == 0 {
            return Ok(());
        }
        let is_near = tail.position.saturating_sub(since) <= u64::from(CATCH_UP_MAX);
        let limit = if is_near { CATCH_UP_MAX + 1 } else { 1 };
        let mut moves = connection.moves_from(since, limit).await?.into_iter();
        // The first is the event at our own tail. If it is another, the log was exchanged.
        if moves.next().is_none_or(|own| own.chain_hash != self.tail.chain_hash) {
            *self.requests.write() = RequestFilter::new();
            self.streams.clear();
        } else if is_near {
            for moved in moves {
                self.streams.insert(moved.stream, moved.state);
            }
        } else {
            self.streams.clear();
        }
        Ok(())
    }

    /// The tail at which it is exact.
    pub(crate) fn tail(&self) -> &Tail {
        &self.tail
    }

    /// What a batch needs to know, if all of that is known; then it is exact at `tail`.
    pub(crate) fn ledger<'b>(&mut self, batch: &'b [Job]) -> Option<Ledger<'b>> {
        let recalled = self.recall(batch);
        let is_sure = recalled.unsure_streams.is_empty() && recalled.unsure_requests.is_empty();
        is_sure.then(|| Ledger::new(self.tail, recalled.streams, HashMap::new()))
    }

    /// What is known of the streams and requests of a batch, and what has to be asked.
    pub(crate) fn recall<'b>(&mut self, batch: &'b [Job]) -> Recalled<'b> {
        let mut recalled = Recalled::default();
        for stream in distinct(appends(batch).flat_map(streams_of)) {
            match self.streams.get(stream) {
                Some(state) => _ = recalled.streams.insert(stream, state),
                None => recalled.unsure_streams.push(stream),
            }
        }
        let filter = self.requests.read();
        let is_whole = filter.covers() == self.tail.request_no;
        let is_surely_new =
            |(producer, id): &(&str, Uuid)| is_whole && !filter.may_hold(producer, *id);
        let requests = appends(batch).map(request_key);
        recalled.unsure_requests = distinct(requests.filter(|request| !is_surely_new(request)));
        recalled
    }

    /// After the commit: the log moved from the tail that is known to this one.
    pub(crate) fn moved<'r>(
        &mut self,
        tail: Tail,
        streams: impl Iterator<Item = (&'r StreamKey, StreamState)>,
        requests: impl Iterator<Item = (&'r str, Uuid)>,
    ) {
        for (stream, state) in streams {
            self.streams.update(stream, state);
        }
        let mut filter = self.requests.write();
        if filter.covers() == self.tail.request_no {
            for (producer, request_id) in requests {
                filter.insert(producer, request_id);
            }
        }
        drop(filter);
        self.tail = tail;
        // Also here: learning may have come to its end since the lock was taken last, and from then
        // on memory vouches for every batch and the lock is not taken any more.
        self.requests.note_tail(&tail);
    }
}

/// What the memory has to say about a batch.
#[derive(Default)]
pub(crate) struct Recalled<'b> {
    pub(crate) streams: HashMap<&'b StreamKey, StreamState>,
    /// They may exist or not: the database knows.
    pub(crate) unsure_streams: Vec<&'b StreamKey>,
    /// They may be known or not.
    pub(crate) unsure_requests: Vec<(&'b str, Uuid)>,
}

fn appends(batch: &[Job]) -> impl Iterator<Item = &Append> {
    batch.iter().map(|job| &job.request.append)
}

fn streams_of(append: &Append) -> impl Iterator<Item = &StreamKey> {
    let watched = append.unless_changed.iter().flat_map(|condition| &condition.streams);
    append.writes.iter().map(|write| &write.stream).chain(watched)
}

fn distinct<T: Copy + Eq + Hash>(all: impl Iterator<Item = T>) -> Vec<T> {
    let mut seen = HashSet::new();
    all.filter(|&one| seen.insert(one)).collect()
}

impl Requests {
    pub(crate) fn new() -> Self {
        let (filter, is_whole) = (RwLock::new(RequestFilter::new()), AtomicBool::new(false));
        Self { filter, is_whole, far_behind: Notify::new() }
    }

    /// Learns the log's requests beside the writer, now and whenever it finds that it is far
    /// behind: what is committed never changes, so it can be read at leisure and nobody waits.
    pub(crate) async fn learn(&self, store: &dyn Store) {
        loop {
            if let Err(error) = self.learn_all(store).await {
                let cause: &(dyn Error + 'static) = &error;
                warn!(error = cause, "request ids could not be learned; they are looked up");
            }
            self.far_behind.notified().await;
        }
    }

    async fn learn_all(&self, store: &dyn Store) -> Result<(), LogError> {
        let mut connection = store.connect_writer().await?;
        while self.learn_page(&mut *connection).await? == CATCH_UP_MAX as usize {}
        Ok(())
    }

    /// Takes in the next requests that the log holds, and says how many.
    async fn learn_page(&self, connection: &mut dyn WriteConnection) -> Result<usize, LogError> {
        let covers = self.read().covers();
        let found = connection.requests_after(covers, CATCH_UP_MAX).await?;
        let mut filter = self.write();
        let mut learned = 0;
        for (request_no, producer, request_id) in found {
            // Numbers are dense; after a hole, what is beyond it stays unknown and is looked up.
            if request_no == filter.covers() + 1 {
                filter.insert(&producer, request_id);
                learned += 1;
            }
        }
        Ok(learned)
    }

    /// False: of all requests up to the last tail that the writer saw, none is this one.
    pub(crate) fn may_hold(&self, producer: &str, request_id: Uuid) -> bool {
        !self.is_whole.load(Ordering::Acquire) || self.read().may_hold(producer, request_id)
    }

    fn note_tail(&self, tail: &Tail) {
        let is_whole = self.read().covers() == tail.request_no;
        self.is_whole.store(is_whole, Ordering::Release);
    }

    // A panic under the lock leaves a filter that knows less than it says; but nothing that is
    // done under it can panic.
    fn read(&self) -> RwLockReadGuard<'_, RequestFilter> {
        self.filter.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, RequestFilter> {
        self.filter.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The streams used last, in two generations: when the young one is full it becomes the old one,
/// and what was not asked for since is dropped with the old.
#[derive(Default)]
struct Streams {
    young: HashMap<StreamKey, StreamState>,
    old: HashMap<StreamKey, StreamState>,
}

impl Streams {
    fn get(&mut self, stream: &StreamKey) -> Option<StreamState> {
        if let Some(state) = self.young.get(stream) {
            return Some(*state);
        }
        let (stream, state) = self.old.remove_entry(stream)?;
        self.insert(stream, state);
        Some(state)
    }

    fn update(&mut self, stream: &StreamKey, state: StreamState) {
        match self.young.get_mut(stream) {
            Some(known) => *known = state,
            None => self.insert(stream.clone(), state),
        }
    }

    fn insert(&mut self, stream: StreamKey, state: StreamState) {
        self.old.remove(&stream);
        self.young.insert(stream, state);
        if self.young.len() >= STREAMS_MAX / 2 {
            self.old = std::mem::take(&mut self.young);
        }
    }

    fn clear(&mut self) {
        *self = Self::default();
    }
}
