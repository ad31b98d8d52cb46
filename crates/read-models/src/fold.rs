//! From the packed events of a person to what the rules know about them.
//!
//! An event that does not decode, or over which the rules panic, parks its person: the history is
//! kept, but nobody is shown it, since who may see what cannot be judged without that event.
//! Everybody else goes on.

use std::panic::{AssertUnwindSafe, catch_unwind};

use casework::{AgencyId, CaseId, Flag, PersonFile, Recorded};
use contracts::catalogue;

use crate::packed::Packed;

/// How an event is taken in.
pub(crate) type Apply = fn(&mut PersonFile, &Recorded) -> Vec<Flag>;

/// The rules of this version.
pub(crate) const RULES: Apply = PersonFile::apply;

/// A person's file, and where it stopped to be whole.
#[derive(Default)]
pub(crate) struct Folded {
    /// Folded from whatever could be taken in.
    pub(crate) file: PersonFile,
    /// The first event that could not.
    pub(crate) parked_at: Option<u64>,
}

impl Folded {
    /// Takes one more event in, and says what is remarkable about it.
    pub(crate) fn apply(&mut self, recorded: &Recorded, apply: Apply) -> Vec<Flag> {
        contained(|| apply(&mut self.file, recorded)).unwrap_or_else(|| {
            self.park(recorded.position);
            Vec::new()
        })
    }

    /// The event at this position cannot be taken in.
    pub(crate) fn park(&mut self, position: u64) {
        self.parked_at = Some(self.parked_at.map_or(position, |before| before.min(position)));
    }
}

/// The event as the rules see it; none when this version cannot read it.
pub(crate) fn recorded(packed: &Packed<'_>) -> Option<Recorded> {
    let event = catalogue().by_number(packed.type_no)?.decode(packed.body).ok()?;
    Some(Recorded {
        position: packed.position,
        event_id: packed.event_id.to_string(),
        case_id: packed.case_id.map(|id| CaseId::from(id.to_string())),
        agency: AgencyId::from(packed.agency),
        on_behalf_of: packed.on_behalf_of.map(AgencyId::from),
        occurred_on: packed.occurred_on,
        recorded_at: packed.recorded_at,
        event,
    })
}

/// What a pure computation gives; none when it panicked. Whatever it was changing must not be
/// shown to anybody then.
pub(crate) fn contained<T>(compute: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(compute)).ok()
}
