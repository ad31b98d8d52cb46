//! What keeps a person in hospital, for those who take care of it.

use super::{WorkItem, WorkKind};
use crate::{Episode, PersonFile};

pub(super) fn items(file: &PersonFile) -> Vec<WorkItem> {
    let open = file.open_barriers().map(|(_, barrier)| WorkItem {
        kind: WorkKind::BarrierToOvercome,
        agency: barrier.owner.clone(),
        case_id: barrier.case_id.clone(),
        since: barrier.since,
    });
    let mut items: Vec<_> = open.collect();
    if items.is_empty() {
        items.extend(file.episodes.iter().filter_map(to_plan));
    }
    items
}

/// The person could leave, nothing stands in the way, and no day is set.
fn to_plan(episode: &Episode) -> Option<WorkItem> {
    let waits = episode.ended.is_none() && episode.planned_discharge.is_none();
    let since = episode.ready_since.filter(|_| waits)?;
    Some(WorkItem {
        kind: WorkKind::DischargeToPlan,
        agency: episode.hospital.clone(),
        case_id: None,
        since,
    })
}
