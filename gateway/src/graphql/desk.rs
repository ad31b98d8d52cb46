//! What every resolver works with.

use std::sync::Arc;

use access::{Agencies, Clock, Disclosure, Door, Opened, PositionCipher, SealedEvent};
use async_graphql::Error;
use casework::{AgencyRegister, PersonId, Seen, today};
use jiff::civil::Date;
use read_models::{ReadModel, SeenEvent};

use super::{Caller, WorkCursors, amended, codes};
use crate::directory::Directory;

/// A refusal names what was asked for. More than an id would have is not kept.
const REQUESTED_CHARS_MAX: usize = 64;

/// The read model, the register, and the one door through which sealed parts are opened.
pub(crate) struct Desk {
    pub(crate) reads: ReadModel,
    pub(crate) directory: Directory,
    pub(crate) disclosure: Disclosure,
    pub(crate) agencies: Agencies,
    pub(crate) positions: PositionCipher,
    pub(crate) work_cursors: WorkCursors,
    pub(crate) clock: Arc<dyn Clock>,
}

impl Desk {
    pub(crate) async fn register(&self) -> Result<Arc<AgencyRegister>, Error> {
        self.agencies.current().await.map_err(|failure| codes::of_log(&failure))
    }

    pub(crate) fn today(&self) -> Date {
        today(self.clock.now())
    }

    /// Records that these events are shown, and opens those that the reader sees whole; with
    /// `content` false none, because no content was asked for.
    pub(crate) async fn show(
        &self,
        caller: &Caller,
        person: &PersonId,
        events: &[&SeenEvent],
        content: bool,
    ) -> Result<Vec<Opened>, Error> {
        self.show_through(caller.door, caller, person, events, content).await
    }

    /// The same, by another way than the one by which the caller came in.
    pub(crate) async fn show_through(
        &self,
        door: Door,
        caller: &Caller,
        person: &PersonId,
        events: &[&SeenEvent],
        content: bool,
    ) -> Result<Vec<Opened>, Error> {
        let sealed = to_open(events, content);
        let reader = &caller.principal;
        let opened = self.disclosure.open(reader, door, person, events.len(), &sealed).await;
        let opened = opened.map_err(|failure| codes::of_disclosure(&failure))?;
        let own = |(event, opened): (&&SeenEvent, Opened)| {
            if event.is_corrected() { amended::replacement_in(opened) } else { opened }
        };
        Ok(events.iter().zip(opened).map(own).collect())
    }

    /// The same for what lies in no person's stream. Where nothing is sealed there is nothing to
    /// put on record.
    pub(crate) async fn show_records(
        &self,
        caller: &Caller,
        events: &[&SeenEvent],
        content: bool,
    ) -> Result<Vec<Opened>, Error> {
        let sealed = to_open(events, content);
        if sealed.iter().all(|event| event.sealed.is_empty()) {
            return Ok(vec![Opened::Nothing; events.len()]);
        }
        let (reader, door) = (&caller.principal, caller.door);
        let opened = self.disclosure.open(reader, door, None, events.len(), &sealed).await;
        opened.map_err(|failure| codes::of_disclosure(&failure))
    }

    /// The register with everything up to this position, if one is named.
    pub(crate) async fn register_after(
        &self,
        min_position: Option<u64>,
    ) -> Result<Arc<AgencyRegister>, Error> {
        if min_position.is_none() {
            return self.register().await;
        }
        self.agencies.fresh().await.map_err(|failure| codes::of_log(&failure))
    }

    /// Records that there was nothing to show, be it absent or hidden.
    pub(crate) async fn refuse(&self, caller: &Caller, requested: &str) -> Result<(), Error> {
        let requested: String = requested.chars().take(REQUESTED_CHARS_MAX).collect();
        let refused = self.disclosure.refuse(&caller.principal, caller.door, &requested).await;
        refused.map_err(|failure| codes::of_disclosure(&failure))
    }

    /// A position that a reader was given by the house.
    pub(crate) fn position(&self, word: &str) -> Result<u64, Error> {
        let position = self.positions.reveal(word);
        position.ok_or_else(|| {
            codes::error(codes::BAD_USER_INPUT, "this is not a position or cursor of the house")
        })
    }
}

/// The sealed parts of the events that the reader sees whole; of others nothing.
fn to_open(events: &[&SeenEvent], content: bool) -> Vec<SealedEvent> {
    let sealed = events.iter().map(|event| {
        let opens = content && event.seen == Seen::Full;
        let sealed = if opens { event.sealed.sealed.clone() } else { Vec::new() };
        SealedEvent { sealed, ..event.sealed.clone() }
    });
    sealed.collect()
}
