//! What a history says after its corrections.
//!
//! The past is never edited: [`EventCorrected`] carries the whole event as it should have been,
//! [`EventRetracted`] ends an event's effect. Both aim at the original, and the latest holds. States
//! are folded from the effective history, in which a corrected event stands where the original
//! stood; so whatever no longer follows from it is flagged by folding, as any fact would be.

use std::{borrow::Cow, collections::HashMap};

use contracts::{Event, catalogue, events::EventCorrected};

use crate::Recorded;

/// Which events of a history were amended, and by which: places in the history.
#[derive(Debug, Default)]
pub struct Amendments {
    by_target: HashMap<usize, usize>,
}

/// What became of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// It says something else.
    Corrected,
    /// It has no effect.
    Retracted,
}

impl Recorded {
    /// The event whose effect this one changes or ends.
    pub fn amends(&self) -> Option<&str> {
        match &self.event {
            Event::EventCorrected(event) => Some(&event.target_event_id),
            Event::EventRetracted(event) => Some(&event.target_event_id),
            _ => None,
        }
    }

    /// How an event stands that was amended by this one.
    pub fn standing(&self) -> Option<Standing> {
        match &self.event {
            Event::EventCorrected(_) => Some(Standing::Corrected),
            Event::EventRetracted(_) => Some(Standing::Retracted),
            _ => None,
        }
    }

    /// This event as an amendment leaves it; none when it was retracted. Envelope and place stay.
    pub fn amended_by(&self, amendment: &Self) -> Option<Self> {
        match &amendment.event {
            Event::EventRetracted(_) => None,
            Event::EventCorrected(correction) => {
                let Some(event) = replacement(correction).filter(|it| it.number() == self.number())
                else {
                    return Some(self.clone());
                };
                let day = event.occurred_on().and_then(|day| day.parse().ok());
                Some(Self { occurred_on: day.unwrap_or(self.occurred_on), event, ..self.clone() })
            }
            _ => Some(self.clone()),
        }
    }

    fn number(&self) -> u32 {
        self.event.number()
    }
}

impl Amendments {
    /// Those of a history. An amendment that aims at nothing in it, at an amendment or at what was
    /// recorded later has no effect; the desk does not let it in.
    pub fn of<'a>(history: impl Iterator<Item = &'a Recorded> + Clone) -> Self {
        if !history.clone().any(|recorded| recorded.amends().is_some()) {
            return Self::default();
        }
        let (mut places, mut by_target) = (HashMap::new(), HashMap::new());
        for (at, recorded) in history.enumerate() {
            match recorded.amends() {
                None => _ = places.insert(recorded.event_id.as_str(), at),
                Some(target) => _ = places.get(target).map(|target| by_target.insert(*target, at)),
            }
        }
        Self { by_target }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.by_target.is_empty()
    }

    /// Which event amends the one at this place of the history: the place of the latest.
    pub fn of_event_at(&self, place: usize) -> Option<usize> {
        self.by_target.get(&place).copied()
    }
}

/// The history with corrections in the places of their targets, without what was retracted and
/// without the amendments themselves.
pub fn effective(history: &[Recorded]) -> Cow<'_, [Recorded]> {
    if !history.iter().any(|recorded| recorded.amends().is_some()) {
        return Cow::Borrowed(history);
    }
    let amendments = Amendments::of(history.iter());
    let standing = history.iter().enumerate().filter(|(_, recorded)| recorded.amends().is_none());
    let effective = standing.filter_map(|(at, recorded)| match amendments.of_event_at(at) {
        Some(amending) => recorded.amended_by(&history[amending]),
        None => Some(recorded.clone()),
    });
    Cow::Owned(effective.collect())
}

/// The event that a correction puts in its target's place; its clear part.
pub fn replacement(correction: &EventCorrected) -> Option<Event> {
    let kind = catalogue().by_number(correction.replacement_type)?;
    kind.decode(&correction.replacement_clear).ok()
}
