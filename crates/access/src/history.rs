//! From the log's bytes to what the rules read.

use casework::{AgencyId, CaseId, Recorded};
use contracts::{UnknownEvent, catalogue};
use event_log::StoredEvent;

/// A stored event as the rules see it: the clear part, with its envelope.
pub fn recorded(stored: &StoredEvent) -> Result<Recorded, UnknownEvent> {
    let kind = catalogue().by_number(stored.type_no);
    let kind = kind.ok_or(UnknownEvent::Number(stored.type_no))?;
    Ok(Recorded {
        position: stored.position,
        event_id: stored.event_id.to_string(),
        case_id: stored.case_id.map(|id| CaseId::from(id.to_string())),
        agency: AgencyId::from(stored.agency.as_str()),
        on_behalf_of: stored.on_behalf_of.as_deref().map(AgencyId::from),
        occurred_on: stored.occurred_on,
        recorded_at: stored.recorded_at,
        event: kind.decode(&stored.body)?,
    })
}
