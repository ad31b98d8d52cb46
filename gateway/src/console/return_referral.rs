//! `/cases/{case}/return/new`: a support center asks for what a referral lacks.

use axum::{
    extract::{Path, State},
    response::Response,
};
use contracts::{
    Event, events::ReferralReturned, office::CommandReply, support_center::ReturnReferralRequest,
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
pub(super) const RETURN: Errand = Errand {
    title: "紹介を差し戻す",
    intro: "不足している事項を紹介元の病院に伝えます。病院が補足すると、もう一度回答待ちになります。",
    to: "return",
    button: "差し戻す",
    event: "ReferralReturned",
    asks: &[
        Ask::of("ReferralReturned", "missing", Control::Checks)
            .hint("あてはまるものをすべて選んでください。"),
        Ask::of("ReferralReturned", "note", Control::Lines(4))
            .hint("何を補ってほしいかを、病院の担当者に伝わるように書いてください。"),
    ],
};

/// The empty form.
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
    Ok(RETURN.show(&work, &Entries::default(), &Problems::default(), &Setting::DECLARED))
}

/// Sends the referral back.
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
    let returned = ReferralReturned {
        referral_id: referral.id.clone(),
        missing: entries.choices("missing"),
        note: entries.get("note").to_owned(),
        ..ReferralReturned::default()
    };
    let mut problems = Problems::default();
    let event = Event::from(returned.clone());
    problems.of_declaration(&event, RETURN.asks, gateway.today());
    if !problems.is_empty() {
        return Ok(RETURN.show(&work, &entries, &problems, &Setting::DECLARED));
    }
    let outcome = give_back(&work, Draft::carried(Some(entries.get("draft"))), returned).await;
    Ok(RETURN.after(&work, outcome, &entries, &Setting::DECLARED))
}

async fn give_back(
    work: &Work<'_>,
    draft: Draft,
    returned: ReferralReturned,
) -> Result<CommandReply, Failure> {
    let context = Some(work.context(draft, "return"));
    let request = ReturnReferralRequest { context, answer: Some(returned) };
    let mut office = work.gateway.offices().support_center()?;
    answer(&work.session, office.return_referral(signed(&work.session, request)?)).await
}
