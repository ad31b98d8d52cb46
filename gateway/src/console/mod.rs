//! The console: pages for the people who work with the records.
//!
//! One page is one handler and one template of the same name. A page reads by a named GraphQL
//! document, run in process; what changes anything is said to an office over gRPC, with the
//! user's own token. So the console sees and does nothing that another client could not.
//!
//! Everything works without the script, which only tells of news. Nothing personal stands in a
//! URL, a title or a cookie.

mod accept_referral;
mod accesses;
mod account_sign_in;
mod assets;
mod case;
mod case_errand;
mod chart;
mod dates;
mod documents;
mod draft;
mod enrol;
mod error_page;
mod form;
mod guard;
mod kana;
mod merge_candidates;
mod merge_requests;
mod news;
mod notice;
mod offices;
mod outcomes;
mod provider_sign_in;
mod receipt;
mod referral;
mod return_referral;
#[cfg(test)]
mod samples;
mod search;
mod session;
mod shell;
mod sign_in;
mod sign_out;
mod source;
mod timeline;
mod ward_visit;
mod wards;
mod ways_in;
mod words;
mod work_list;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    middleware,
    routing::{get, post},
};

pub use account_sign_in::AccountSignIn;
pub use offices::Offices;
pub use provider_sign_in::ProviderSignIn;
pub(crate) use ways_in::WaysIn;
pub use ways_in::{DemoPersona, DemoSignIn, WayIn};

use crate::Gateway;

/// The longest form has eight long answers of 4,000 characters, three bytes each, and each byte
/// takes three on the way.
const FORM_BYTES_MAX: usize = 512 * 1024;

/// The pages of the console.
pub(crate) fn router(gateway: Gateway) -> Router {
    Router::new()
        .route("/", get(work_list::show))
        .route("/sign-in", get(sign_in::show).post(sign_in::enter))
        .route("/sign-in/oidc", post(provider_sign_in::begin))
        .route("/sign-in/oidc/callback", get(provider_sign_in::finish))
        .route("/sign-out", post(sign_out::leave))
        .route("/enrol", get(enrol::show).post(enrol::begin))
        .route("/enrol/confirm", post(enrol::finish))
        .route("/referrals/new", get(referral::begin).post(referral::change))
        .route("/referrals/check", post(referral::check))
        .route("/referrals", post(referral::send))
        .route("/referrals/{case}/receipt", get(receipt::show))
        .route("/cases/{case}", get(case::show))
        .route("/cases/{case}/news", get(news::follow))
        .route("/cases/{case}/accesses", get(accesses::show))
        .route("/cases/{case}/acceptance/new", get(accept_referral::begin))
        .route("/cases/{case}/acceptance", post(accept_referral::send))
        .route("/cases/{case}/return/new", get(return_referral::begin))
        .route("/cases/{case}/return", post(return_referral::send))
        .route("/cases/{case}/ward-visits/new", get(ward_visit::begin))
        .route("/cases/{case}/ward-visits", post(ward_visit::send))
        .route("/search", get(search::begin).post(search::find))
        .route("/merge-candidates", get(merge_candidates::show))
        .route("/merge-candidates/proposals", post(merge_requests::propose))
        .route("/merge-candidates/approvals", post(merge_requests::approve))
        .route("/merge-candidates/declines", post(merge_requests::decline))
        .route("/outcomes", get(outcomes::show))
        .route("/assets/console.css", get(assets::style))
        .route("/assets/console.js", get(assets::script))
        .route("/assets/icon.svg", get(assets::icon))
        .fallback(error_page::absent)
        .layer(DefaultBodyLimit::max(FORM_BYTES_MAX))
        .layer(middleware::from_fn_with_state(gateway.clone(), guard::guard))
        .with_state(gateway)
}
