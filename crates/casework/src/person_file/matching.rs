//! Finding an office that makes the service-use plan of somebody who plans for themselves.

use contracts::Event;

use super::PersonFile;
use crate::{Flag, ProviderId, RecordId, Recorded, Refusal};

/// One search for an office.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matching {
    /// Where it stands.
    pub state: MatchingState,
    /// The office that was proposed last.
    pub provider: Option<ProviderId>,
}

/// Where a matching stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MatchingState {
    /// The person was picked; no office is proposed.
    Candidate,
    /// An office is to answer.
    Proposed,
    /// The office makes the plan.
    Accepted,
}

impl PersonFile {
    pub(super) fn evolve_matching(&mut self, recorded: &Recorded, flags: &mut Vec<Flag>) {
        match &recorded.event {
            Event::SelfPlanSupported(_) => self.self_plan_supported = true,
            Event::PlanMatchingCandidateExtracted(event) => {
                let matching = Matching { state: MatchingState::Candidate, provider: None };
                self.matchings.insert(RecordId::from(event.matching_id.as_str()), matching);
            }
            Event::PlanMatchingProposed(event) => {
                if let Some(matching) = self.matchings.get_mut(&RecordId::from(&event.matching_id))
                {
                    matching.state = MatchingState::Proposed;
                    matching.provider = Some(ProviderId::from(event.provider_id.as_str()));
                }
            }
            Event::PlanMatchingAccepted(event) => {
                self.answer_matching(&event.matching_id, MatchingState::Accepted, flags);
            }
            // Another office can be proposed.
            Event::PlanMatchingDeclined(event) => {
                self.answer_matching(&event.matching_id, MatchingState::Candidate, flags);
            }
            _ => {}
        }
    }

    fn answer_matching(&mut self, id: &str, next: MatchingState, flags: &mut Vec<Flag>) {
        let Some(matching) = self.matchings.get_mut(&RecordId::from(id)) else { return };
        if matching.state == MatchingState::Proposed {
            matching.state = next;
        } else {
            flags.push(Flag::MatchingNotProposed);
        }
    }

    /// A matching on file.
    pub fn matching(&self, id: &str) -> Result<&Matching, Refusal> {
        self.matchings.get(&RecordId::from(id)).ok_or(Refusal::UnknownMatching)
    }

    /// Whether an office is being looked for.
    pub fn is_being_matched(&self) -> bool {
        self.matchings.values().any(|matching| matching.state != MatchingState::Accepted)
    }
}
