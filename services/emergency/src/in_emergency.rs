//! What all decisions in an emergency have in common.

use casework::{Context, Decided, Emergency, Refusal};
use contracts::Event;

/// Records it beside the emergency's other events: in its case, or outside any.
pub(crate) fn beside(
    emergency: &Emergency,
    event: impl Into<Event>,
    context: &Context<'_>,
) -> Result<Decided, Refusal> {
    context.agrees_with(emergency.case_id.as_ref())?;
    Ok(Decided { events: vec![(emergency.case_id.clone(), event.into())] })
}
