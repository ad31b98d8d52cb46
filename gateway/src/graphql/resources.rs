//! Providers of services, and inquiries to several of them at once. They name no person, and every
//! agency reads them.

use std::{collections::HashMap, sync::Arc};

use access::Opened;
use async_graphql::{Context, Enum, Error, ID, SimpleObject};
use casework::{self, AgencyRegister, InquiryId, ProviderId};
use read_models::SeenEvent;

use super::{
    Caller, Desk,
    agency::Agency,
    codes::{self, BAD_USER_INPUT},
    fields::{EventField, fields},
    paging::{InquiryConnection, InquiryEdge, ProviderConnection, ProviderEdge, page_size},
    scalars::Day,
};

/// What a provider offers.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "contracts::events::ProviderKind")]
pub(crate) enum ProviderKind {
    /// Nobody has said.
    #[graphql(name = "UNKNOWN")]
    Unspecified,
    /// グループホーム
    GroupHome,
    /// 日中活動
    DayActivity,
    /// 短期入所
    ShortStay,
    /// 指定特定相談支援
    PlanConsultation,
    /// 指定一般相談支援
    GeneralConsultation,
    /// 居宅介護
    HomeHelp,
    /// 宿泊型自立訓練
    StayTraining,
    /// サポートホーム
    SupportHome,
    /// 入所施設
    ResidentialFacility,
    /// 法人型地域活動ホーム
    CorporateActivityHome,
    /// 住まい
    Housing,
    /// その他
    Other,
}

/// What kind of place is free.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "contracts::events::VacancyKind")]
pub(crate) enum VacancyKind {
    /// Nobody has said.
    #[graphql(name = "UNKNOWN")]
    Unspecified,
    /// 本利用
    Regular,
    /// 体験利用
    Trial,
    /// 短期の利用
    ShortTerm,
}

/// What a provider answers to an inquiry.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "contracts::events::InquiryAnswer")]
pub(crate) enum InquiryAnswer {
    /// Nobody has said.
    #[graphql(name = "UNKNOWN")]
    Unspecified,
    /// 可能
    Yes,
    /// 不可
    No,
    /// 条件付きで可能
    Conditional,
}

/// A provider of services. It has no office of the house; others record for it.
#[derive(SimpleObject)]
pub(crate) struct Provider {
    /// Its id.
    id: ID,
    /// Its name.
    name: String,
    /// What it offers.
    kind: ProviderKind,
    /// The ward it lies in.
    ward: String,
    /// The agency that registered it.
    registered_by: Agency,
    /// Whether it is no longer there.
    is_retired: bool,
    /// When it was last asked for its sheet.
    sheet_requested_on: Option<Day>,
    /// Its sheet, as it was handed in last; none before the first.
    sheet: Option<ProviderSheet>,
    /// Whether the sheet is more than a year old, or there is none.
    sheet_is_stale: bool,
    /// Its free places, as far as somebody has said.
    vacancies: Vec<Vacancy>,
}

/// A provider's sheet.
#[derive(SimpleObject)]
pub(crate) struct ProviderSheet {
    /// The day from which it is.
    updated_on: Day,
    /// What it says.
    fields: Vec<EventField>,
}

/// How many places of one kind are free.
#[derive(SimpleObject)]
pub(crate) struct Vacancy {
    /// What kind of place.
    kind: VacancyKind,
    /// How many; 0 when it is full.
    places: u32,
    /// As of when.
    as_of: Day,
    /// For how many days that has stood.
    age_days: i64,
}

/// A question to several providers. It tells conditions and nothing about whom it is for.
#[derive(SimpleObject)]
pub(crate) struct Inquiry {
    /// Its id.
    id: ID,
    /// The agency that asks.
    by: Agency,
    /// When it was sent.
    sent_on: Day,
    /// When it was closed.
    closed_on: Option<Day>,
    /// What it asks for.
    conditions: Vec<EventField>,
    /// The providers that are asked, each with its answer.
    replies: Vec<InquiryReply>,
}

/// A provider that was asked, and its answer.
#[derive(SimpleObject)]
pub(crate) struct InquiryReply {
    /// The provider's id.
    provider_id: ID,
    /// The provider's name.
    provider_name: String,
    /// Its answer; none as long as it has not answered.
    answer: Option<InquiryAnswer>,
    /// When it answered.
    answered_on: Option<Day>,
    /// Its reasons or conditions.
    fields: Vec<EventField>,
}

