//! `/cases/{case}/acceptance/new`: a support center takes a referral on.

use axum::{
    extract::{Path, State},
    response::Response,
};
use contracts::{
    Event,
    events::{ReferralAccepted, Track},
    support_center::AcceptReferralRequest,
};

use super::{
    case_errand::{Errand, Work},
    draft::Draft,
    error_page,
    form::{Ask, Control, Entries, Problems, Setting},
    offices::{Failure, answer, signed},
    session::Session,
};
use crate::Gateway;

/// The form.
pub(super) const ACCEPTANCE: Errand = Errand {
    title: "紹介を受理する",
    intro: "受理するとケースが始まり、紹介元の病院にも受理の記録が見えるようになります。サインイン中の担当者が担当になります。",
    to: "acceptance",
    button: "受理する",
    event: "ReferralAccepted",
    asks: &[Ask::of("ReferralAccepted", "track", Control::Radios)
        .hint("紹介で希望された種別が選ばれています。違う種別で始めることもできます。")],
};

/// The form, with the programme that was asked for.
pub(super) async fn begin(
    State(gateway): State<Gateway>,
    session: Session,
    Path(case): Path<String>,
) -> Result<Response, Response> {
    let work = Work::begin(&gateway, session, &case).await?;
    let Some(referral) = &work.case.referral else {
        return Err(error_page::not_found(gateway.is_demo()));
    };
    if referral.state != "WAITING" || referral.to.id != work.viewer.agency.id {
        return Ok(work.back());
    }
    let asked = Track::from_str_name(&format!("TRACK_{}", referral.track)).unwrap_or_default();
    let entries = Entries::default().with("track", &i32::from(asked).to_string());
    Ok(ACCEPTANCE.show(&work, &entries, &Problems::default(), &Setting::DECLARED))
}

/// Sends the acceptance. What the referral's state says is the office's affair: a second press
/// gets the first answer again.
pub(super) async fn send(
    State(gateway): State<Gateway>,
    session: Session,
    Path(case): Path<String>,
    entries: Entries,
) -> Result<Response, Response> {
    let work = Work::begin(&gateway, session, &case).await?;
    let Some(referral) = &work.case.referral else {
        return Err(error_page::not_found(gateway.is_demo()));
    };
    let acceptance = ReferralAccepted {
        referral_id: referral.id.clone(),
        track: entries.choice("track"),
        worker_id: work.session.principal.staff.clone(),
        ..ReferralAccepted::default()
    };
    let mut problems = Problems::default();
    let event = Event::from(acceptance.clone());
    problems.of_declaration(&event, ACCEPTANCE.asks, gateway.today());
    if !problems.is_empty() {
        return Ok(ACCEPTANCE.show(&work, &entries, &problems, &Setting::DECLARED));
    }
    let outcome = accept(&work, Draft::carried(Some(entries.get("draft"))), acceptance).await;
    Ok(ACCEPTANCE.after(&work, outcome, &entries, &Setting::DECLARED))
}

async fn accept(
    work: &Work<'_>,
    draft: Draft,
    acceptance: ReferralAccepted,
) -> Result<contracts::office::CommandReply, Failure> {
    let context = Some(work.context(draft, "accept"));
    let request = AcceptReferralRequest { context, acceptance: Some(acceptance) };
    let mut office = work.gateway.offices().support_center()?;
    answer(&work.session, office.accept_referral(signed(&work.session, request)?)).await
}
