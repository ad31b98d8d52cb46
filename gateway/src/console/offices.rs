//! The way to the offices: what changes anything is said to them, with the user's own token.

use std::{collections::BTreeMap, future::Future, time::Duration};

use contracts::{
    Office,
    hospital::hospital_service_client::HospitalServiceClient,
    municipality::municipality_service_client::MunicipalityServiceClient,
    office::{CommandReply, records_service_client::RecordsServiceClient},
    support_center::support_center_service_client::SupportCenterServiceClient,
};
use tokio::time::{Instant, timeout_at};
use tonic::{Code, Request, Response, Status, transport::Channel};
use tonic_types::StatusExt;

use super::session::Session;

/// For all that one request of a browser asks of offices together. The gateway answers it in any case
/// before its own time is over: with a page that keeps what was entered.
pub(super) const PATIENCE: Duration = Duration::from_secs(8);

/// The channels to the offices, each connected when it is first used.
#[derive(Clone, Default)]
pub struct Offices {
    channels: BTreeMap<Office, Channel>,
}

impl Offices {
    /// No way to any office: the console can read and change nothing.
    pub fn none() -> Self {
        Self::default()
    }

    /// The same, reaching this office through this channel.
    #[must_use]
    pub fn reaching(mut self, office: Office, channel: Channel) -> Self {
        self.channels.insert(office, channel);
        self
    }

    fn channel(&self, office: Office) -> Result<Channel, Failure> {
        self.channels.get(&office).cloned().ok_or(Failure::Unavailable)
    }

    pub(super) fn hospital(&self) -> Result<HospitalServiceClient<Channel>, Failure> {
        self.channel(Office::Hospital).map(HospitalServiceClient::new)
    }

    pub(super) fn records(&self, office: Office) -> Result<RecordsServiceClient<Channel>, Failure> {
        self.channel(office).map(RecordsServiceClient::new)
    }

    pub(super) fn support_center(&self) -> Result<SupportCenterServiceClient<Channel>, Failure> {
        self.channel(Office::SupportCenter).map(SupportCenterServiceClient::new)
    }

    pub(super) fn municipality(&self) -> Result<MunicipalityServiceClient<Channel>, Failure> {
        self.channel(Office::Municipality).map(MunicipalityServiceClient::new)
    }
}

/// Why an office did not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Failure {
    /// Fields are at fault: path and words in Japanese.
    Fields(Vec<(String, String)>),
    /// A rule says no, in Japanese.
    Refused(String),
    /// The token is no longer good.
    SignedOut,
    /// The office could not be reached, or did not answer in time. What was asked may have been
    /// done: asking again with the same request id tells.
    Unavailable,
}

/// A request in the name of the one who is signed in.
pub(super) fn signed<T>(session: &Session, message: T) -> Result<Request<T>, Failure> {
    let mut request = Request::new(message);
    let bearer = format!("Bearer {}", session.token).parse().map_err(|_| Failure::SignedOut)?;
    request.metadata_mut().insert("authorization", bearer);
    request.set_timeout(session.offices_until.saturating_duration_since(Instant::now()));
    Ok(request)
}

/// The office's answer.
pub(super) async fn answer(
    session: &Session,
    call: impl Future<Output = Result<Response<CommandReply>, Status>>,
) -> Result<CommandReply, Failure> {
    // A channel that is not ready yet waits without any limit of its own.
    match timeout_at(session.offices_until, call).await {
        Ok(Ok(reply)) => Ok(reply.into_inner()),
        Ok(Err(status)) => Err(Failure::from(&status)),
        Err(_) => Err(Failure::Unavailable),
    }
}

impl From<&Status> for Failure {
    fn from(status: &Status) -> Self {
        let details = status.get_error_details();
        let violations = details.bad_request().map(|bad| bad.field_violations.as_slice());
        let fields = violations.unwrap_or_default().iter().map(|violation| {
            let localized = violation.localized_message.as_ref();
            let words = localized.map_or(violation.description.as_str(), |said| &said.message);
            (violation.field.clone(), words.to_owned())
        });
        let fields: Vec<_> = fields.collect();
        if !fields.is_empty() {
            return Self::Fields(fields);
        }
        match (status.code(), details.localized_message()) {
            (Code::Unauthenticated, _) => Self::SignedOut,
            (Code::Unavailable | Code::DeadlineExceeded | Code::Cancelled, _) => Self::Unavailable,
            (_, Some(said)) => Self::Refused(said.message.clone()),
            (code, None) => {
                tracing::error!(%code, "an office answered without words for people");
                Self::Unavailable
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use tonic_types::{ErrorDetails, FieldViolation, LocalizedMessage};

    use super::*;

    #[test]
    fn what_an_office_says_about_fields_arrives_in_japanese() {
        let mut violation =
            FieldViolation::new("person.family_name", "person.family_name is required");
        violation.localized_message =
            Some(LocalizedMessage::new("ja", "「姓」を入力してください。"));
        let details = ErrorDetails::with_bad_request(vec![violation]);
        let status = Status::with_error_details(Code::InvalidArgument, "not valid", details);
        let said = ("person.family_name".to_owned(), "「姓」を入力してください。".to_owned());
        assert_eq!(Failure::from(&status), Failure::Fields(vec![said]));
    }

    #[test]
    fn a_rule_that_says_no_is_quoted_and_a_closed_door_is_not() {
        let mut details = ErrorDetails::new();
        details.set_localized_message("ja", "この紹介は回答待ちではありません。");
        let status = Status::with_error_details(Code::FailedPrecondition, "no", details);
        let said = "この紹介は回答待ちではありません。".to_owned();
        assert_eq!(Failure::from(&status), Failure::Refused(said));
        assert_eq!(Failure::from(&Status::unavailable("down")), Failure::Unavailable);
        assert_eq!(Failure::from(&Status::unauthenticated("who")), Failure::SignedOut);
    }
}
