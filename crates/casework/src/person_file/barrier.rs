//! Barriers to discharge: several at once, each with an agency that takes care of it.

use contracts::{Event, events::BarrierKind};
use jiff::civil::Date;

use super::PersonFile;
use crate::{AgencyId, CaseId, Flag, RecordId, Recorded, Refusal};

/// Something that stands in the way of the discharge.
#[derive(Debug, Clone)]
pub struct Barrier {
    /// The case it belongs to, if it belongs to one.
    pub case_id: Option<CaseId>,
    /// What it is.
    pub kind: BarrierKind,
    /// Who takes care of it.
    pub owner: AgencyId,
    /// Since when it is known.
    pub since: Date,
    /// When it was overcome, or ceased to matter.
    pub ended_on: Option<Date>,
}

impl PersonFile {
    pub(super) fn evolve_barrier(&mut self, recorded: &Recorded, flags: &mut Vec<Flag>) {
        match &recorded.event {
            Event::BarrierIdentified(event) => {
                let owner = AgencyId::from(event.owner_agency_id.as_str());
                if !self.may_own(&owner, recorded) {
                    flags.push(Flag::OwnerNotInvolved);
                }
                let barrier = Barrier {
                    case_id: recorded.case_id.clone(),
                    kind: event.kind(),
                    owner,
                    since: recorded.occurred_on,
                    ended_on: None,
                };
                self.barriers.insert(RecordId::from(event.barrier_id.as_str()), barrier);
            }
            Event::BarrierOwnerChanged(event) => {
                let id = RecordId::from(event.barrier_id.as_str());
                if let Some(barrier) = self.barriers.get_mut(&id) {
                    barrier.owner = AgencyId::from(event.owner_agency_id.as_str());
                }
            }
            Event::BarrierResolved(event) => {
                self.end_barrier(&event.barrier_id, recorded.occurred_on, flags);
            }
            Event::PatientDischarged(_) if self.open_episode().is_none() => {
                self.go_home(recorded.occurred_on, flags);
            }
            _ => {}
        }
    }

    /// Whoever takes care of it is the one who records it, or an agency that shares the matter.
    fn may_own(&self, owner: &AgencyId, recorded: &Recorded) -> bool {
        let (case, day) = (recorded.case_id.as_ref(), recorded.occurred_on);
        *owner == recorded.agency || self.involvement().is_party(owner, case, day)
    }

    fn end_barrier(&mut self, id: &str, on: Date, flags: &mut Vec<Flag>) {
        let Some(barrier) = self.barriers.get_mut(&RecordId::from(id)) else { return };
        if on < barrier.since {
            flags.push(Flag::EndedBeforeItBegan);
        }
        if barrier.ended_on.is_some() {
            flags.push(Flag::BarrierAlreadyResolved);
        }
        barrier.ended_on.get_or_insert(on);
    }

    /// What was not overcome did not keep the person in hospital after all.
    fn go_home(&mut self, on: Date, flags: &mut Vec<Flag>) {
        if self.open_barriers().next().is_some() {
            flags.push(Flag::BarriersOpen);
        }
        for barrier in self.barriers.values_mut() {
            barrier.ended_on.get_or_insert(on);
        }
    }

    /// What has not been overcome.
    pub fn open_barriers(&self) -> impl Iterator<Item = (&RecordId, &Barrier)> {
        self.barriers.iter().filter(|(_, barrier)| barrier.ended_on.is_none())
    }

    /// A barrier on file, in the case that is meant if one is meant.
    pub fn barrier(&self, id: &str, case: Option<&CaseId>) -> Result<&Barrier, Refusal> {
        let found = self.barriers.get(&RecordId::from(id));
        let found = found.filter(|barrier| case.is_none() || barrier.case_id.as_ref() == case);
        found.ok_or(Refusal::UnknownBarrier)
    }
}
