//! Cases: the machine that every thread of support goes through.
//!
//! The steps are named by the guidelines, the states are ours.

use std::collections::BTreeMap;

use contracts::{
    Event,
    events::{CaseCloseReason, Track},
};
use jiff::civil::Date;

use super::{HandedOn, Handover, PersonFile};
use crate::{AgencyId, CaseId, Flag, Recorded, ReferralId};

/// One thread of support.
#[derive(Debug, Clone)]
pub struct Case {
    /// The programmes it went through, each with the log position from which it holds.
    pub tracks: Vec<(u64, Track)>,
    /// The referral it began with, if any.
    pub referral: Option<ReferralId>,
    /// The agency that leads it, once it is open.
    pub lead: Option<AgencyId>,
    /// The agencies that led it and handed it on, unless they lead it again.
    pub former_leads: BTreeMap<AgencyId, HandedOn>,
    /// The hand-over that waits for an answer.
    pub handover: Option<Handover>,
    /// When a hand-over was declined, until the lead does something in the case.
    pub handover_declined_on: Option<Date>,
    /// When it was opened.
    pub opened_on: Option<Date>,
    /// How often the person has come into hospital since; 1 at first.
    pub cycle: u32,
    /// Where it stands, suspension aside.
    pub stage: CaseState,
    /// Whether work rests.
    pub suspended: bool,
    /// Since when it stands where it stands.
    pub since: Date,
    /// The individual support plan in force and its version.
    pub support_plan: Option<(String, u32)>,
    /// When that plan is to be looked at again, if its writer has said.
    pub support_plan_review_on: Option<Date>,
    /// Support after discharge.
    pub settlement: Settlement,
    /// When support after discharge began; a rest in between does not change it.
    pub settlement_started_on: Option<Date>,
    /// Why it was closed.
    pub close_reason: Option<CaseCloseReason>,
}

/// Where a case stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CaseState {
    /// A referral waits for an answer.
    Referred,
    /// The referral waits for a supplement.
    Returned,
    /// The referral was taken back.
    Withdrawn,
    /// The referral was declined.
    Declined,
    /// Nobody needed the answer to the referral any more.
    Lapsed,
    /// Open; no plan yet.
    Preparing,
    /// Open, with a plan.
    Supporting,
    /// A discharge is planned.
    DischargeScheduled,
    /// The person is home.
    Discharged,
    /// The person is home and support after discharge has begun.
    Settling,
    /// The person is in hospital again.
    Readmitted,
    /// Support after discharge has ended.
    Followed,
    /// Closed.
    Closed,
    /// Work rests.
    Suspended,
}

/// Support after discharge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settlement {
    /// Not begun.
    None,
    /// Under way.
    Open,
    /// Resting, while the person is in hospital for example.
    Paused,
    /// Over.
    Ended,
}

impl Case {
    /// Where it stands.
    pub fn state(&self) -> CaseState {
        if self.suspended { CaseState::Suspended } else { self.stage }
    }

    /// The programme it is on.
    pub fn track(&self) -> Track {
        self.tracks.last().map_or(Track::Unspecified, |(_, track)| *track)
    }

    /// The programme it was on at a position of the log.
    pub fn track_at(&self, position: u64) -> Track {
        let holds = |(from, _): &&(u64, Track)| *from <= position;
        self.tracks
            .iter()
            .rev()
            .find(holds)
            .or(self.tracks.first())
            .map_or(Track::Unspecified, |(_, track)| *track)
    }

    /// Whether it was closed.
    pub fn is_closed(&self) -> bool {
        self.stage == CaseState::Closed
    }

    /// Whether it has been opened and not closed.
    pub fn is_open(&self) -> bool {
        let before = [
            CaseState::Referred,
            CaseState::Returned,
            CaseState::Withdrawn,
            CaseState::Declined,
            CaseState::Lapsed,
            CaseState::Closed,
        ];
        !before.contains(&self.stage)
    }

