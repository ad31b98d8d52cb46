//! Providers of services, and inquiries to several of them at once. They name no person, and every
//! agency reads them.

mod shown;
mod types;

use std::sync::Arc;

use async_graphql::{Context, Error, ID};
use casework::{InquiryId, ProviderId};

use super::{
    Desk,
    codes::{self, BAD_USER_INPUT},
    paging::{InquiryConnection, InquiryEdge, ProviderConnection, ProviderEdge, page_size},
};
use shown::Records;
pub(crate) use types::{Inquiry, Provider, ProviderKind};

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
