//! Pages, as Relay's cursor connections have them.

use async_graphql::{Error, SimpleObject, connection::PageInfo};

use super::{
    accesses::Access,
    codes::{self, BAD_USER_INPUT},
    merging::{MergeCandidate, MergeProposal},
    resources::{Inquiry, Provider},
    searching::FoundPerson,
    timeline::TimelineEntry,
    work::WorkItem,
};

const PAGE_DEFAULT: usize = 50;
const PAGE_MAX: usize = 100;

/// A connection and its edge: generic types cannot be nested in the library's derive.
macro_rules! connection {
    ($connection:ident, $edge:ident, $node:ty) => {
        /// One page of a list.
        #[derive(SimpleObject)]
        pub(crate) struct $connection {
            /// What is on the page.
            edges: Vec<$edge>,
            /// Whether there is more.
            page_info: PageInfo,
        }

        /// One entry of a page.
        #[derive(SimpleObject)]
        pub(crate) struct $edge {
            /// Where the page after this entry begins: hand it to `after`.
            pub(crate) cursor: String,
            /// The entry.
            pub(crate) node: $node,
        }

        impl $connection {
            /// A page of forward reading.
            pub(crate) fn page(edges: Vec<$edge>, has_previous: bool, has_next: bool) -> Self {
                let page_info = PageInfo {
                    has_previous_page: has_previous,
                    has_next_page: has_next,
                    start_cursor: edges.first().map(|edge| edge.cursor.clone()),
                    end_cursor: edges.last().map(|edge| edge.cursor.clone()),
                };
                Self { edges, page_info }
            }
        }
    };
}

connection!(TimelineConnection, TimelineEdge, TimelineEntry);
connection!(WorkItemConnection, WorkItemEdge, WorkItem);
connection!(ProviderConnection, ProviderEdge, Provider);
connection!(InquiryConnection, InquiryEdge, Inquiry);
connection!(FoundPersonConnection, FoundPersonEdge, FoundPerson);
connection!(MergeCandidateConnection, MergeCandidateEdge, MergeCandidate);
connection!(MergeProposalConnection, MergeProposalEdge, MergeProposal);

/// Where a page begins: behind the entry that was named, which has to be there still.
pub(crate) fn start<T: AsRef<str>>(
    mut cursors: impl Iterator<Item = T>,
    after: Option<&str>,
) -> Result<usize, Error> {
    let Some(after) = after else { return Ok(0) };
    let place = cursors.position(|cursor| cursor.as_ref() == after);
    place.map(|place| place + 1).ok_or_else(|| {
        codes::error(BAD_USER_INPUT, "the cursor is not of this list, or what it named has left it")
    })
}
connection!(AccessConnection, AccessEdge, Access);

/// The size that was asked for.
pub(crate) fn page_size(first: Option<i32>) -> Result<usize, Error> {
    let size = first.map_or(Some(PAGE_DEFAULT), |first| usize::try_from(first).ok());
    let size = size.filter(|size| (1..=PAGE_MAX).contains(size));
    size.ok_or_else(|| codes::error(BAD_USER_INPUT, "first must be from 1 to 100"))
}

/// What a page of entries costs, each at this price.
pub(crate) fn page_cost(first: Option<i32>, entry: usize) -> usize {
    page_size(first).unwrap_or(PAGE_MAX).saturating_mul(entry).saturating_add(1)
}