    /// Whether it follows the person out of hospital. Cases on other tracks do not move with stays.
    fn follows_stays(&self) -> bool {
        let tracks = [Track::DischargeSupport, Track::CommunityTransition, Track::Jimokura];
        self.is_open() && tracks.contains(&self.track())
    }

    /// Support after discharge that nobody paused during a new stay simply goes on.
    fn stage_at_home(&self) -> CaseState {
        match self.settlement {
            Settlement::Open => CaseState::Settling,
            Settlement::None | Settlement::Paused | Settlement::Ended => CaseState::Discharged,
        }
    }

    fn enter(&mut self, stage: CaseState, on: Date) {
        self.stage = stage;
        self.since = on;
    }
}

impl PersonFile {
    pub(super) fn evolve_case(&mut self, recorded: &Recorded, flags: &mut Vec<Flag>) {
        match &recorded.event {
            Event::ReferralSubmitted(event) => {
                let referral = Some(ReferralId::from(event.referral_id.as_str()));
                self.begin_case(recorded, event.track_requested(), referral);
            }
            Event::ReferralReturned(_) => self.enter(recorded, CaseState::Returned),
            Event::ReferralSupplemented(_) => self.enter(recorded, CaseState::Referred),
            Event::ReferralDeclined(_) => self.enter(recorded, CaseState::Declined),
            Event::ReferralWithdrawn(_) => self.enter(recorded, CaseState::Withdrawn),
            Event::ReferralLapsed(_) => self.enter(recorded, CaseState::Lapsed),
            Event::CaseOpened(event) => {
                let referral = (!event.referral_id.is_empty())
                    .then(|| ReferralId::from(event.referral_id.as_str()));
                self.case_opened(recorded, event.track(), referral);
            }
            Event::DischargePlanned(_) => {
                self.move_with_stay(recorded.occurred_on, |case| {
                    (case.stage == CaseState::Supporting).then_some(CaseState::DischargeScheduled)
                });
            }
            Event::DischargePlanCancelled(_) => {
                self.move_with_stay(recorded.occurred_on, |case| {
                    (case.stage == CaseState::DischargeScheduled).then_some(CaseState::Supporting)
                });
            }
            Event::PatientDischarged(_) => self.discharge_cases(recorded, flags),
            Event::PatientReadmitted(_) => self.readmit_cases(recorded),
            _ => self.evolve_open_case(recorded, flags),
        }
    }

    fn evolve_open_case(&mut self, recorded: &Recorded, flags: &mut Vec<Flag>) {
        let on = recorded.occurred_on;
        let discharged = self.open_episode().is_none() && self.last_discharge().is_some();
        let Some(case) = recorded.case_id.as_ref().and_then(|id| self.cases.get_mut(id)) else {
            return;
        };
        match &recorded.event {
            Event::TrackChanged(event) => case.tracks.push((recorded.position, event.to_track())),
            Event::CaseSuspended(_) => case.suspended = true,
            Event::CaseResumed(_) => case.suspended = false,
            Event::CaseClosed(event) => {
                case.close_reason = Some(event.reason());
                case.suspended = false;
                case.enter(CaseState::Closed, on);
            }
            Event::CaseReopened(_) => {
                case.close_reason = None;
                case.settlement = Settlement::None;
                case.settlement_started_on = None;
                case.support_plan = None;
                case.support_plan_review_on = None;
                case.enter(CaseState::Preparing, on);
            }
            Event::IndividualSupportPlanCreated(event) => {
                case.support_plan = Some((event.plan_id.clone(), event.version));
                case.support_plan_review_on = event.next_review_on.parse().ok();
                let next = if discharged { CaseState::Discharged } else { CaseState::Supporting };
                if case.stage == CaseState::Preparing && case.follows_stays() {
                    case.enter(next, on);
                } else if case.stage == CaseState::Preparing {
                    case.enter(CaseState::Supporting, on);
                }
            }
            Event::IndividualSupportPlanRevised(event) => {
                case.support_plan = Some((event.plan_id.clone(), event.version));
                case.support_plan_review_on = event.next_review_on.parse().ok();
                if case.stage == CaseState::Readmitted {
                    case.enter(CaseState::Supporting, on);
                }
            }
            Event::SettlementSupportStarted(_) | Event::SettlementSupportResumed(_) => {
                case.settlement = Settlement::Open;
                case.settlement_started_on.get_or_insert(on);
                case.enter(CaseState::Settling, on);
            }
            Event::SettlementSupportPaused(_) => case.settlement = Settlement::Paused,
            Event::SettlementSupportEnded(_) => {
                case.settlement = Settlement::Ended;
                case.enter(CaseState::Followed, on);
            }
            Event::SettlementFollowUpRecorded(_) if case.settlement != Settlement::Open => {
                flags.push(Flag::SettlementNotOpen);
            }
            _ => {}
        }
    }

