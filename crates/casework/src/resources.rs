//! The providers of the city and the inquiries to them, folded from their streams.

use std::collections::BTreeMap;

use contracts::{
    Event,
    events::{Answer, InquiryAnswer, ProviderKind, VacancyKind},
};
use jiff::{ToSpan, civil::Date};

use crate::{AgencyId, Flag, InquiryId, ProviderId, Recorded, Refusal, days_between};

/// The guideline expects a sheet about once a year; a year after its date one is shown as old.
const SHEET_MONTHS: i32 = 12;

/// What was said last, by the day it speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Latest {
    /// The day it speaks of.
    pub on: Date,
    /// Where it lies in the log.
    pub position: u64,
}

/// A provider of services. It has no office of the house; others record for it.
#[derive(Debug, Clone)]
pub struct Provider {
    /// Its id.
    pub id: ProviderId,
    /// Its name.
    pub name: String,
    /// What it offers.
    pub kind: ProviderKind,
    /// The ward it lies in.
    pub ward: String,
    /// The agency that registered it.
    pub registered_by: AgencyId,
    /// When it was retired.
    pub retired_on: Option<Date>,
    /// When it was last asked for its sheet.
    pub sheet_requested_on: Option<Date>,
    /// Its sheet.
    pub sheet: Option<Latest>,
    /// Its free places, by their kind.
    pub vacancies: BTreeMap<i32, Vacancy>,
    /// Whether it takes on new service-use plans, as it said last.
    pub accepts_plans: Option<(Latest, Answer)>,
}

/// How many places of one kind are free.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Vacancy {
    /// What kind of place.
    pub kind: VacancyKind,
    /// How many; 0 when it is full.
    pub places: u32,
    /// As of when.
    pub latest: Latest,
}

/// A question to several providers at once. It tells nothing about whom it is for.
#[derive(Debug, Clone)]
pub struct Inquiry {
    /// Its id.
    pub id: InquiryId,
    /// The agency that asks.
    pub by: AgencyId,
    /// When it was sent, and where its conditions lie.
    pub sent: Latest,
    /// Who is asked.
    pub providers: Vec<ProviderId>,
    /// The answer of each provider that has given one.
    pub replies: BTreeMap<ProviderId, InquiryReply>,
    /// When it was closed.
    pub closed_on: Option<Date>,
}

/// A provider's answer to an inquiry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InquiryReply {
    /// What it answers.
    pub answer: InquiryAnswer,
    /// When, and where its reasons lie.
    pub latest: Latest,
}

/// All providers and inquiries by id.
#[derive(Debug, Clone, Default)]
pub struct Resources {
    providers: BTreeMap<ProviderId, Provider>,
    inquiries: BTreeMap<InquiryId, Inquiry>,
    /// How many events of each stream were taken in.
    lengths: BTreeMap<String, u64>,
}

impl Provider {
    /// Whether it is still there.
    pub fn is_active(&self) -> bool {
        self.retired_on.is_none()
    }

    /// Whether its sheet is too old to rely on; one that was never handed in is as well.
    pub fn sheet_is_stale(&self, today: Date) -> bool {
        self.sheet.is_none_or(|sheet| sheet.on.saturating_add(SHEET_MONTHS.months()) < today)
    }
}

impl Vacancy {
    /// For how many days it has stood.
    pub fn age_days(&self, today: Date) -> i64 {
        days_between(self.latest.on, today)
    }
}

impl Inquiry {
    /// Whether it still waits for answers.
    pub fn is_open(&self) -> bool {
        self.closed_on.is_none()
    }
}

impl Resources {
    /// Takes in one event of a resource's stream, and says what is remarkable about it.
    pub fn apply(&mut self, recorded: &Recorded) -> Vec<Flag> {
        let mut flags = Vec::new();
        *self.lengths.entry(recorded.event.first_id()).or_default() += 1;
        self.evolve_inquiry(recorded, &mut flags);
        self.evolve_provider(recorded, &mut flags);
        flags
    }

    /// How many events of this resource are on file.
    pub fn length_of(&self, id: &str) -> u64 {
        self.lengths.get(id).copied().unwrap_or_default()
    }

    /// The provider, retired or not.
    pub fn provider(&self, id: &ProviderId) -> Result<&Provider, Refusal> {
        self.providers.get(id).ok_or(Refusal::UnknownProvider)
    }

    /// The provider, if it is still there.
    pub fn active_provider(&self, id: &str) -> Result<&Provider, Refusal> {
        let provider = self.provider(&ProviderId::from(id))?;
        if provider.is_active() { Ok(provider) } else { Err(Refusal::ProviderRetired) }
    }