/// Which providers are asked for.
pub(crate) struct ProvidersAsked {
    pub(crate) ward: Option<String>,
    pub(crate) kind: Option<ProviderKind>,
}

/// One page of the providers that are still there, by ward and name.
pub(crate) async fn providers(
    ctx: &Context<'_>,
    asked: ProvidersAsked,
    first: Option<i32>,
    after: Option<&str>,
    min_position: Option<u64>,
) -> Result<ProviderConnection, Error> {
    let size = page_size(first)?;
    let kind = asked.kind.map(contracts::events::ProviderKind::from);
    let register = ctx.data_unchecked::<Arc<Desk>>().register_after(min_position).await?;
    let mut found: Vec<_> = register
        .resources
        .providers()
        .filter(|provider| {
            let in_ward = asked.ward.as_ref().is_none_or(|ward| *ward == provider.ward);
            provider.is_active() && in_ward && kind.is_none_or(|kind| kind == provider.kind)
        })
        .collect();
    found.sort_by(|one, other| place(one).cmp(&place(other)));
    let start = start(found.iter().map(|provider| provider.id.as_str()), after)?;
    let page: Vec<_> = found.iter().copied().skip(start).take(size).collect();
    let records = Records::of_providers(ctx, &page, min_position).await?;
    let edges = page.iter().map(|provider| ProviderEdge {
        cursor: provider.id.to_string(),
        node: records.provider(provider, &register),
    });
    let has_next = start + page.len() < found.len();
    Ok(ProviderConnection::page(edges.collect(), start > 0, has_next))
}

/// One provider, whether it is still there or not.
pub(crate) async fn provider(
    ctx: &Context<'_>,
    id: &ID,
    min_position: Option<u64>,
) -> Result<Option<Provider>, Error> {
    let register = ctx.data_unchecked::<Arc<Desk>>().register_after(min_position).await?;
    let Ok(provider) = register.resources.provider(&ProviderId::from(id.as_str())) else {
        return Ok(None);
    };
    let records = Records::of_providers(ctx, &[provider], min_position).await?;
    Ok(Some(records.provider(provider, &register)))
}

/// One page of inquiries, the newest first.
pub(crate) async fn inquiries(
    ctx: &Context<'_>,
    with_closed: bool,
    first: Option<i32>,
    after: Option<&str>,
    min_position: Option<u64>,
) -> Result<InquiryConnection, Error> {
    let size = page_size(first)?;
    let register = ctx.data_unchecked::<Arc<Desk>>().register_after(min_position).await?;
    let inquiries = register.resources.inquiries();
    let mut found: Vec<_> = inquiries.filter(|inquiry| with_closed || inquiry.is_open()).collect();
    found.sort_by_key(|inquiry| std::cmp::Reverse(inquiry.sent.position));
    let start = start(found.iter().map(|inquiry| inquiry.id.as_str()), after)?;
    let page: Vec<_> = found.iter().copied().skip(start).take(size).collect();
    let records = Records::of_inquiries(ctx, &page, min_position).await?;
    let edges = page.iter().map(|inquiry| InquiryEdge {
        cursor: inquiry.id.to_string(),
        node: records.inquiry(inquiry, &register),
    });
    let has_next = start + page.len() < found.len();
    Ok(InquiryConnection::page(edges.collect(), start > 0, has_next))
}

/// One inquiry, open or closed.
pub(crate) async fn inquiry(
    ctx: &Context<'_>,
    id: &ID,
    min_position: Option<u64>,
) -> Result<Option<Inquiry>, Error> {
    let register = ctx.data_unchecked::<Arc<Desk>>().register_after(min_position).await?;
    let Ok(inquiry) = register.resources.inquiry(&InquiryId::from(id.as_str())) else {
        return Ok(None);
    };
    let records = Records::of_inquiries(ctx, &[inquiry], min_position).await?;
    Ok(Some(records.inquiry(inquiry, &register)))
}

fn place(provider: &casework::Provider) -> (&str, &str, &ProviderId) {
    (&provider.ward, &provider.name, &provider.id)
}

fn start<'a>(mut ids: impl Iterator<Item = &'a str>, after: Option<&str>) -> Result<usize, Error> {
    let Some(after) = after else { return Ok(0) };
    let found = ids.position(|id| id == after).map(|at| at + 1);
    found.ok_or_else(|| codes::error(BAD_USER_INPUT, "the cursor is not of this list"))
}

