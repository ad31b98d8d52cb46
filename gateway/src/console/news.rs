//! `/cases/{case}/news`: tells an open page that something came to its timeline, and nothing of
//! what. The page then offers to show it; it never changes under the reader's hands.

use std::{convert::Infallible, sync::Arc, time::Duration};

use access::Door;
use axum::{
    extract::{Path, Query, State},
    http::HeaderMap,
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures::{StreamExt, future, stream};
use serde::Deserialize;
use serde_json::json;

use super::{
    documents::{self, code},
    error_page,
    session::{Listening, Session},
};
use crate::{
    Gateway,
    graphql::{Caller, Credential, codes::UNAVAILABLE},
};

/// A comment this often keeps proxies from closing a quiet stream.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// From where on something is new.
#[derive(Deserialize)]
pub(super) struct Since {
    /// The id of the last event that the page got. A browser that comes back by itself says it in
    /// a header; a page that was hidden for a while says it here.
    after: Option<String>,
}

/// First a `here` event, whose id says how far everything is known; then one `news` event for each
/// entry that the reader may see; `end` when there is nothing to follow any more.
pub(super) async fn follow(
    State(gateway): State<Gateway>,
    Listening(session): Listening,
    Path(case): Path<String>,
    Query(since): Query<Since>,
    headers: HeaderMap,
) -> Result<Response, Response> {
    let permit = gateway.subscriptions().try_acquire_owned();
    let permit = permit.map_err(|_| error_page::unavailable(gateway.is_demo()))?;
    let positions = gateway.desk().positions.clone();
    // Looked up before the stream begins, so that nothing falls between the two.
    let here = gateway.read_model().progress().borrow().position;
    let here = Event::default().event("here").id(positions.hide(here)).data("-");
    let last = headers.get("last-event-id").and_then(|value| value.to_str().ok());
    let last = last.or(since.after.as_deref()).and_then(|word| positions.reveal(word));
    let caller = caller(&gateway, session, last);
    let request = documents::request(&documents::CASE_NEWS, json!({ "id": case }));
    let news = gateway.run_stream(caller, request).filter_map(move |response| {
        // Held until the stream is dropped, by its end or by the reader's.
        let _ = &permit;
        let what = match code(&response) {
            None => Some("news"),
            // A browser comes back by itself, and goes on where it was.
            Some(UNAVAILABLE) => None,
            Some(_) => Some("end"),
        };
        future::ready(what.map(|what| Event::default().event(what).data("-")))
    });
    let events = stream::iter([here]).chain(news).map(Ok::<_, Infallible>);
    let heartbeat = KeepAlive::new().interval(HEARTBEAT);
    Ok(Sse::new(events).keep_alive(heartbeat).into_response())
}

/// The reader, who is asked again and again whether they still are one.
fn caller(gateway: &Gateway, session: Session, last: Option<u64>) -> Caller {
    let credential = Credential {
        verifier: gateway.verifier().clone(),
        header: Arc::from(format!("Bearer {}", session.token)),
    };
    let caller = Caller::new(session.principal, Door::Console);
    Caller { credential: Some(credential), resume_after: last, ..caller }
}