    /// Every provider, by id.
    pub fn providers(&self) -> impl Iterator<Item = &Provider> {
        self.providers.values()
    }

    /// The inquiry, open or closed.
    pub fn inquiry(&self, id: &InquiryId) -> Result<&Inquiry, Refusal> {
        self.inquiries.get(id).ok_or(Refusal::UnknownInquiry)
    }

    /// Every inquiry, by id.
    pub fn inquiries(&self) -> impl Iterator<Item = &Inquiry> {
        self.inquiries.values()
    }

    fn evolve_inquiry(&mut self, recorded: &Recorded, flags: &mut Vec<Flag>) {
        let on = recorded.occurred_on;
        let latest = Latest { on, position: recorded.position };
        match &recorded.event {
            Event::ResourceInquirySent(event) => {
                let inquiry = Inquiry {
                    id: InquiryId::from(event.inquiry_id.as_str()),
                    by: recorded.agency.clone(),
                    sent: latest,
                    providers: event.provider_ids.iter().map(ProviderId::from).collect(),
                    replies: BTreeMap::new(),
                    closed_on: None,
                };
                self.inquiries.insert(inquiry.id.clone(), inquiry);
            }
            Event::ResourceInquiryAnswered(event) => {
                let id = InquiryId::from(event.inquiry_id.as_str());
                let Some(inquiry) = self.inquiries.get_mut(&id) else { return };
                if !inquiry.is_open() {
                    flags.push(Flag::InquiryClosed);
                }
                let provider = ProviderId::from(event.provider_id.as_str());
                let before = inquiry.replies.get(&provider).map(|reply| reply.latest);
                if holds(before, on, flags) {
                    let reply = InquiryReply { answer: event.answer(), latest };
                    inquiry.replies.insert(provider, reply);
                }
            }
            Event::ResourceInquiryClosed(event) => {
                let id = InquiryId::from(event.inquiry_id.as_str());
                if let Some(inquiry) = self.inquiries.get_mut(&id) {
                    inquiry.closed_on.get_or_insert(on);
                }
            }
            _ => {}
        }
    }

    fn evolve_provider(&mut self, recorded: &Recorded, flags: &mut Vec<Flag>) {
        if let Event::ProviderRegistered(event) = &recorded.event {
            let id = ProviderId::from(event.provider_id.as_str());
            let provider = Provider {
                id: id.clone(),
                name: event.name.clone(),
                kind: event.kind(),
                ward: event.ward.clone(),
                registered_by: recorded.agency.clone(),
                retired_on: None,
                sheet_requested_on: None,
                sheet: None,
                vacancies: BTreeMap::new(),
                accepts_plans: None,
            };
            self.providers.insert(id, provider);
            return;
        }
        let id = ProviderId::from(recorded.event.first_id());
        let Some(provider) = self.providers.get_mut(&id) else { return };
        if !provider.is_active() {
            flags.push(Flag::ProviderRetired);
        }
        provider.evolve(recorded, flags);
    }
}

impl Provider {
    fn evolve(&mut self, recorded: &Recorded, flags: &mut Vec<Flag>) {
        let on = recorded.occurred_on;
        let latest = Latest { on, position: recorded.position };
        match &recorded.event {
            Event::ProviderRetired(_) => {
                self.retired_on.get_or_insert(on);
            }
            Event::ProviderSheetRequested(_) => self.sheet_requested_on = Some(on),
            Event::ProviderSheetUpdated(_) => {
                let before = self.sheet;
                if holds(before, on, flags) {
                    self.sheet = Some(latest);
                }
            }
            Event::VacancyReported(event) => {
                let before = self.vacancies.get(&event.kind).map(|vacancy| vacancy.latest);
                if holds(before, on, flags) {
                    let (kind, places) = (event.kind(), event.places_count);
                    self.vacancies.insert(event.kind, Vacancy { kind, places, latest });
                }
            }
            Event::ProviderCapacitySurveyed(event) => {
                let before = self.accepts_plans.map(|(latest, _)| latest);
                if holds(before, on, flags) {
                    self.accepts_plans = Some((latest, event.accepts()));
                }
            }
            _ => {}
        }
    }
}

/// Whether what speaks of this day takes the place of what is on file.
fn holds(before: Option<Latest>, on: Date, flags: &mut Vec<Flag>) -> bool {
    let is_older = before.is_some_and(|before| on < before.on);
    if is_older {
        flags.push(Flag::OlderThanOnFile);
    }
    !is_older
}
