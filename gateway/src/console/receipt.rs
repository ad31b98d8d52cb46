//! `/referrals/{case}/receipt`: the referral was sent. The page can be opened again at any time.

use askama::Template;
use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
    response::Response,
};
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::json;

use super::{
    dates,
    documents::{self, Agency, Viewer},
    error_page,
    session::Session,
    shell::{Shell, page},
};
use crate::Gateway;

#[derive(Template)]
#[template(path = "receipt.html")]
pub(super) struct Receipt {
    shell: Shell,
    case: String,
    number: String,
    receiver: String,
    submitted_on: String,
}

/// How new the answer must be.
#[derive(Deserialize)]
pub(super) struct Which {
    at: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Found {
    viewer: Viewer,
    case: Option<Case>,
}

#[derive(Deserialize)]
struct Case {
    id: String,
    referral: Option<Referral>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Referral {
    id: String,
    submitted_on: Date,
    to: Agency,
}

/// The receipt.
pub(super) async fn show(
    State(gateway): State<Gateway>,
    session: Session,
    Path(case): Path<String>,
    Query(which): Query<Which>,
) -> Result<Response, Response> {
    let variables = json!({ "id": case, "minPosition": which.at });
    let found = documents::ask(&gateway, &session, &documents::REFERRAL_RECEIPT, variables).await?;
    let receipt = Receipt::of(found, gateway.is_demo())
        .ok_or_else(|| error_page::not_found(gateway.is_demo()))?;
    Ok(page(StatusCode::OK, &receipt))
}

impl Receipt {
    pub(super) fn of(found: Found, demo: bool) -> Option<Self> {
        let case = found.case?;
        let referral = case.referral?;
        Some(Self {
            shell: Shell::of("紹介を受け付けました", &found.viewer, demo, ""),
            number: number_of(&referral.id),
            receiver: referral.to.name,
            submitted_on: dates::both(referral.submitted_on),
            case: case.id,
        })
    }
}

/// A number that can be read out over the telephone: the beginning of the referral's id.
fn number_of(id: &str) -> String {
    let digits: Vec<char> = id.chars().filter(char::is_ascii_hexdigit).take(8).collect();
    let groups = digits.chunks(4).map(|group| group.iter().collect::<String>().to_uppercase());
    groups.collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_receipt_number_is_short_and_readable() {
        assert_eq!(super::number_of("1f0c9b0e-6c1e-4a53-9d0e-0f5f8b1f3a11"), "1F0C-9B0E");
    }
}
