//! What a caller is told when the answer is no.

use tonic::{Code, Response, Status};
use tonic_types::StatusExt;

/// A status, with what its details say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// gRPC's code.
    pub code: Code,
    /// The reason for programs.
    pub reason: String,
    /// The sentence for people.
    pub japanese: String,
    /// Fields at fault: path, reason, and the sentence for people.
    pub fields: Vec<(String, String, String)>,
    /// All that went over the wire, byte by byte.
    pub bytes: (String, Vec<u8>),
}

/// The status of an answer, which must be no.
///
/// # Panics
/// When the answer is yes, or when it leaves out the reason or the sentence.
#[track_caller]
pub fn refused<T>(answer: Result<Response<T>, Status>) -> Refused {
    let Err(status) = answer else { panic!("it was not refused") };
    let details = status.get_error_details();
    let info = details.error_info().expect("every refusal has a reason");
    assert_eq!(info.domain, "tsunagi");
    let localized = details.localized_message().expect("every refusal has a sentence");
    assert_eq!(localized.locale, "ja");
    let violations = details.bad_request().map_or(&[][..], |bad| &bad.field_violations);
    let fields = violations.iter().map(|violation| {
        let localized = violation.localized_message.as_ref().expect("and so has every field");
        assert_eq!(localized.locale, "ja");
        assert!(violation.description.starts_with(&violation.field));
        (violation.field.clone(), violation.reason.clone(), localized.message.clone())
    });
    Refused {
        code: status.code(),
        reason: info.reason.clone(),
        japanese: localized.message.clone(),
        fields: fields.collect(),
        bytes: (status.message().to_owned(), status.details().to_vec()),
    }
}
