//! Recomputes the hash chain of the whole log.
//!
//! It finds what was altered, removed, added or exchanged inside the log. It cannot see that the
//! end was cut off, nor that somebody with the whole database in hand computed every hash anew:
//! for that it compares the log with heads that were signed and kept somewhere else.
//!
//! Pages are read and hashed ahead, each in a task of its own, since an event can be checked
//! against the stored hash of the one before it. Only where two pages meet does it take their
//! order, and the first fault in the order of the log is the answer.

use std::collections::VecDeque;
use std::sync::Arc;

use tokio::task::{JoinError, JoinHandle, spawn_blocking};

use crate::error::{LogError, VerifyError};
use crate::event::StoredEvent;
use crate::hash::{Content, GENESIS};
use crate::heads::Head;
use crate::store::Store;

/// How many events are read at once: few enough that progress is seen, many enough to be quick.
const PAGE_EVENTS: u32 = 4096;

/// Pages under way at once: the reading of one overlaps with the hashing of others. With bodies of
/// 300 bytes, four hold some 8 MiB.
const PAGES_AHEAD: usize = 4;

/// A log whose chain holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verified {
    /// The last position that was checked; 0 for an empty log.
    pub head: u64,
    /// The chain hash there.
    pub chain_hash: [u8; 32],
    /// The last signed position that was compared; 0 when there was none.
    pub signed: u64,
}

/// Checks everything up to the present head; what is appended meanwhile is left for next time.
pub(crate) async fn verify(
    store: &Arc<dyn Store>,
    signed: &[Head],
    on_progress: impl FnMut(u64, u64),
) -> Result<Verified, VerifyError> {
    let signed = Arc::new(Signed::of(signed));
    let head = store.head().await?;
    let (walked, misfit) =
        tokio::join!(walk(store, head, &signed, on_progress), store.requests_misfit());
    let requests = match misfit {
        Ok(None) => Ok(()),
        Ok(Some(position)) => Err(VerifyError::RequestsAltered { position }),
        Err(error) => Err(error.into()),
    };
    match (walked, requests) {
        (Ok(verified), Ok(())) => signed.check_end(verified),
        (Err(fault), Ok(())) | (Ok(_), Err(fault)) => Err(fault),
        (Err(one), Err(other)) => Err(first_of(one, other)),
    }
}

/// A fault without a position (the log could not be read) says less than one that has a position.
fn first_of(walked: VerifyError, requests: VerifyError) -> VerifyError {
    let place = |fault: &VerifyError| fault.position().unwrap_or(u64::MAX);
    if place(&requests) < place(&walked) { requests } else { walked }
}

async fn walk(
    store: &Arc<dyn Store>,
    head: u64,
    signed: &Arc<Signed>,
    mut on_progress: impl FnMut(u64, u64),
) -> Result<Verified, VerifyError> {
    let mut pages = PagesAhead::new(store, head, signed);
    let mut verified = Verified { head: 0, chain_hash: GENESIS, signed: 0 };
    while let Some(page) = pages.next().await? {
        if page.first.as_ref().is_some_and(|first| !first.continues(&verified.chain_hash)) {
            return Err(VerifyError::ChainBroken { position: verified.head + 1 });
        }
        if let Some(fault) = page.fault {
            return Err(fault);
        }
        verified = page.end;
        on_progress(verified.head, head);
    }
    Ok(verified)
}

/// The pages of the log in order, some of them under way before they are asked for.
struct PagesAhead<'a> {
    store: &'a Arc<dyn Store>,
    signed: &'a Arc<Signed>,
    under_way: VecDeque<JoinHandle<Result<Page, LogError>>>,
    begun: u64,
    head: u64,
}

impl<'a> PagesAhead<'a> {
    fn new(store: &'a Arc<dyn Store>, head: u64, signed: &'a Arc<Signed>) -> Self {
        Self { store, signed, under_way: VecDeque::new(), begun: 0, head }
    }

    async fn next(&mut self) -> Result<Option<Page>, LogError> {
        while self.under_way.len() < PAGES_AHEAD && self.begun < self.head {
            let through = self.head.min(self.begun + u64::from(PAGE_EVENTS));
            let page = check_page(self.store.clone(), self.signed.clone(), self.begun, through);
            self.under_way.push_back(tokio::spawn(page));
            self.begun = through;
        }
        match self.under_way.pop_front() {
            Some(page) => page.await.map_err(lost)?.map(Some),
            None => Ok(None),
        }
    }
}

/// Who stops asking, at the first fault or because the caller went away, wants no more pages.
impl Drop for PagesAhead<'_> {
    fn drop(&mut self) {
        self.under_way.iter().for_each(JoinHandle::abort);
    }
}

/// Only a runtime that is shutting down takes a task away.
fn lost(_: JoinError) -> LogError {
    LogError::Closed
}

