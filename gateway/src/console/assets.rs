//! The console's own style sheet, script and icon. Nothing comes from elsewhere.

use axum::{
    http::header,
    response::{IntoResponse, Response},
};

/// A new release is seen at once, and an unchanged file costs a short question.
const KEPT: &str = "no-cache";

/// The style sheet.
pub(super) async fn style() -> Response {
    of("text/css; charset=utf-8", include_str!("../../assets/console.css"))
}

/// The script.
pub(super) async fn script() -> Response {
    of("text/javascript; charset=utf-8", include_str!("../../assets/console.js"))
}

/// The icon.
pub(super) async fn icon() -> Response {
    of("image/svg+xml", include_str!("../../assets/icon.svg"))
}

fn of(kind: &'static str, content: &'static str) -> Response {
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, KEPT)], content).into_response()
}