/// The events that say what is shown, opened, by their positions.
struct Records {
    found: HashMap<u64, (SeenEvent, Opened)>,
    today: jiff::civil::Date,
}

impl Records {
    async fn of_providers(
        ctx: &Context<'_>,
        providers: &[&casework::Provider],
        min_position: Option<u64>,
    ) -> Result<Self, Error> {
        let sheets = providers.iter().filter_map(|provider| provider.sheet);
        let positions: Vec<_> = sheets.map(|sheet| sheet.position).collect();
        Self::load(ctx, &positions, min_position).await
    }

    async fn of_inquiries(
        ctx: &Context<'_>,
        inquiries: &[&casework::Inquiry],
        min_position: Option<u64>,
    ) -> Result<Self, Error> {
        let positions = inquiries.iter().flat_map(|inquiry| {
            let replies = inquiry.replies.values().map(|reply| reply.latest.position);
            replies.chain([inquiry.sent.position])
        });
        let positions: Vec<_> = positions.collect();
        Self::load(ctx, &positions, min_position).await
    }

    /// One record of the read, if anything sealed is opened.
    async fn load(
        ctx: &Context<'_>,
        positions: &[u64],
        min_position: Option<u64>,
    ) -> Result<Self, Error> {
        let (desk, caller) = (ctx.data_unchecked::<Arc<Desk>>(), ctx.data_unchecked::<Caller>());
        let viewer = caller.principal.viewer();
        // The register can be a moment ahead of the read model.
        let min_position = positions.iter().copied().max().max(min_position);
        let events = desk.reads.records_at(&viewer, positions, min_position).await;
        let events = events.map_err(codes::of_read)?;
        let shown: Vec<_> = events.iter().collect();
        let opened = desk.show_records(caller, &shown, true).await?;
        let found = events.into_iter().zip(opened);
        let found = found.map(|(event, opened)| (event.recorded.position, (event, opened)));
        Ok(Self { found: found.collect(), today: desk.today() })
    }

    fn fields(&self, position: u64, register: &AgencyRegister) -> Vec<EventField> {
        let found = self.found.get(&position);
        found.map(|(event, opened)| fields(event, opened, register)).unwrap_or_default()
    }

    fn provider(&self, provider: &casework::Provider, register: &AgencyRegister) -> Provider {
        let sheet = provider.sheet.map(|sheet| ProviderSheet {
            updated_on: Day(sheet.on),
            fields: self.fields(sheet.position, register),
        });
        let vacancies = provider.vacancies.values().map(|vacancy| Vacancy {
            kind: vacancy.kind.into(),
            places: vacancy.places,
            as_of: Day(vacancy.latest.on),
            age_days: vacancy.age_days(self.today),
        });
        Provider {
            id: ID::from(provider.id.as_str()),
            name: provider.name.clone(),
            kind: provider.kind.into(),
            ward: provider.ward.clone(),
            registered_by: Agency::of(&provider.registered_by, register),
            is_retired: !provider.is_active(),
            sheet_requested_on: provider.sheet_requested_on.map(Day),
            sheet,
            sheet_is_stale: provider.sheet_is_stale(self.today),
            vacancies: vacancies.collect(),
        }
    }

    fn inquiry(&self, inquiry: &casework::Inquiry, register: &AgencyRegister) -> Inquiry {
        let replies = inquiry.providers.iter().map(|id| self.reply(inquiry, id, register));
        Inquiry {
            id: ID::from(inquiry.id.as_str()),
            by: Agency::of(&inquiry.by, register),
            sent_on: Day(inquiry.sent.on),
            closed_on: inquiry.closed_on.map(Day),
            conditions: self.fields(inquiry.sent.position, register),
            replies: replies.collect(),
        }
    }

    fn reply(
        &self,
        inquiry: &casework::Inquiry,
        id: &ProviderId,
        register: &AgencyRegister,
    ) -> InquiryReply {
        let reply = inquiry.replies.get(id);
        let provider = register.resources.provider(id);
        InquiryReply {
            provider_id: ID::from(id.as_str()),
            provider_name: provider.map(|provider| provider.name.clone()).unwrap_or_default(),
            answer: reply.map(|reply| reply.answer.into()),
            answered_on: reply.map(|reply| Day(reply.latest.on)),
            fields: reply
                .map(|reply| self.fields(reply.latest.position, register))
                .unwrap_or_default(),
        }
    }
}
