//! Referrals: asked, returned, supplemented, answered, or come to nothing.

use contracts::{Event, events::Track};
use jiff::civil::Date;

use super::{PersonFile, Stall};
use crate::{AgencyId, CaseId, EpisodeId, Flag, Recorded, ReferralId};

/// A referral and where it stands.
#[derive(Debug, Clone)]
pub struct Referral {
    /// The case that it opens when it is accepted; its thread from the start.
    pub case_id: CaseId,
    /// The stay out of which the person is referred.
    pub episode_id: EpisodeId,
    /// Who refers.
    pub from: AgencyId,
    /// To whom.
    pub to: AgencyId,
    /// The programme asked for.
    pub track: Track,
    /// Where it stands.
    pub state: ReferralState,
    /// When it was first submitted.
    pub submitted_on: Date,
    /// Since when it waits where it stands.
    pub since: Date,
    /// When and why the answer took its time.
    pub stalls: Vec<Stall>,
    /// The core center that was asked to help, and since when.
    pub escalated: Option<(AgencyId, Date)>,
}

/// Where a referral stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReferralState {
    /// For the receiver's answer.
    Waiting,
    /// For the sender's supplement.
    Returned,
    /// The receiver takes it on.
    Accepted,
    /// The receiver does not.
    Declined,
    /// The sender took it back.
    Withdrawn,
    /// Nobody needs the answer any more.
    Lapsed,
}

impl Referral {
    /// Whether it still waits for somebody.
    pub fn is_open(&self) -> bool {
        matches!(self.state, ReferralState::Waiting | ReferralState::Returned)
    }

    /// Whether sender and receiver still share it.
    pub fn is_shared(&self) -> bool {
        self.is_open() || self.state == ReferralState::Accepted
    }

    /// Whose turn it is.
    pub fn waits_for(&self) -> Option<&AgencyId> {
        match self.state {
            ReferralState::Waiting => Some(&self.to),
            ReferralState::Returned => Some(&self.from),
            _ => None,
        }
    }

    /// Whether this core center was asked to help with it, and it still waits.
    pub fn is_escalated_to(&self, agency: &AgencyId) -> bool {
        self.is_open() && self.escalated.as_ref().is_some_and(|(core, _)| core == agency)
    }
}

impl PersonFile {
    pub(super) fn evolve_referral(&mut self, recorded: &Recorded, flags: &mut Vec<Flag>) {
        let (id, state) = match &recorded.event {
            Event::ReferralSubmitted(event) => {
                let Some(case_id) = recorded.case_id.clone() else { return };
                let referral = Referral {
                    case_id,
                    episode_id: EpisodeId::from(event.episode_id.as_str()),
                    from: recorded.agency.clone(),
                    to: AgencyId::from(event.to_agency_id.as_str()),
                    track: event.track_requested(),
                    state: ReferralState::Waiting,
                    submitted_on: recorded.occurred_on,
                    since: recorded.occurred_on,
                    stalls: Vec::new(),
                    escalated: None,
                };
                self.referrals.insert(ReferralId::from(event.referral_id.as_str()), referral);
                return;
            }
            Event::ReferralReturned(event) => (&event.referral_id, ReferralState::Returned),
            Event::ReferralSupplemented(event) => (&event.referral_id, ReferralState::Waiting),
            Event::ReferralAccepted(event) => (&event.referral_id, ReferralState::Accepted),
            Event::ReferralDeclined(event) => (&event.referral_id, ReferralState::Declined),
            Event::ReferralWithdrawn(event) => (&event.referral_id, ReferralState::Withdrawn),
            Event::ReferralLapsed(event) => (&event.referral_id, ReferralState::Lapsed),
            _ => return self.evolve_waiting(recorded, flags),
        };
        if let Some(referral) = self.referrals.get_mut(&ReferralId::from(id.as_str())) {
            referral.state = state;
            referral.since = recorded.occurred_on;
            referral.end_stall(recorded.occurred_on);
        }
    }

    /// What happens while it waits.
    fn evolve_waiting(&mut self, recorded: &Recorded, flags: &mut Vec<Flag>) {
        let on = recorded.occurred_on;
        let id = match &recorded.event {
            Event::ReferralStallNoted(event) => &event.referral_id,
            Event::ReferralStallEnded(event) => &event.referral_id,
            Event::ReferralEscalated(event) => &event.referral_id,
            _ => return,
        };
        let Some(referral) = self.referrals.get_mut(&ReferralId::from(id.as_str())) else { return };
        if !referral.is_open() {
            flags.push(Flag::ReferralAnswered);
            return;
        }
        match &recorded.event {
            Event::ReferralStallNoted(event) => referral.stall(on, event.reason()),
            Event::ReferralStallEnded(_) => referral.end_stall(on),
            Event::ReferralEscalated(event) => {
                referral.escalated = Some((AgencyId::from(event.to_agency_id.as_str()), on));
            }
            _ => {}
        }
    }
}
