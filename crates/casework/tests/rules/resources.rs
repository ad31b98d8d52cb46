//! Providers and inquiries, folded from their streams.

use casework::{Flag, InquiryId, Provider, ProviderId, Refusal, Resources};
use contracts::{Event, events::*};

use crate::history::*;

const PROVIDER: &str = "provider-1";
const INQUIRY: &str = "inquiry-1";

/// The providers after a history, and what was remarkable about its last event.
fn folded(history: &History) -> (Resources, Vec<Flag>) {
    let mut resources = Resources::default();
    let flags = history.events().iter().map(|recorded| resources.apply(recorded));
    let flags = flags.last().unwrap_or_default();
    (resources, flags)
}

fn registered() -> History {
    let provider = ProviderRegistered {
        provider_id: PROVIDER.into(),
        name: "架空ホーム".into(),
        kind: ProviderKind::GroupHome.into(),
        ward: "isogo".into(),
        ..Default::default()
    };
    history().by(CORE).then(provider)
}

fn sheet() -> ProviderSheetUpdated {
    ProviderSheetUpdated { provider_id: PROVIDER.into(), ..Default::default() }
}

fn vacancy(kind: VacancyKind, places: u32) -> VacancyReported {
    VacancyReported {
        provider_id: PROVIDER.into(),
        kind: kind.into(),
        places_count: places,
        ..Default::default()
    }
}

fn provider(resources: &Resources) -> &Provider {
    resources.provider(&ProviderId::from(PROVIDER)).expect("it was registered")
}

#[test]
fn a_sheet_is_old_when_a_year_has_passed() {
    let (none, _) = folded(&registered());
    assert!(provider(&none).sheet_is_stale(date("2025-04-01")), "there is none");
    let (resources, flags) = folded(&registered().on("2025-05-10").then(sheet()));
    assert_eq!(flags, []);
    let provider = provider(&resources);
    assert!(!provider.sheet_is_stale(date("2025-05-10")));
    assert!(!provider.sheet_is_stale(date("2026-05-10")));
    assert!(provider.sheet_is_stale(date("2026-05-11")));
}

#[test]
fn the_day_that_a_sheet_speaks_of_decides_which_holds() {
    let late = registered().on("2025-05-10").then(sheet()).on("2025-04-20").then(sheet());
    let (resources, flags) = folded(&late);
    assert_eq!(provider(&resources).sheet.map(|sheet| sheet.on), Some(date("2025-05-10")));
    assert_eq!(flags, [Flag::OlderThanOnFile]);
}

#[test]
fn free_places_are_known_by_their_kind_and_grow_old() {
    let history = registered().on("2025-06-01").then(vacancy(VacancyKind::Regular, 2));
    let history = history.then(vacancy(VacancyKind::Trial, 1));
    let history = history.on("2025-06-20").then(vacancy(VacancyKind::Regular, 0));
    let (resources, _) = folded(&history);
    let vacancies = provider(&resources).vacancies.values();
    let found: Vec<_> = vacancies
        .map(|vacancy| (vacancy.kind, vacancy.places, vacancy.age_days(date("2025-06-30"))))
        .collect();
    assert_eq!(found, [(VacancyKind::Regular, 0, 10), (VacancyKind::Trial, 1, 29)]);
}

#[test]
fn a_retired_provider_is_no_longer_active_and_what_comes_after_is_flagged() {
    let retired = ProviderRetired { provider_id: PROVIDER.into(), ..Default::default() };
    let (resources, flags) = folded(&registered().then(retired.clone()));
    assert_eq!(flags, []);
    assert_eq!(resources.active_provider(PROVIDER).err(), Some(Refusal::ProviderRetired));
    assert_eq!(resources.active_provider("nobody").err(), Some(Refusal::UnknownProvider));
    let (_, flags) = folded(&registered().then(retired).then(sheet()));
    assert_eq!(flags, [Flag::ProviderRetired]);
}

#[test]
fn a_request_for_a_sheet_is_remembered() {
    let request = ProviderSheetRequested { provider_id: PROVIDER.into(), ..Default::default() };
    let (resources, _) = folded(&registered().on("2025-04-10").then(request));
    assert_eq!(provider(&resources).sheet_requested_on, Some(date("2025-04-10")));
}

#[test]
fn the_latest_answer_about_new_plans_holds() {
    let survey = |accepts: Answer| ProviderCapacitySurveyed {
        provider_id: PROVIDER.into(),
        accepts: accepts.into(),
        ..Default::default()
    };
    let history = registered().on("2025-05-01").then(survey(Answer::Yes));
    let (resources, _) = folded(&history.on("2025-06-01").then(survey(Answer::No)));
    assert_eq!(provider(&resources).accepts_plans.map(|(_, answer)| answer), Some(Answer::No));
}

fn asked() -> History {
    registered().by(CENTER).then(ResourceInquirySent {
        inquiry_id: INQUIRY.into(),
        kind: ProviderKind::GroupHome.into(),
        provider_ids: vec![PROVIDER.into()],
        ..Default::default()
    })
}

fn answered(answer: InquiryAnswer) -> ResourceInquiryAnswered {
    ResourceInquiryAnswered {
        inquiry_id: INQUIRY.into(),
        provider_id: PROVIDER.into(),
        answer: answer.into(),
        ..Default::default()
    }
}

fn reply(resources: &Resources) -> Option<InquiryAnswer> {
    let inquiry = resources.inquiry(&InquiryId::from(INQUIRY)).expect("it was sent");
    inquiry.replies.get(&ProviderId::from(PROVIDER)).map(|reply| reply.answer)
}

#[test]
fn a_later_answer_takes_the_place_of_an_earlier_one() {
    let (resources, _) = folded(&asked());
    assert_eq!(reply(&resources), None);
    let once = asked().on("2025-04-03").then(answered(InquiryAnswer::Yes));
    let (resources, _) = folded(&once.clone().on("2025-04-05").then(answered(InquiryAnswer::No)));
    assert_eq!(reply(&resources), Some(InquiryAnswer::No));
    let (resources, flags) = folded(&once.on("2025-04-02").then(answered(InquiryAnswer::No)));
    assert_eq!(reply(&resources), Some(InquiryAnswer::Yes));
    assert_eq!(flags, [Flag::OlderThanOnFile]);
}

#[test]
fn an_answer_after_the_end_is_taken_in_and_flagged() {
    let closed = ResourceInquiryClosed { inquiry_id: INQUIRY.into(), ..Default::default() };
    let history = asked().then(closed).then(answered(InquiryAnswer::Yes));
    let (resources, flags) = folded(&history);
    assert!(!resources.inquiry(&InquiryId::from(INQUIRY)).expect("it was sent").is_open());
    assert_eq!(reply(&resources), Some(InquiryAnswer::Yes));
    assert_eq!(flags, [Flag::InquiryClosed]);
}

#[test]
fn every_event_of_a_stream_is_counted_under_the_resource_it_names_first() {
    let (resources, _) = folded(&asked().then(answered(InquiryAnswer::Yes)));
    let lengths = [PROVIDER, INQUIRY, "nobody"].map(|id| resources.length_of(id));
    assert_eq!(lengths, [1, 2, 0]);
    assert_eq!(Event::from(answered(InquiryAnswer::Yes)).first_id(), INQUIRY);
}
