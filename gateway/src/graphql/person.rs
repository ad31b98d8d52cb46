//! A person.

use std::sync::Arc;

use async_graphql::{Context, Error, ID, Object};

use super::{
    Desk, accesses,
    case::Case,
    folder::{FieldStatus, Folder},
    paging::{AccessConnection, page_cost},
    stay::Stay,
};

/// A person, as far as the reader sees them.
pub(crate) struct Person {
    pub(crate) folder: Arc<Folder>,
}

/// A person, as far as the reader sees them.
#[Object]
impl Person {
    /// A random id that says nothing about them.
    async fn id(&self) -> ID {
        ID::from(self.folder.view.person.as_str())
    }

    /// Whether the names can be read.
    async fn name_status(&self, ctx: &Context<'_>) -> Result<FieldStatus, Error> {
        Ok(self.folder.names(ctx).await?.status)
    }

    /// The family name; none unless `nameStatus` is OPEN.
    async fn family_name(&self, ctx: &Context<'_>) -> Result<Option<String>, Error> {
        Ok(self.folder.names(ctx).await?.family.clone())
    }

    /// The given name; none unless `nameStatus` is OPEN.
    async fn given_name(&self, ctx: &Context<'_>) -> Result<Option<String>, Error> {
        Ok(self.folder.names(ctx).await?.given.clone())
    }

    /// The ward of residence, as far as the reader can know.
    async fn residence_ward(&self) -> Option<&str> {
        self.folder.view.file.residence.latest()
    }

    /// The stays in hospital whose beginning the reader sees, the latest first.
    #[graphql(complexity = "5 * child_complexity + 1")]
    async fn stays(&self, ctx: &Context<'_>) -> Result<Vec<Stay>, Error> {
        let register = ctx.data_unchecked::<Arc<Desk>>().register().await?;
        Ok(Stay::of_person(&self.folder.view, &register))
    }

    /// Who saw the person, the latest first; null unless the reader's agency answers for the person.
    /// To read it is a read that is recorded as well.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn accesses(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most this many, from 1 to 100; otherwise 50.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
    ) -> Result<Option<AccessConnection>, Error> {
        accesses::page(ctx, &self.folder.view.person, first, after.as_deref()).await
    }

    /// Whether the reader sees the person through break-glass access. It ends after an hour, or with
    /// the emergency.
    async fn through_break_glass(&self) -> bool {
        self.folder.view.glass.is_some()
    }

    /// The cases of which the reader sees something.
    #[graphql(complexity = "5 * child_complexity + 1")]
    async fn cases(&self) -> Vec<Case> {
        let cases = self.folder.view.cases().into_iter();
        cases.map(|id| Case { folder: self.folder.clone(), id }).collect()
    }
}
