//! `/cases/{case}/ward-visits/new`: a support center records a visit to the ward.

use axum::{
    extract::{Path, State},
    response::Response,
};
use contracts::{
    Event, events::WardVisitRecorded, office::CommandReply, support_center::RecordWardVisitRequest,
};
use jiff::civil::Date;

use super::{
    case_errand::{Errand, Stay, Work},
    dates,
    draft::Draft,
    form::{Ask, Choice, Control, Entries, Problems, Setting},
    offices::{Failure, answer, signed},
    session::Session,
};
use crate::Gateway;

const VISITED_ON: Ask = Ask::of("WardVisitRecorded", "visited_on", Control::Day)
    .hint("実際に訪問した日を入力してください。あとから記録してもかまいません。");
const STAY: Ask = Ask::of("WardVisitRecorded", "episode_id", Control::Select).called("入院");
const ROUND: Ask = Ask::of("WardVisitRecorded", "round_no", Control::Number)
    .hint("この方への何回目の訪問かを数字で入力してください。");

/// The form.
pub(super) const WARD_VISIT: Errand = Errand {
    title: "病棟訪問を記録する",
    intro: "病棟を訪問して本人と会ったことを記録します。入院先の病院と、同意のある機関が内容を見ることができます。",
    to: "ward-visits",
    button: "記録する",
    event: "WardVisitRecorded",
    asks: &[
        STAY,
        VISITED_ON,
        Ask::of("WardVisitRecorded", "method", Control::Radios),
        Ask::of("WardVisitRecorded", "purpose", Control::Radios),
        ROUND,
        Ask::of("WardVisitRecorded", "attendees", Control::Line(40)),
        Ask::of("WardVisitRecorded", "summary", Control::Lines(8)),
        Ask::of("WardVisitRecorded", "intent", Control::Select),
    ],
};

/// The form, with the stay that goes on.
pub(super) async fn begin(
    State(gateway): State<Gateway>,
    session: Session,
    Path(case): Path<String>,
) -> Result<Response, Response> {
    let work = Work::begin(&gateway, session, &case).await?;
    let open = work.case.person.stays.iter().find(|stay| stay.ended_on.is_none());
    let entries = open.map(|stay| Entries::default().with(STAY.name, &stay.id));
    let choices = |ask: &Ask| choices(ask, &work.case.person.stays);
    let setting = Setting { choices: &choices };
    Ok(WARD_VISIT.show(&work, &entries.unwrap_or_default(), &Problems::default(), &setting))
}

/// Sends the record of the visit.
pub(super) async fn send(
    State(gateway): State<Gateway>,
    session: Session,
    Path(case): Path<String>,
    entries: Entries,
) -> Result<Response, Response> {
    let work = Work::begin(&gateway, session, &case).await?;
    let choices = |ask: &Ask| choices(ask, &work.case.person.stays);
    let setting = Setting { choices: &choices };
    let visit = match visit(&entries, gateway.today()) {
        Ok(visit) => visit,
        Err(problems) => return Ok(WARD_VISIT.show(&work, &entries, &problems, &setting)),
    };
    let outcome = record(&work, Draft::carried(Some(entries.get("draft"))), visit).await;
    Ok(WARD_VISIT.after(&work, outcome, &entries, &setting))
}

async fn record(
    work: &Work<'_>,
    draft: Draft,
    visit: WardVisitRecorded,
) -> Result<CommandReply, Failure> {
    let context = Some(work.context(draft, "visit"));
    let request = RecordWardVisitRequest { context, visit: Some(visit) };
    let mut office = work.gateway.offices().support_center()?;
    answer(&work.session, office.record_ward_visit(signed(&work.session, request)?)).await
}

/// The visit as it was entered.
pub(super) fn visit(entries: &Entries, today: Date) -> Result<WardVisitRecorded, Problems> {
    let mut problems = Problems::default();
    let visit = WardVisitRecorded {
        episode_id: entries.get(STAY.name).to_owned(),
        visited_on: problems.date(&VISITED_ON, entries),
        method: entries.choice("method"),
        purpose: entries.choice("purpose"),
        round_no: round(entries, &mut problems),
        attendees: entries.get("attendees").to_owned(),
        summary: entries.get("summary").to_owned(),
        intent: entries.choice("intent"),
        ..WardVisitRecorded::default()
    };
    problems.of_declaration(&Event::from(visit.clone()), WARD_VISIT.asks, today);
    if problems.is_empty() { Ok(visit) } else { Err(problems) }
}

fn round(entries: &Entries, problems: &mut Problems) -> u32 {
    let text = entries.get(ROUND.name);
    let number = if text.is_empty() { Some(0) } else { dates::digits(text).parse().ok() };
    number.unwrap_or_else(|| {
        problems.add(ROUND.name, format!("「{}」は数字で入力してください。", ROUND.label()));
        0
    })
}

/// 架空みなと病院（令和3年9月6日（2021年）から）
pub(super) fn choices(ask: &Ask, stays: &[Stay]) -> Option<Vec<Choice>> {
    let in_words = |stay: &Stay| {
        let until = stay.ended_on.map(|day| format!("{}まで", dates::both(day)));
        let (hospital, from) = (&stay.hospital.name, dates::both(stay.admitted_on));
        format!("{hospital}　{from}から{}", until.unwrap_or_else(|| "入院中".to_owned()))
    };
    let of_stay = |stay: &Stay| Choice::new(&stay.id, &in_words(stay));
    (ask.name == STAY.name).then(|| stays.iter().map(of_stay).collect())
}
