//! Who asks, and by which way they came.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use access::{Door, Principal, TokenError, Verifier};
use async_graphql::{Error, Request};

use super::{Owed, codes, folder::Folders};

/// The one behind a request.
#[derive(Clone)]
pub(crate) struct Caller {
    pub(crate) principal: Principal,
    pub(crate) door: Door,
    /// What a subscription checks again before it sends: a token can expire, an agency retire.
    pub(crate) credential: Option<Credential>,
    /// A subscription goes on behind this position: the reader had got so far.
    pub(crate) resume_after: Option<u64>,
    pub(crate) last_sent: LastSent,
    /// What the request has looked at and not put on record yet.
    pub(crate) owed: Owed,
}

/// A header that was accepted once.
#[derive(Clone)]
pub(crate) struct Credential {
    pub(crate) verifier: Verifier,
    pub(crate) header: Arc<str>,
}

/// The position of the entry that a subscription sent last: it becomes the id of the server-sent
/// event.
#[derive(Clone, Default)]
pub(crate) struct LastSent(Arc<AtomicU64>);

impl Caller {
    pub(crate) fn new(principal: Principal, door: Door) -> Self {
        let last_sent = LastSent::default();
        let owed = Owed::default();
        Self { principal, door, credential: None, resume_after: None, last_sent, owed }
    }

    /// The request, with what its resolvers ask for.
    pub(crate) fn into_request(self, request: Request) -> Request {
        request.data(self).data(Folders::default())
    }

    /// Whether they may still read. An error when that cannot be known, as the log cannot be asked.
    pub(crate) async fn is_still_welcome(&self) -> Result<bool, Error> {
        let Some(Credential { verifier, header }) = &self.credential else { return Ok(true) };
        match verifier.verify_header(Some(header)).await {
            Ok(principal) => Ok(principal == self.principal),
            Err(TokenError::Unavailable) => {
                Err(codes::error(codes::UNAVAILABLE, "the log is not available"))
            }
            Err(_) => Ok(false),
        }
    }
}

impl LastSent {
    pub(crate) fn set(&self, position: u64) {
        self.0.store(position, Ordering::Release);
    }

    /// The position; none before anything was sent.
    pub(crate) fn get(&self) -> Option<u64> {
        Some(self.0.load(Ordering::Acquire)).filter(|position| *position > 0)
    }
}
