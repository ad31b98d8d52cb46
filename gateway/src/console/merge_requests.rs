//! What an identity officer says about two persons: that they are one, that another officer was
//! right to say so, or that they stay apart. The municipality's office decides.

use axum::{
    extract::State,
    http::header,
    response::{AppendHeaders, IntoResponse, Redirect, Response},
};
use contracts::{
    events::{PersonsMergeDeclined, PersonsMergeProposed, PersonsMerged},
    municipality::{DeclinePersonsMergeRequest, MergePersonsRequest, ProposePersonsMergeRequest},
    office::{CommandContext, CommandReply},
};

use super::{
    draft::Draft,
    error_page,
    form::{Entries, Problems},
    merge_candidates::again,
    notice,
    offices::{Failure, answer, signed},
    session::Session,
};
use crate::Gateway;

/// Proposes that two are one.
pub(super) async fn propose(
    State(gateway): State<Gateway>,
    session: Session,
    entries: Entries,
) -> Result<Response, Response> {
    let surviving = entries.get("surviving").to_owned();
    let others = ["one", "other"].map(|side| entries.get(side));
    let merged = others.into_iter().find(|side| *side != surviving).unwrap_or_default();
    let proposal = PersonsMergeProposed {
        merged_person_id: merged.to_owned(),
        evidence: entries.get("evidence").to_owned(),
        ..PersonsMergeProposed::default()
    };
    let context = Some(context(&entries, "propose"));
    let request = ProposePersonsMergeRequest { context, proposal: Some(proposal) };
    let outcome = async {
        let mut office = gateway.offices().municipality()?;
        answer(&session, office.propose_persons_merge(signed(&session, request)?)).await
    };
    let outcome = outcome.await;
    after(&gateway, &session, "PersonsMergeProposed", outcome, &entries).await
}

/// Agrees with what another officer proposed.
pub(super) async fn approve(
    State(gateway): State<Gateway>,
    session: Session,
    entries: Entries,
) -> Result<Response, Response> {
    let proposal_id = entries.get("proposal_id").to_owned();
    let merge = PersonsMerged { proposal_id, ..PersonsMerged::default() };
    let request =
        MergePersonsRequest { context: Some(context(&entries, "approve")), merge: Some(merge) };
    let outcome = async {
        let mut office = gateway.offices().municipality()?;
        answer(&session, office.merge_persons(signed(&session, request)?)).await
    };
    let outcome = outcome.await;
    after(&gateway, &session, "PersonsMerged", outcome, &entries).await
}

/// Says that the two stay apart, or takes one's own proposal back.
pub(super) async fn decline(
    State(gateway): State<Gateway>,
    session: Session,
    entries: Entries,
) -> Result<Response, Response> {
    let decline = PersonsMergeDeclined {
        proposal_id: entries.get("proposal_id").to_owned(),
        reason: entries.get("reason").to_owned(),
        ..PersonsMergeDeclined::default()
    };
    let context = Some(context(&entries, "decline"));
    let request = DeclinePersonsMergeRequest { context, decline: Some(decline) };
    let outcome = async {
        let mut office = gateway.offices().municipality()?;
        answer(&session, office.decline_persons_merge(signed(&session, request)?)).await
    };
    let outcome = outcome.await;
    after(&gateway, &session, "PersonsMergeDeclined", outcome, &entries).await
}

/// The request is named by the form's draft, so that a second press says nothing new.
fn context(entries: &Entries, step: &str) -> CommandContext {
    CommandContext {
        request_id: Draft::carried(Some(entries.get("draft"))).request_id(step),
        person_id: entries.get("surviving").to_owned(),
        ..CommandContext::default()
    }
}

/// Back to the list when all went well; otherwise the list with what was entered.
async fn after(
    gateway: &Gateway,
    session: &Session,
    event: &'static str,
    outcome: Result<CommandReply, Failure>,
    entries: &Entries,
) -> Result<Response, Response> {
    if !session.principal.is_identity_officer() {
        return Err(error_page::not_for_this_office(gateway.is_demo()));
    }
    let mut problems = Problems::default();
    match outcome {
        Ok(reply) => {
            let to = format!("/merge-candidates?at={}", reply.position);
            let cookie = notice::handed_over(event, &reply);
            let told = AppendHeaders([(header::SET_COOKIE, cookie)]);
            return Ok((told, Redirect::to(&to)).into_response());
        }
        Err(Failure::SignedOut) => return Ok(Redirect::to("/sign-in").into_response()),
        Err(failure) => problems.of_failure(event, failure, &[]),
    }
    again(gateway, session, entries, &problems).await
}
