//! Why a command was not carried out, and the one place that says so in gRPC's words.
//!
//! Every status carries `ErrorInfo` with a reason for programs, `LocalizedMessage` in Japanese for
//! people, and `BadRequest` where fields are at fault. No text of a database gets in.

use access::{DisclosureError, ErasureError, TokenError};
use casework::Refusal;
use contracts::Violation;
use event_log::{AppendError, LogError};
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, FieldViolation, LocalizedMessage, StatusExt};
use vault::VaultError;

/// The domain of our reasons, as `ErrorInfo` asks for it.
const DOMAIN: &str = "tsunagi";

/// A command that was not carried out. Nothing was appended.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// The caller could not be identified.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// The caller belongs to another office.
    #[error("this office serves callers of its own kind only")]
    WrongOffice,
    /// Fields are at fault.
    #[error("the request is not valid")]
    Invalid(Vec<Violation>),
    /// The event is not declared plain.
    #[error("only events that are declared plain are recorded here")]
    NotPlain,
    /// The office may not append such an event.
    #[error("this office may not record such an event")]
    NotThisOffice,
    /// Absent, or hidden from the caller: the two cannot be told apart.
    #[error("no such person")]
    UnknownPerson,
    /// A rule says no.
    #[error("{}", .0.english())]
    Refused(Refusal),
    /// The request id was used before with other content.
    #[error("the request id was used before with other content")]
    RequestReused,
    /// Something the caller may see has changed.
    #[error("something has changed since the position given")]
    ChangedSince,
    /// Other writers kept getting in between.
    #[error("too many others are writing to this file")]
    Contended,
    /// The log could not be reached.
    #[error("the log is not available")]
    Log(#[from] LogError),
    /// The append failed.
    #[error("the log is not available")]
    Append(#[source] AppendError),
    /// The keys could not be reached.
    #[error("the keys are not available")]
    Vault(#[from] VaultError),
    /// Nothing was opened.
    #[error("the file could not be opened")]
    Disclosure(#[from] DisclosureError),
    /// An erasure is recorded and not carried out to the end yet.
    #[error("the erasure is not carried out yet; send the request again")]
    Erasure(#[from] ErasureError),
    /// An event on file cannot be read, or a task was lost.
    #[error("the office has a fault")]
    Internal,
}

impl From<Refusal> for CommandError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl CommandError {
    /// For developers. Why a token was not accepted is nobody's business but ours.
    fn english(&self) -> String {
        match self {
            Self::Token(TokenError::Invalid | TokenError::UnknownAgency | TokenError::Ended) => {
                TokenError::Invalid.to_string()
            }
            other => other.to_string(),
        }
    }

    /// gRPC status code, reason for programs, Japanese for people.
    fn words(&self) -> (Code, &'static str, &'static str) {
        match self {
            Self::Token(TokenError::Unavailable) => (
                Code::Unavailable,
                "UNAVAILABLE",
                "現在利用できません。しばらくしてからもう一度お試しください。",
            ),
            Self::Token(TokenError::Missing) => {
                (Code::Unauthenticated, "TOKEN_MISSING", "サインインが必要です。")
            }
            Self::Token(TokenError::Expired) => (
                Code::Unauthenticated,
                "TOKEN_EXPIRED",
                "サインインの有効期限が切れました。もう一度サインインしてください。",
            ),
            Self::Token(_) => {
                (Code::Unauthenticated, "TOKEN_INVALID", "サインインの情報を確認できません。")
            }
            Self::WrongOffice => (
                Code::PermissionDenied,
                "WRONG_OFFICE",
                "この窓口は、所属する種別の機関だけが利用できます。",
            ),
            Self::Invalid(_) => {
                (Code::InvalidArgument, "INVALID_REQUEST", "入力内容を確認してください。")
            }
            Self::NotPlain => {
                (Code::InvalidArgument, "NOT_PLAIN", "この記録には専用の手続きを使ってください。")
            }
            Self::NotThisOffice => (
                Code::PermissionDenied,
                "NOT_THIS_OFFICE",
                "この機関ではこの記録を登録できません。",
            ),
            Self::UnknownPerson => {
                (Code::NotFound, "UNKNOWN_PERSON", "該当する方が見つかりません。")
            }
            Self::Refused(refusal) => (refusal_code(*refusal), refusal.code(), refusal.japanese()),
            Self::RequestReused => (
                Code::AlreadyExists,
                "REQUEST_ID_REUSED",
                "同じ内容の手続きが、別の入力ですでに登録されています。新しい用紙からやり直してください。",
            ),
            Self::ChangedSince => (
                Code::Aborted,
                "CHANGED_SINCE",
                "表示のあとに内容が更新されています。最新の内容を確認してください。",
            ),
            Self::Contended => {
                (Code::Aborted, "CONTENDED", "ほかの更新と重なりました。もう一度お試しください。")
            }
            Self::Log(_) | Self::Append(_) | Self::Vault(_) | Self::Disclosure(_) => (
                Code::Unavailable,
                "UNAVAILABLE",
                "現在利用できません。しばらくしてからもう一度お試しください。",
            ),
            Self::Erasure(_) => (
                Code::Unavailable,
                "ERASURE_UNFINISHED",
                "消去は記録されましたが、鍵の破棄が完了していません。同じ手続きをもう一度送信してください。",
            ),
            Self::Internal => (Code::Internal, "INTERNAL", "処理中に問題が発生しました。"),
        }
    }
}

/// What is not there is not found; everything else is a rule that says no.
fn refusal_code(refusal: Refusal) -> Code {
    if refusal.code().starts_with("UNKNOWN_") {
        Code::NotFound
    } else if refusal == Refusal::CaseMissing {
        Code::InvalidArgument
    } else {
        Code::FailedPrecondition
    }
}

impl From<CommandError> for Status {
    fn from(error: CommandError) -> Self {
        let (code, reason, japanese) = error.words();
        report(&error, code);
        let mut details = ErrorDetails::new();
        details.set_error_info(reason, DOMAIN, std::collections::HashMap::new());
        let mut japanese = japanese.to_owned();
        if let CommandError::Invalid(violations) = &error {
            details.set_bad_request(violations.iter().map(field_violation).collect::<Vec<_>>());
            let sentences = violations.iter().map(|violation| violation.japanese.as_str());
            japanese = sentences.collect::<Vec<_>>().join("\n");
        }
        details.set_localized_message("ja", japanese);
        Status::with_error_details(code, error.english(), details)
    }
}

/// Says what the house itself could not do, with every cause; the caller is not told them.
fn report(error: &CommandError, code: Code) {
    if matches!(code, Code::Unavailable | Code::Internal) {
        let cause: &(dyn std::error::Error + 'static) = error;
        tracing::error!(error = cause, "a command could not be carried out");
    }
}

fn field_violation(violation: &Violation) -> FieldViolation {
    FieldViolation {
        field: violation.field.clone(),
        description: violation.english.clone(),
        reason: violation.reason.to_owned(),
        localized_message: Some(LocalizedMessage::new("ja", violation.japanese.clone())),
    }
}
