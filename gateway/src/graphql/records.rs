//! What lies in no person's stream: what agencies record about their own work, providers, inquiries.

use std::sync::Arc;

use async_graphql::{Context, Error, ID, InputObject};
use casework::AgencyId;
use contracts::catalogue;
use read_models::RecordsAsked;

use super::{
    Caller, Desk,
    codes::{self, BAD_USER_INPUT},
    paging::{TimelineConnection, TimelineEdge, page_size},
    timeline::TimelineEntry,
};

/// Which records are asked for.
#[derive(InputObject, Default)]
pub(crate) struct RecordFilter {
    /// Only events of this type, as the catalogue names it.
    r#type: Option<String>,
    /// Only what this agency recorded.
    agency: Option<ID>,
    /// Only what is about this provider or inquiry.
    resource: Option<ID>,
}

impl TryFrom<RecordFilter> for RecordsAsked {
    type Error = Error;

    fn try_from(asked: RecordFilter) -> Result<Self, Error> {
        let number = |name: String| {
            let kind = catalogue().by_name(&name).map(|kind| kind.number);
            kind.ok_or_else(|| codes::error(BAD_USER_INPUT, "no event has this name"))
        };
        Ok(Self {
            type_no: asked.r#type.map(number).transpose()?,
            agency: asked.agency.map(|id| AgencyId::from(id.0)),
            subject: asked.resource.map(|id| id.0),
        })
    }
}

/// One page, the newest first. What is opened of it is put on record.
pub(crate) async fn page(
    ctx: &Context<'_>,
    asked: RecordFilter,
    first: Option<i32>,
    after: Option<&str>,
    min_position: Option<u64>,
) -> Result<TimelineConnection, Error> {
    let (desk, caller) = (ctx.data_unchecked::<Arc<Desk>>(), ctx.data_unchecked::<Caller>());
    let (size, asked) = (page_size(first)?, RecordsAsked::try_from(asked)?);
    let before = after.map(|cursor| desk.position(cursor)).transpose()?;
    let viewer = caller.principal.viewer();
    let page = desk.reads.records(&viewer, &asked, size, before, min_position).await;
    let page = page.map_err(codes::of_read)?;
    let shown: Vec<_> = page.records.iter().collect();
    let content = ctx.look_ahead().field("edges").field("node").field("fields").exists();
    let opened = desk.show_records(caller, &shown, content).await?;
    let register = desk.register().await?;
    let edges = shown.iter().zip(&opened).map(|(event, opened)| TimelineEdge {
        cursor: desk.positions.hide(event.recorded.position),
        node: TimelineEntry::of(desk, &register, event, opened, None),
    });
    Ok(TimelineConnection::page(edges.collect(), before.is_some(), page.has_more))
}
