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

#[cfg(test)]
mod tests {
    use contracts::{Event, events::WardVisitRecorded};

    use super::*;

    fn visit(position: u64) -> Recorded {
        Recorded {
            position,
            event_id: String::new(),
            case_id: None,
            agency: AgencyId::from("a"),
            on_behalf_of: None,
            occurred_on: "2025-05-01".parse().unwrap(),
            recorded_at: "2025-05-01T00:00:00Z".parse().unwrap(),
            event: Event::from(WardVisitRecorded::default()),
        }
    }

    /// Rules with a mistake in them.
    fn panics_at_odd_positions(_: &mut PersonFile, recorded: &Recorded) -> Vec<Flag> {
        assert!(recorded.position.is_multiple_of(2), "this panic belongs to the test");
        vec![Flag::VisitOutsideStay]
    }

    #[test]
    fn a_panic_of_the_rules_parks_at_the_first_event_and_goes_on() {
        let mut folded = Folded::default();
        let flags = (2..=5).map(|position| folded.apply(&visit(position), panics_at_odd_positions));
        let flagged: Vec<_> = flags.map(|flags| !flags.is_empty()).collect();
        assert_eq!(flagged, [true, false, true, false]);
        assert_eq!(folded.parked_at, Some(3));
        folded.park(1);
        assert_eq!(folded.parked_at, Some(1), "the first of all");
    }
}
