//! `/sign-out`: ends the session here and its tokens everywhere.

use access::RandomIds;
use accounts::AccountsError;
use axum::{
    extract::State,
    http::HeaderMap,
    response::{AppendHeaders, IntoResponse, Redirect, Response},
};
use contracts::{
    events::StaffSessionEnded,
    office::{CommandContext, EndStaffSessionRequest},
};

use super::{
    account_sign_in::AccountSignIn,
    error_page,
    offices::{Failure, answer, signed},
    session::{ACCOUNT_COOKIE, Session, cookie, report, signed_out},
};
use crate::Gateway;

/// What became of a session.
pub(super) enum Ended {
    /// It has ended, and every process hears of it.
    Everywhere,
    /// It has ended here; its last token lives for some minutes.
    Here,
    /// It goes on.
    Not,
}

/// Signs out.
pub(super) async fn leave(State(gateway): State<Gateway>, headers: HeaderMap) -> Response {
    let ended = end_brought(&gateway, &headers).await;
    let cookies = AppendHeaders(signed_out());
    match ended {
        Ended::Everywhere => (cookies, Redirect::to("/sign-in")).into_response(),
        Ended::Here => (cookies, error_page::signed_out_here(gateway.is_demo())).into_response(),
        Ended::Not => error_page::unavailable(gateway.is_demo()),
    }
}

/// Ends the session that a browser has brought along, if there is one.
pub(super) async fn end_brought(gateway: &Gateway, headers: &HeaderMap) -> Ended {
    let way = gateway.account_sign_in().cloned();
    let id = cookie(headers, ACCOUNT_COOKIE).map(str::to_owned);
    let (Some(way), Some(id)) = (way, id) else { return Ended::Everywhere };
    // In a task of its own: who closes the window has signed out all the same.
    let gateway = gateway.clone();
    let work = tokio::spawn(async move { end(&gateway, &way, &id).await });
    work.await.unwrap_or(Ended::Not)
}

async fn end(gateway: &Gateway, way: &AccountSignIn, id: &str) -> Ended {
    let session = match take(way, id).await {
        Ok(Some(session)) => session,
        Ok(None) => return Ended::Everywhere,
        Err(error) => {
            report(&error);
            return Ended::Not;
        }
    };
    let token = way.token(&session, gateway.now());
    way.forget(&session);
    let signed_in = Session::new(session.principal, token);
    match tell(gateway, &signed_in, session.tokens.id).await {
        // Whoever was told before, by whatever way, is told.
        Ok(()) | Err(Failure::SignedOut) => Ended::Everywhere,
        Err(_) => {
            tracing::warn!("no office could be told that a session has ended");
            Ended::Here
        }
    }
}

/// The session, which from now on opens nothing any more.
async fn take(way: &AccountSignIn, id: &str) -> Result<Option<accounts::Session>, AccountsError> {
    let session = way.accounts.session(id).await?;
    way.accounts.end_session(id).await?;
    Ok(session)
}

async fn tell(gateway: &Gateway, signed_in: &Session, session_id: String) -> Result<(), Failure> {
    let context =
        CommandContext { request_id: RandomIds::random().to_string(), ..Default::default() };
    let staff = signed_in.principal.staff.clone();
    let end = StaffSessionEnded { staff, session_id, ..Default::default() };
    let request = EndStaffSessionRequest { context: Some(context), end: Some(end) };
    let mut office = gateway.offices().records(signed_in.principal.office)?;
    answer(signed_in, office.end_staff_session(signed(signed_in, request)?)).await.map(|_| ())
}
