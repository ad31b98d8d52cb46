//! Where clients ask: a process that may be killed, or a handle of the log in this process.

use std::sync::Arc;

use event_log::{AppendError, Appended, EventLog};
use tokio::sync::watch;

use crate::request::Request;
use crate::server::ServerProcess;

/// What becomes of the reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reply {
    /// It is sent.
    Sent,
    /// It gets lost on the way back, after the commit.
    Lost,
}

/// What a client learns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It is recorded there.
    Appended(Appended),
    /// The request id was used before with other content.
    Reused,
    /// It was refused for another reason.
    Refused(String),
    /// Nobody knows: the process is gone, the store failed, or the reply was lost.
    Unknown,
}

impl From<Result<Appended, AppendError>> for Answer {
    fn from(outcome: Result<Appended, AppendError>) -> Self {
        match outcome {
            Ok(appended) => Self::Appended(appended),
            Err(AppendError::RequestReused) => Self::Reused,
            Err(AppendError::Store(_)) => Self::Unknown,
            Err(refusal) => Self::Refused(refusal.to_string()),
        }
    }
}

/// One place to ask.
#[derive(Clone)]
pub enum Door {
    /// A process of its own.
    Process(Arc<ServerProcess>),
    /// A handle in this process.
    Handle(EventLog),
}

impl Door {
    /// Asks once.
    pub async fn append(&self, request: &Request, reply: Reply) -> Answer {
        match self {
            Self::Process(server) => server.append(request, reply).await,
            Self::Handle(log) => {
                let answer = log.append(request.append()).await.into();
                if reply == Reply::Lost { Answer::Unknown } else { answer }
            }
        }
    }
}

/// The doors that are open now. While none is, clients wait.
pub struct Entrance(watch::Sender<Vec<Door>>);

impl Default for Entrance {
    fn default() -> Self {
        Self(watch::Sender::new(Vec::new()))
    }
}

impl Entrance {
    /// From now on clients ask here.
    pub fn open(&self, doors: Vec<Door>) {
        self.0.send_replace(doors);
    }

    /// From now on clients wait.
    pub fn close(&self) {
        self.0.send_replace(Vec::new());
    }

    /// One of the open doors, as soon as there is one.
    ///
    /// # Panics
    /// Never: the entrance outlives the question.
    pub async fn door(&self, choice: u64) -> Door {
        let mut doors = self.0.subscribe();
        let open = doors.wait_for(|doors| !doors.is_empty()).await.expect("we hold the sender");
        let index = choice % open.len() as u64;
        open[usize::try_from(index).expect("fewer doors than memory")].clone()
    }
}
