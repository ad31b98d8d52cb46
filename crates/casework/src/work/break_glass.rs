//! What waits after break-glass access: that somebody else looks at it.

use super::{WorkItem, WorkKind};
use crate::PersonFile;

/// Each use that nobody has reviewed, for each agency that is to do so; also after a death.
pub(super) fn items(file: &PersonFile) -> impl Iterator<Item = WorkItem> {
    let open = file.break_glass.values().filter(|used| used.review.is_none());
    open.flat_map(|used| {
        let reviewers = file.reviewers(used).into_iter();
        reviewers.map(|agency| WorkItem {
            kind: WorkKind::BreakGlassToReview,
            agency: agency.clone(),
            case_id: None,
            since: used.used_on,
        })
    })
}
