//! A case: one thread of support for a person.

use std::sync::Arc;

use async_graphql::{Context, Enum, Error, ID, Object, SimpleObject};
use casework::CaseId;

use super::{
    Desk,
    agency::Agency,
    folder::Folder,
    paging::{TimelineConnection, page_cost},
    person::Person,
    referral::Referral,
    scalars::Day,
    timeline,
};

/// The programme a case is on.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "contracts::events::Track")]
pub(crate) enum Track {
    /// What the reader sees does not tell.
    #[graphql(name = "UNKNOWN")]
    Unspecified,
    /// 退院サポート
    DischargeSupport,
    /// 地域移行支援
    CommunityTransition,
    /// じもくら
    Jimokura,
    /// 入所施設からの地域移行
    FacilityTransition,
    /// 地域生活の支援
    CommunityLife,
}

/// Where a case stands, as far as the reader can know.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CaseState {
    /// What the reader sees does not tell.
    Unknown,
    /// A referral waits for an answer.
    Referred,
    /// The referral waits for a supplement.
    Returned,
    /// The referral was taken back.
    Withdrawn,
    /// The referral was declined.
    Declined,
    /// Nobody needed the answer to the referral any more.
    Lapsed,
    /// Open; no plan yet.
    Preparing,
    /// Open, with a plan.
    Supporting,
    /// A discharge is planned.
    DischargeScheduled,
    /// The person is home.
    Discharged,
    /// The person is home and support after discharge has begun.
    Settling,
    /// The person is in hospital again.
    Readmitted,
    /// Support after discharge has ended.
    Followed,
    /// Closed.
    Closed,
    /// Work rests.
    Suspended,
}

impl From<casework::CaseState> for CaseState {
    fn from(state: casework::CaseState) -> Self {
        match state {
            casework::CaseState::Referred => Self::Referred,
            casework::CaseState::Returned => Self::Returned,
            casework::CaseState::Withdrawn => Self::Withdrawn,
            casework::CaseState::Declined => Self::Declined,
            casework::CaseState::Lapsed => Self::Lapsed,
            casework::CaseState::Preparing => Self::Preparing,
            casework::CaseState::Supporting => Self::Supporting,
            casework::CaseState::DischargeScheduled => Self::DischargeScheduled,
            casework::CaseState::Discharged => Self::Discharged,
            casework::CaseState::Settling => Self::Settling,
            casework::CaseState::Readmitted => Self::Readmitted,
            casework::CaseState::Followed => Self::Followed,
            casework::CaseState::Closed => Self::Closed,
            casework::CaseState::Suspended => Self::Suspended,
        }
    }
}

/// A hand-over of a case that waits for the receiver's answer.
#[derive(SimpleObject)]
pub(crate) struct Handover {
    /// Its id.
    id: ID,
    /// Who is asked to lead the case from now on.
    to: Agency,
    /// When it was asked.
    since: Day,
}

/// One thread of support for a person.
pub(crate) struct Case {
    pub(crate) folder: Arc<Folder>,
    pub(crate) id: CaseId,
}

/// One thread of support for a person, as far as the reader sees it.
#[Object]
impl Case {
    /// Its id.
    async fn id(&self) -> ID {
        ID::from(self.id.as_str())
    }

    /// Whose case it is.
    async fn person(&self) -> Person {
        Person { folder: self.folder.clone() }
    }

    /// The programme it is on.
    async fn track(&self) -> Track {
        self.folder.view.track(&self.id).into()
    }

    /// Where it stands. It follows from what the reader sees and so never tells what is hidden.
    async fn state(&self) -> CaseState {
        self.folder.view.state(&self.id).map_or(CaseState::Unknown, CaseState::from)
    }

    /// The referral it began with; none when there was none, or the reader sees no more of it than
    /// that it exists.
    #[graphql(complexity = "5 + child_complexity")]
    async fn referral(&self, ctx: &Context<'_>) -> Result<Option<Referral>, Error> {
        let register = ctx.data_unchecked::<Arc<Desk>>().register().await?;
        Ok(Referral::of_case(&self.folder.view, &self.id, &register))
    }

    /// The agency responsible for it; none while it is not open, or when the reader cannot know.
    #[graphql(complexity = "5 + child_complexity")]
    async fn lead(&self, ctx: &Context<'_>) -> Result<Option<Agency>, Error> {
        let register = ctx.data_unchecked::<Arc<Desk>>().register().await?;
        let lead = self.folder.view.lead(&self.id);
        Ok(lead.map(|id| Agency::of(id, &register)))
    }

    /// The hand-over that waits for an answer, as far as the reader can know.
    #[graphql(complexity = "5 + child_complexity")]
    async fn handover(&self, ctx: &Context<'_>) -> Result<Option<Handover>, Error> {
        let register = ctx.data_unchecked::<Arc<Desk>>().register().await?;
        let waiting = self.folder.view.handover(&self.id);
        Ok(waiting.map(|waiting| Handover {
            id: ID::from(waiting.id.as_str()),
            to: Agency::of(&waiting.to, &register),
            since: Day(waiting.since),
        }))
    }

    /// The agencies that take part in it, as far as the reader can know.
    #[graphql(complexity = "5 * child_complexity + 1")]
    async fn agencies(&self, ctx: &Context<'_>) -> Result<Vec<Agency>, Error> {
        let register = ctx.data_unchecked::<Arc<Desk>>().register().await?;
        let ids = self.folder.view.agencies(&self.id, &register);
        Ok(ids.iter().map(|id| Agency::of(id, &register)).collect())
    }

    /// Its events, and those of the person outside any case, the newest first.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn timeline(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most this many, from 1 to 100; otherwise 50.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
    ) -> Result<TimelineConnection, Error> {
        timeline::page(ctx, &self.folder.view, &self.id, first, after.as_deref()).await
    }
}
