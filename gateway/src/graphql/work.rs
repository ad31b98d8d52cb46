//! What waits for the reader's agency.

use std::{collections::HashSet, sync::Arc};

use async_graphql::{Context, Error, Object};
use read_models::{PersonView, Work};

use super::{
    Caller, Desk,
    case::Case,
    codes::{self, BAD_USER_INPUT},
    folder::{Folder, folder_of, lay_out},
    paging::{WorkItemConnection, WorkItemEdge, page_size},
    person::Person,
    scalars::Day,
};

/// One piece of work that waits.
pub(crate) struct WorkItem(Work);

/// One piece of work that waits for the reader's agency.
#[Object]
impl WorkItem {
    /// A code to act on.
    async fn kind(&self) -> &str {
        self.0.item.kind.code()
    }

    /// What is to be done, in Japanese.
    async fn label(&self) -> &str {
        self.0.item.kind.label_ja()
    }

    /// Why it waits, in Japanese.
    async fn reason(&self) -> &str {
        self.0.item.kind.reason_ja()
    }

    /// Since when it waits.
    async fn since(&self) -> Day {
        Day(self.0.item.since)
    }

    /// The case it belongs to, if it belongs to one.
    async fn case(&self, ctx: &Context<'_>) -> Result<Option<Case>, Error> {
        let Some(id) = self.0.item.case_id.clone() else { return Ok(None) };
        let with_names = wants_names(&ctx.look_ahead().field("person"));
        let folder = open(ctx, &self.0.view, with_names).await?;
        Ok(Some(Case { folder, id }))
    }

    /// Who it is about.
    async fn person(&self, ctx: &Context<'_>) -> Result<Person, Error> {
        let folder = open(ctx, &self.0.view, wants_names(&ctx.look_ahead())).await?;
        Ok(Person { folder })
    }
}

/// Whether the person at this place of a document is asked for their names.
pub(crate) fn wants_names(person: &async_graphql::Lookahead<'_>) -> bool {
    ["familyName", "givenName", "nameStatus"].iter().any(|name| person.field(name).exists())
}

/// Whether anybody on a list is asked for their names.
fn lists_names(list: &async_graphql::Lookahead<'_>) -> bool {
    let item = list.field("edges").field("node");
    wants_names(&item.field("person")) || wants_names(&item.field("case").field("person"))
}

/// The persons on a page, each once.
fn persons_of(work: &[Work]) -> Vec<Arc<PersonView>> {
    let mut known = HashSet::new();
    let first = work.iter().filter(|work| known.insert(&work.view.person));
    first.map(|work| work.view.clone()).collect()
}

async fn open(
    ctx: &Context<'_>,
    view: &Arc<PersonView>,
    with_names: bool,
) -> Result<Arc<Folder>, Error> {
    let folder = folder_of(ctx, view, with_names).await?;
    folder.ok_or_else(|| codes::error(codes::INTERNAL, "the person is gone from the list"))
}

/// Which list of the reader's agency.
#[derive(Clone, Copy)]
pub(crate) enum List {
    /// What waits for it.
    Waiting,
    /// The open cases that it leads.
    CasesInHand,
}

/// One page of a list of the reader's agency.
pub(crate) async fn page(
    ctx: &Context<'_>,
    list: List,
    first: Option<i32>,
    after: Option<&str>,
    min_position: Option<u64>,
) -> Result<WorkItemConnection, Error> {
    let (desk, caller) = (ctx.data_unchecked::<Arc<Desk>>(), ctx.data_unchecked::<Caller>());
    let size = page_size(first)?;
    let viewer = caller.principal.viewer();
    let unknown = || codes::error(BAD_USER_INPUT, "the cursor is not of this list");
    let place = |cursor| desk.work_cursors.open(&viewer.agency, cursor).ok_or_else(unknown);
    let after = after.map(place).transpose()?;
    let is_first_page = after.is_none();
    let page = match list {
        List::Waiting => desk.reads.work_list(&viewer, size, after, min_position).await,
        List::CasesInHand => desk.reads.cases_in_hand(&viewer, size, after, min_position).await,
    };
    let page = page.map_err(codes::of_read)?;
    // Whatever is asked of them: that something waits with a person is about the person.
    lay_out(ctx, &persons_of(&page.work), lists_names(&ctx.look_ahead())).await?;
    let edges = page.work.into_iter().map(|work| WorkItemEdge {
        cursor: desk.work_cursors.seal(&viewer.agency, &work.place),
        node: WorkItem(work),
    });
    Ok(WorkItemConnection::page(edges.collect(), !is_first_page, page.has_more))
}
