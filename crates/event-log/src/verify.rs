//! Recomputes the hash chain of the whole log.
//!
//! It finds what was altered, removed or exchanged inside the log. It cannot see that the end was
//! cut off, nor that somebody with the whole database in hand computed every hash anew: for that
//! compare [`Verified`] with a head that was noted somewhere else.

use crate::error::{LogError, VerifyError};
use crate::event::{NewEvent, StoredEvent};
use crate::hash::{GENESIS, content_hash};
use crate::store::Store;

/// How many events are read at once: few enough that progress is seen, many enough to be quick.
const PAGE_EVENTS: u32 = 1000;

/// A log whose chain holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verified {
    /// The last position that was checked; 0 for an empty log.
    pub head: u64,
    /// The chain hash there: note both down elsewhere, and a later check can be compared.
    pub chain_hash: [u8; 32],
}

/// Checks everything up to the present head; what is appended meanwhile is left for next time.
pub(crate) async fn verify(
    store: &dyn Store,
    mut on_progress: impl FnMut(u64, u64),
) -> Result<Verified, VerifyError> {
    let head = store.head().await?;
    let mut verified = Verified { head: 0, chain_hash: GENESIS };
    while verified.head < head {
        let left = u32::try_from(head - verified.head).unwrap_or(PAGE_EVENTS);
        let page = store.page(verified.head, left.min(PAGE_EVENTS)).await?;
        if page.is_empty() {
            return Err(VerifyError::Missing { position: verified.head + 1 });
        }
        for event in page {
            verified = follow(&verified, event)?;
        }
        on_progress(verified.head, head);
    }
    Ok(verified)
}

fn follow(before: &Verified, event: StoredEvent) -> Result<Verified, VerifyError> {
    let position = before.head + 1;
    if event.position != position {
        return Err(VerifyError::Missing { position });
    }
    if !event.continues(&before.chain_hash) {
        return Err(VerifyError::ChainBroken { position });
    }
    let chain_hash = event.chain_hash;
    check_content(event)?;
    Ok(Verified { head: position, chain_hash })
}

fn check_content(event: StoredEvent) -> Result<(), VerifyError> {
    let StoredEvent { position, content_hash: stored, .. } = event;
    let stream = event.stream;
    let content = NewEvent {
        event_id: event.event_id,
        type_no: event.type_no,
        case_id: event.case_id,
        agency: event.agency,
        staff: event.staff,
        on_behalf_of: event.on_behalf_of,
        correlation_id: event.correlation_id,
        causation_id: event.causation_id,
        occurred_on: event.occurred_on,
        body: event.body,
        sealed: event.sealed,
    };
    if content_hash(&stream, &content) == stored {
        Ok(())
    } else {
        Err(VerifyError::ContentAltered { position })
    }
}

impl VerifyError {
    /// The first bad position, when the log could be read that far.
    #[must_use]
    pub fn position(&self) -> Option<u64> {
        match self {
            Self::Missing { position }
            | Self::ContentAltered { position }
            | Self::ChainBroken { position }
            | Self::Store(LogError::Malformed { position, .. }) => Some(*position),
            Self::Store(_) => None,
        }
    }
}
