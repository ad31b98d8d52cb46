//! What operators ask: is it alive, may it be sent readers, how is it doing.

use std::fmt::Write;

use axum::{
    extract::State,
    http::{StatusCode, header},
    response::IntoResponse,
};

use crate::Gateway;

/// The process answers.
pub(super) async fn healthz() -> &'static str {
    "ok\n"
}

/// The read model stands at the log's head, so readers would be answered.
pub(super) async fn readyz(State(gateway): State<Gateway>) -> (StatusCode, &'static str) {
    let parked = gateway.read_model().progress().borrow().parked;
    match gateway.read_model().confirm().await {
        Ok(_) if parked > 0 => {
            (StatusCode::OK, "ready; the histories of some persons are parked\n")
        }
        // Everything but searching by name is answered meanwhile.
        Ok(_) if !gateway.desk().directory.progress().is_built => {
            (StatusCode::OK, "ready; the directory of names is being built\n")
        }
        Ok(_) => (StatusCode::OK, "ready\n"),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "the read model is behind the log\n"),
    }
}

/// Figures in Prometheus' text form. None of them is about anybody, and none counts what others
/// record: positions are hidden from readers everywhere else as well.
pub(super) async fn metrics(State(gateway): State<Gateway>) -> impl IntoResponse {
    let progress = *gateway.read_model().progress().borrow();
    let head = *gateway.log().wakeups().borrow();
    let directory = gateway.desk().directory.progress();
    let streams = gateway.open_subscriptions();
    let (answered, with_errors) = gateway.counts();
    let figures = [
        (
            "gauge",
            "tsunagi_projector_lag",
            "Positions the read model is behind the log, as far as this process has heard.",
            head.saturating_sub(progress.position),
        ),
        (
            "gauge",
            "tsunagi_projector_is_incomplete",
            "Whether the log holds events that this version cannot read.",
            u64::from(progress.parked > 0),
        ),
        (
            "gauge",
            "tsunagi_projector_parked",
            "Persons who are shown to nobody because of such an event.",
            progress.parked,
        ),
        (
            "gauge",
            "tsunagi_directory_is_built",
            "Whether persons can be searched by name.",
            u64::from(directory.is_built),
        ),
        (
            "gauge",
            "tsunagi_directory_lag",
            "Positions the directory of names is behind the log, as far as this process has heard.",
            head.saturating_sub(directory.position),
        ),
        (
            "gauge",
            "tsunagi_directory_has_stopped",
            "Whether the directory of names takes nothing in any more, so that searches are refused.",
            u64::from(directory.has_stopped),
        ),
        ("gauge", "tsunagi_graphql_streams", "Streams that are open.", streams as u64),
        ("counter", "tsunagi_graphql_requests_total", "Requests answered.", answered),
        ("counter", "tsunagi_graphql_errors_total", "Requests answered with errors.", with_errors),
    ];
    let mut page = String::new();
    for (kind, name, help, value) in figures {
        let _ = writeln!(page, "# HELP {name} {help}\n# TYPE {name} {kind}\n{name} {value}");
    }
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], page)
}