    fn begin_case(&mut self, recorded: &Recorded, track: Track, referral: Option<ReferralId>) {
        let Some(id) = recorded.case_id.clone() else { return };
        let case = Case {
            tracks: vec![(recorded.position, track)],
            referral,
            lead: None,
            former_leads: BTreeMap::new(),
            handover: None,
            handover_declined_on: None,
            opened_on: None,
            cycle: 1,
            stage: CaseState::Referred,
            suspended: false,
            since: recorded.occurred_on,
            support_plan: None,
            support_plan_review_on: None,
            settlement: Settlement::None,
            settlement_started_on: None,
            close_reason: None,
        };
        self.cases.insert(id, case);
    }

    fn case_opened(&mut self, recorded: &Recorded, track: Track, referral: Option<ReferralId>) {
        let Some(id) = recorded.case_id.clone() else { return };
        // Where a referral was accepted by telephone, the one who accepted leads, and not the one
        // who wrote it down.
        let accepted_by = recorded.on_behalf_of.as_ref().filter(|_| referral.is_some());
        let lead = accepted_by.unwrap_or(&recorded.agency).clone();
        if !self.cases.contains_key(&id) {
            self.begin_case(recorded, track, referral);
        }
        self.join_team(recorded, lead.clone());
        let Some(case) = self.cases.get_mut(&id) else { return };
        if case.track() != track {
            case.tracks.push((recorded.position, track));
        }
        case.lead = Some(lead);
        case.opened_on = Some(recorded.occurred_on);
        case.enter(CaseState::Preparing, recorded.occurred_on);
    }

    fn enter(&mut self, recorded: &Recorded, stage: CaseState) {
        let case = recorded.case_id.as_ref().and_then(|id| self.cases.get_mut(id));
        if let Some(case) = case {
            case.enter(stage, recorded.occurred_on);
        }
    }

    fn discharge_cases(&mut self, recorded: &Recorded, flags: &mut Vec<Flag>) {
        let still_in_hospital = self.open_episode().is_some();
        if still_in_hospital {
            return;
        }
        self.move_with_stay(recorded.occurred_on, |case| match case.stage {
            CaseState::Supporting | CaseState::DischargeScheduled => Some(case.stage_at_home()),
            CaseState::Preparing | CaseState::Readmitted => {
                flags.push(Flag::UnexpectedInCase);
                Some(case.stage_at_home())
            }
            _ => None,
        });
    }

    fn readmit_cases(&mut self, recorded: &Recorded) {
        self.move_with_stay(recorded.occurred_on, |case| {
            let was_home = matches!(case.stage, CaseState::Discharged | CaseState::Settling);
            was_home.then(|| {
                case.cycle += 1;
                CaseState::Readmitted
            })
        });
    }

    fn move_with_stay(&mut self, on: Date, mut next: impl FnMut(&mut Case) -> Option<CaseState>) {
        for case in self.cases.values_mut().filter(|case| case.follows_stays()) {
            if let Some(stage) = next(case) {
                case.enter(stage, on);
            }
        }
    }

    /// The open case on this track, if there is one.
    pub fn open_case_on(&self, track: Track) -> Option<&CaseId> {
        let open = |(_, case): &(&CaseId, &Case)| case.is_open() && case.track() == track;
        self.cases.iter().find(open).map(|(id, _)| id)
    }
}
