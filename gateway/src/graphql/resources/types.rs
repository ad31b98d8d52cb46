//! What GraphQL tells of providers and inquiries.

use async_graphql::{Enum, ID, SimpleObject};

use crate::graphql::{agency::Agency, fields::EventField, scalars::Day};

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
    pub(super) id: ID,
    /// Its name.
    pub(super) name: String,
    /// What it offers.
    pub(super) kind: ProviderKind,
    /// The ward it lies in.
    pub(super) ward: String,
    /// The agency that registered it.
    pub(super) registered_by: Agency,
    /// Whether it is no longer there.
    pub(super) is_retired: bool,
    /// When it was last asked for its sheet.
    pub(super) sheet_requested_on: Option<Day>,
    /// Its sheet, as it was handed in last; none before the first.
    pub(super) sheet: Option<ProviderSheet>,
    /// Whether the sheet is more than a year old, or there is none.
    pub(super) sheet_is_stale: bool,
    /// Its free places, as far as somebody has said.
    pub(super) vacancies: Vec<Vacancy>,
}

/// A provider's sheet.
#[derive(SimpleObject)]
pub(crate) struct ProviderSheet {
    /// The day from which it is.
    pub(super) updated_on: Day,
    /// What it says.
    pub(super) fields: Vec<EventField>,
}

/// How many places of one kind are free.
#[derive(SimpleObject)]
pub(crate) struct Vacancy {
    /// What kind of place.
    pub(super) kind: VacancyKind,
    /// How many; 0 when it is full.
    pub(super) places: u32,
    /// As of when.
    pub(super) as_of: Day,
    /// For how many days that has stood.
    pub(super) age_days: i64,
}

/// A question to several providers. It tells conditions and nothing about whom it is for.
#[derive(SimpleObject)]
pub(crate) struct Inquiry {
    /// Its id.
    pub(super) id: ID,
    /// The agency that asks.
    pub(super) by: Agency,
    /// When it was sent.
    pub(super) sent_on: Day,
    /// When it was closed.
    pub(super) closed_on: Option<Day>,
    /// What it asks for.
    pub(super) conditions: Vec<EventField>,
    /// The providers that are asked, each with its answer.
    pub(super) replies: Vec<InquiryReply>,
}

/// A provider that was asked, and its answer.
#[derive(SimpleObject)]
pub(crate) struct InquiryReply {
    /// The provider's id.
    pub(super) provider_id: ID,
    /// The provider's name.
    pub(super) provider_name: String,
    /// Its answer; none as long as it has not answered.
    pub(super) answer: Option<InquiryAnswer>,
    /// When it answered.
    pub(super) answered_on: Option<Day>,
    /// Its reasons or conditions.
    pub(super) fields: Vec<EventField>,
}
