//! GraphQL over server-sent events, in distinct connections mode: one operation, one stream of
//! `next` events, and `complete` at its end.

use std::{convert::Infallible, time::Duration};

use async_graphql::{Request, Response as GraphqlResponse};
use axum::{
    http::{HeaderMap, StatusCode},
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures::{StreamExt, stream};

use super::answer::Refused;
use crate::{
    Gateway,
    graphql::{Caller, LastSent, codes::UNAVAILABLE},
};

/// A comment this often keeps proxies from closing a quiet stream, and tells us of readers who
/// have gone.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// Runs the operation as a stream. A reader who comes back with `Last-Event-ID` goes on behind it.
pub(super) fn answer(
    gateway: &Gateway,
    mut caller: Caller,
    request: Request,
    headers: &HeaderMap,
) -> Result<Response, Refused> {
    let permit = gateway.subscriptions().try_acquire_owned().map_err(|_| Refused {
        status: StatusCode::SERVICE_UNAVAILABLE,
        code: UNAVAILABLE,
        message: "too many streams are open",
    })?;
    let positions = gateway.desk().positions.clone();
    let last_id = headers.get("last-event-id").and_then(|value| value.to_str().ok());
    caller.resume_after = last_id.and_then(|word| positions.reveal(word));
    let last_sent: LastSent = caller.last_sent.clone();
    let next = gateway.run_stream(caller, request).map(move |response| {
        // Held until the stream is dropped, by its end or by the reader's.
        let _ = &permit;
        let id = last_sent.get().map(|position| positions.hide(position));
        next_event(&response, id)
    });
    let complete = stream::iter([Event::default().event("complete").data("")]);
    let events = next.chain(complete).map(Ok::<_, Infallible>);
    let heartbeat = KeepAlive::new().interval(HEARTBEAT);
    Ok(Sse::new(events).keep_alive(heartbeat).into_response())
}

fn next_event(response: &GraphqlResponse, id: Option<String>) -> Event {
    let data = serde_json::to_string(response).unwrap_or_else(|error| {
        tracing::error!(%error, "an answer could not be written as JSON");
        r#"{"data":null,"errors":[{"message":"internal error"}]}"#.to_owned()
    });
    let event = Event::default().event("next").data(data);
    match id {
        Some(id) => event.id(id),
        None => event,
    }
}
