//! Pages for what cannot be shown. Absent and hidden look the same.

use axum::{extract::State, http::StatusCode, response::Response};

use super::shell::{Shell, page};
use crate::Gateway;

#[derive(askama::Template)]
#[template(path = "error_page.html")]
pub(super) struct ErrorPage {
    shell: Shell,
    lines: Vec<&'static str>,
}

/// There is nothing at this address, or nothing that this reader may see.
pub(super) fn not_found(demo: bool) -> Response {
    of(
        demo,
        StatusCode::NOT_FOUND,
        "ページが見つかりません",
        &[
            "ページがないか、表示できる内容がありません。",
            "同意の変更や支援の終了により、これまで見えていた記録が見えなくなることがあります。",
        ],
    )
}

/// The same, as the last resort of the router.
pub(super) async fn absent(State(gateway): State<Gateway>) -> Response {
    not_found(gateway.is_demo())
}

/// The read model is behind the log, or an office cannot be reached.
pub(super) fn unavailable(demo: bool) -> Response {
    of(
        demo,
        StatusCode::SERVICE_UNAVAILABLE,
        "いまは表示できません",
        &[
            "最新の記録を確認できないため、表示をとりやめました。古い内容をお見せすることはありません。",
            "しばらくしてから、もう一度お試しください。",
        ],
    )
}

/// The session has ended, but the offices could not be told.
pub(super) fn signed_out_here(demo: bool) -> Response {
    of(
        demo,
        StatusCode::OK,
        "サインアウトしました",
        &[
            "この画面からはサインアウトしました。ほかの窓口への連絡ができなかったため、完全に終了するまで最大5分かかります。",
        ],
    )
}

/// The page belongs to another kind of agency.
pub(super) fn not_for_this_office(demo: bool) -> Response {
    of(
        demo,
        StatusCode::FORBIDDEN,
        "この画面は利用できません",
        &["この画面は、別の種別の機関のためのものです。"],
    )
}

/// A form was sent by a page that is not ours.
pub(super) fn from_elsewhere(demo: bool) -> Response {
    of(
        demo,
        StatusCode::FORBIDDEN,
        "送信を受け付けられません",
        &["つなぎの画面以外から送信されたため、受け付けませんでした。画面を開き直してください。"],
    )
}

/// A form could not be read.
pub(super) fn unreadable(demo: bool) -> Response {
    of(
        demo,
        StatusCode::BAD_REQUEST,
        "送信を受け付けられません",
        &["送信された内容を読み取れませんでした。画面を開き直してください。"],
    )
}

/// A fault of ours.
pub(super) fn fault(demo: bool) -> Response {
    of(
        demo,
        StatusCode::INTERNAL_SERVER_ERROR,
        "問題が発生しました",
        &["処理中に問題が発生しました。しばらくしてから、もう一度お試しください。"],
    )
}

fn of(demo: bool, status: StatusCode, title: &str, lines: &[&'static str]) -> Response {
    page(status, &sample(title, lines, demo))
}

pub(super) fn sample(title: &str, lines: &[&'static str], demo: bool) -> ErrorPage {
    ErrorPage { shell: Shell::bare(title, demo), lines: lines.to_vec() }
}
