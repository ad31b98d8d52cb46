//! What can go wrong with a scenario, and what can go wrong while it is played.

/// A scenario that cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ScenarioError {
    /// Not JSON, or not the shape of a scenario.
    #[error("the scenario is not written as one")]
    Format(#[from] serde_json::Error),
    /// A moment that is neither `2025-05-08T10:00` nor `today-12T10:00`.
    #[error("{scenario}, row {row}: {at} is no moment")]
    Moment {
        /// The scenario's name.
        scenario: String,
        /// The step's row.
        row: String,
        /// What was written.
        at: String,
    },
}

/// A step that could not be played.
#[derive(Debug, thiserror::Error)]
#[error("{scenario}, row {row}: {call} failed")]
pub struct PlayError {
    /// The scenario's name.
    pub scenario: String,
    /// The step's row.
    pub row: String,
    /// The office and the RPC.
    pub call: String,
    /// Why.
    #[source]
    pub cause: Cause,
}

/// Why a step could not be played.
#[derive(Debug, thiserror::Error)]
pub enum Cause {
    /// No persona has this name.
    #[error("no persona is called {0}")]
    UnknownPersona(String),
    /// No service has this RPC.
    #[error("no office has this call")]
    UnknownCall,
    /// The persona works at another office than the one that is called.
    #[error("{0} does not work at the office that is called")]
    OtherOffice(String),
    /// The step names something that no earlier step has given an id.
    #[error("{0} has no id yet")]
    NoId(String),
    /// The request does not fit its message.
    #[error("the request does not fit its message")]
    Request(#[source] serde_json::Error),
    /// The office said no.
    #[error("the office refused")]
    Refused(#[source] Box<tonic::Status>),
    /// The reply is no `CommandReply`.
    #[error("the reply cannot be read")]
    Reply(#[from] prost::DecodeError),
    /// The reply lacks what the step wants to keep.
    #[error("the reply holds no {0}")]
    NothingToKeep(String),
}