/// A checked page.
struct Page {
    /// Its first event without its content: whether that continues the page before is still open.
    first: Option<StoredEvent>,
    /// The first fault in it, but for the one in `first`.
    fault: Option<VerifyError>,
    /// How far it is sound.
    end: Verified,
}

/// Reads and checks the events after one position, through another.
async fn check_page(
    store: Arc<dyn Store>,
    signed: Arc<Signed>,
    after: u64,
    through: u64,
) -> Result<Page, LogError> {
    let (events, unreadable) = match store.page(after, length(after, through)).await {
        Err(LogError::Malformed { position, column }) if position > after => {
            // The rows before it were read for nothing; what is wrong with them comes first.
            let events = store.page(after, length(after, position - 1)).await?;
            (events, Some(LogError::Malformed { position, column }))
        }
        read => (read?, None),
    };
    let through = if unreadable.is_some() { after + events.len() as u64 } else { through };
    let check = move || {
        let mut page = check(events, after, through, &signed);
        page.fault = page.fault.or(unreadable.map(VerifyError::Store));
        page
    };
    spawn_blocking(check).await.map_err(lost)
}

fn length(after: u64, through: u64) -> u32 {
    u32::try_from(through - after).unwrap_or(PAGE_EVENTS)
}

fn check(events: Vec<StoredEvent>, after: u64, through: u64, signed: &Signed) -> Page {
    let mut form = Vec::new();
    let mut end = Verified { head: after, chain_hash: GENESIS, signed: signed.last_through(after) };
    let mut fault = None;
    for event in &events {
        match follow(end, event, end.head > after, signed, &mut form) {
            Ok(sound) => end = sound,
            Err(found) => {
                fault = Some(found);
                break;
            }
        }
    }
    if fault.is_none() && end.head < through {
        fault = Some(VerifyError::Missing { position: end.head + 1 });
    }
    let first = events.into_iter().next().filter(|first| first.position == after + 1);
    Page { first, fault, end }
}

/// One step along the log. Where the page begins, the hash before is not known yet.
fn follow(
    before: Verified,
    event: &StoredEvent,
    before_is_known: bool,
    signed: &Signed,
    form: &mut Vec<u8>,
) -> Result<Verified, VerifyError> {
    let position = before.head + 1;
    if event.position != position {
        return Err(VerifyError::Missing { position });
    }
    if before_is_known && !event.continues(&before.chain_hash) {
        return Err(VerifyError::ChainBroken { position });
    }
    if Content::of(event).hash(form) != event.content_hash {
        return Err(VerifyError::ContentAltered { position });
    }
    let chain_hash = event.chain_hash;
    let signed = signed.compare(position, &chain_hash, before.signed)?;
    Ok(Verified { head: position, chain_hash, signed })
}

/// What the log has to hold, in order of position. The first event stands for the log itself, so
/// every head says something about position 1 too.
struct Signed(Vec<(u64, [u8; 32])>);

impl Signed {
    fn of(heads: &[Head]) -> Self {
        let both = |head: &Head| [(1, head.log), (head.position, head.chain_hash)];
        let mut signed: Vec<_> = heads.iter().flat_map(both).collect();
        signed.sort_unstable();
        signed.dedup();
        Self(signed)
    }

    fn from(&self, position: u64) -> &[(u64, [u8; 32])] {
        &self.0[self.0.partition_point(|signed| signed.0 < position)..]
    }

    /// The last signed position up to this one; 0 when there is none.
    fn last_through(&self, position: u64) -> u64 {
        let through = self.0.partition_point(|signed| signed.0 <= position);
        through.checked_sub(1).map_or(0, |last| self.0[last].0)
    }

    /// Answers with the last signed position, which is this one if it was signed.
    fn compare(
        &self,
        position: u64,
        chain_hash: &[u8; 32],
        agreed: u64,
    ) -> Result<u64, VerifyError> {
        let here = self.from(position).iter().take_while(|signed| signed.0 == position);
        here.map(|signed| signed.1 == *chain_hash).try_fold(agreed, |_, agrees| {
            if agrees { Ok(position) } else { Err(VerifyError::NotAsSigned { position, agreed }) }
        })
    }

    fn check_end(&self, verified: Verified) -> Result<Verified, VerifyError> {
        match self.from(verified.head + 1).first() {
            Some((signed, _)) => {
                Err(VerifyError::Truncated { head: verified.head, signed: *signed })
            }
            None => Ok(verified),
        }
    }
}

impl VerifyError {
    /// The first bad position, when the log could be read that far: the first missing one if its
    /// end was cut off, and the first signed one that disagrees if it is not as it was signed.
    #[must_use]
    pub fn position(&self) -> Option<u64> {
        match self {
            Self::Missing { position }
            | Self::ContentAltered { position }
            | Self::ChainBroken { position }
            | Self::RequestsAltered { position }
            | Self::NotAsSigned { position, .. }
            | Self::Store(LogError::Malformed { position, .. }) => Some(*position),
            Self::Truncated { head, .. } => Some(head + 1),
            Self::Store(_) => None,
        }
    }
}
