//! Emergencies: a call for help, staying at home tried first, a place asked, what comes after.
//!
//! The steps are the guideline's, the names of the states are ours. Stays are in `emergency_stay`.

use std::collections::{BTreeMap, BTreeSet};

use contracts::{
    Event,
    events::{EmergencyRoute, EmergencyTrigger, HomeContinuationOutcome, SpecialPlacementResult},
};
use jiff::civil::Date;

use super::{EmergencyStay, Extension, PersonFile};
use crate::{AgencyId, CaseId, EmergencyId, Flag, RecordId, Recorded, days_between};

/// After so many days from the first acceptance, a meeting is late. The guideline says 速やかに and no
/// number: this one is our own, so a late meeting is remarked on and never refused.
pub const MEETING_EXPECTED_DAYS: i64 = 7;

/// One emergency.
#[derive(Debug, Clone)]
pub struct Emergency {
    /// The case it lies in, if it lies in one.
    pub case_id: Option<CaseId>,
    /// Who recorded the call for help, or took the emergency over with its case.
    pub reported_by: AgencyId,
    /// When help was called.
    pub reported_on: Date,
    /// What made it an emergency.
    pub trigger: EmergencyTrigger,
    /// Where it stands.
    pub state: EmergencyState,
    /// The agencies that its events were addressed to.
    pub informed: BTreeSet<AgencyId>,
    /// Those of them whom another agency addressed.
    pub called: BTreeSet<AgencyId>,
    /// Whether what was last arranged at home is enough; none before anything was.
    pub home: Option<HomeContinuationOutcome>,
    /// The ways of taking the person in about which a ward office was told.
    pub notices: BTreeMap<EmergencyRoute, Notice>,
    /// The places that were asked.
    pub placements: BTreeMap<RecordId, Placement>,
    /// The stays that came of it.
    pub stays: BTreeMap<RecordId, EmergencyStay>,
    /// The requests to make a stay longer.
    pub extensions: BTreeMap<RecordId, Extension>,
    /// When those who help first met about what comes next.
    pub meeting_on: Option<Date>,
}

/// Where an emergency stands, in the order of its steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum EmergencyState {
    /// Help was called.
    Reported,
    /// Staying at home was tried.
    HomeTried,
    /// A place is being looked for.
    Placing,
    /// The person was taken in.
    InStay,
    /// Those who help met; the person may still be there.
    MeetingHeld,
    /// The person left the place and finds their way back home.
    Returning,
    /// Somebody looks how it goes.
    FollowUp,
    /// Over.
    Closed,
}

/// A notice to a ward office about a way that may be taken.
#[derive(Debug, Clone)]
pub struct Notice {
    /// The ward office.
    pub to: AgencyId,
    /// When it was told.
    pub told_on: Date,
    /// Whether it has said what came of looking for a place.
    pub is_answered: bool,
}

/// A place that was asked to take the person in.
#[derive(Debug, Clone)]
pub struct Placement {
    /// In which way.
    pub route: EmergencyRoute,
    /// When it was asked.
    pub requested_on: Date,
    /// What it answered.
    pub answer: Option<PlacementAnswer>,
}

/// What a place answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlacementAnswer {
    /// It takes the person in, said on this day.
    Accepted(Date),
    /// It cannot.
    Refused,
}

impl Emergency {
    /// Whether it is not over.
    pub fn is_open(&self) -> bool {
        self.state != EmergencyState::Closed
    }

    /// When a place first said that it takes the person in.
    pub fn first_accepted_on(&self) -> Option<Date> {
        let accepted = self.placements.values().filter_map(|placement| match placement.answer {
            Some(PlacementAnswer::Accepted(on)) => Some(on),
            _ => None,
        });
        accepted.min()
    }

    /// Whether a place of this kind was asked and could not take the person in.
    pub fn was_refused_by(&self, route: EmergencyRoute) -> bool {
        let refused = |placement: &Placement| {
            placement.route == route && placement.answer == Some(PlacementAnswer::Refused)
        };
        self.placements.values().any(refused)
    }

    /// Whether the person is in a place that took them in.
    pub fn has_open_stay(&self) -> bool {
        self.stays.values().any(|stay| stay.ended_on.is_none())
    }

    /// How many entries it takes up in memory, itself included.
    pub(super) fn entries(&self) -> usize {
        let of_stays = self.placements.len() + self.stays.len() + self.extensions.len();
        1 + of_stays + self.informed.len() + self.called.len() + self.notices.len()
    }

    fn report(recorded: &Recorded, trigger: EmergencyTrigger) -> Self {
        Self {
            case_id: recorded.case_id.clone(),
            reported_by: recorded.agency.clone(),
            reported_on: recorded.occurred_on,
            trigger,
            state: EmergencyState::Reported,
            informed: BTreeSet::new(),
            called: BTreeSet::new(),
            home: None,
            notices: BTreeMap::new(),
            placements: BTreeMap::new(),
            stays: BTreeMap::new(),
            extensions: BTreeMap::new(),
            meeting_on: None,
        }
    }

    fn take_in(&mut self, recorded: &Recorded, flags: &mut Vec<Flag>) {
        match &recorded.event {
            Event::HomeContinuationArranged(event) => {
                self.home = Some(event.outcome());
                self.reach(EmergencyState::HomeTried);
            }
            Event::WardOfficeNotified(event) => {
                let to = AgencyId::from(event.ward_office_agency_id.as_str());
                let notice = Notice { to, told_on: recorded.occurred_on, is_answered: false };
                self.notices.insert(event.route(), notice);
            }
            Event::SpecialPlacementCoordinated(event) => {
                let is_pending = event.result() == SpecialPlacementResult::Pending;
                match self.notices.get_mut(&event.route()) {
                    Some(notice) => notice.is_answered = !is_pending,
                    None => flags.push(Flag::WardOfficeNotTold),
                }
            }
            Event::EmergencyPlacementRequested(event) => {
                let (route, requested_on) = (event.route(), recorded.occurred_on);
                let placement = Placement { route, requested_on, answer: None };
                // Who asks a place says that staying at home is not enough, whatever was hoped.
                if self.home == Some(HomeContinuationOutcome::Enough) {
                    self.home = Some(HomeContinuationOutcome::NotEnough);
                }
                self.placements.insert(RecordId::from(event.placement_id.as_str()), placement);
                if !self.has_open_stay() {
                    self.go_to(EmergencyState::Placing);
                }
            }
            Event::EmergencyPlacementAccepted(event) => {
                let answer = PlacementAnswer::Accepted(recorded.occurred_on);
                self.answer(&event.placement_id, answer, flags);
            }
            Event::EmergencyPlacementRefused(event) => {
                self.answer(&event.placement_id, PlacementAnswer::Refused, flags);
            }
            Event::PostEmergencyMeetingHeld(_) => self.meet(recorded.occurred_on, flags),
            Event::HomeReturnSupportRecorded(_) => self.reach(EmergencyState::Returning),
            Event::EmergencyFollowUpRecorded(_) => self.reach(EmergencyState::FollowUp),
            Event::EmergencyClosed(_) => self.state = EmergencyState::Closed,
            _ => self.take_in_stay(recorded, flags),
        }
    }

    /// A new place is looked for, or found: the one step that can lead back.
    pub(super) fn go_to(&mut self, state: EmergencyState) {
        if self.is_open() {
            self.state = state;
        }
    }

    /// A step that is not taken back.
    pub(super) fn reach(&mut self, state: EmergencyState) {
        self.state = self.state.max(state);
    }

    fn answer(&mut self, id: &str, answer: PlacementAnswer, flags: &mut Vec<Flag>) {
        let Some(placement) = self.placements.get_mut(&RecordId::from(id)) else { return };
        if placement.answer.is_some() {
            flags.push(Flag::AnsweredBefore);
        }
        placement.answer = Some(answer);
    }

    fn meet(&mut self, on: Date, flags: &mut Vec<Flag>) {
        if let Some(accepted_on) = self.first_accepted_on() {
            let is_first = self.meeting_on.is_none();
            match days_between(accepted_on, on) {
                ..0 => flags.push(Flag::MeetingBeforeAcceptance),
                days if is_first && days > MEETING_EXPECTED_DAYS => flags.push(Flag::MeetingLate),
                _ => {}
            }
        }
        self.meeting_on.get_or_insert(on);
        self.reach(EmergencyState::MeetingHeld);
    }
}

impl PersonFile {
    pub(super) fn evolve_emergency(&mut self, recorded: &Recorded, flags: &mut Vec<Flag>) {
        let Some(id) = recorded.event.emergency().map(EmergencyId::from) else { return };
        if let Event::EmergencyReported(event) = &recorded.event {
            if self.emergencies.values().any(Emergency::is_open) {
                flags.push(Flag::AnotherEmergencyOpen);
            }
            self.emergencies.insert(id.clone(), Emergency::report(recorded, event.trigger()));
        }
        let of_limit = self.stay_limit_flag(recorded);
        let Some(emergency) = self.emergencies.get_mut(&id) else {
            return flags.push(Flag::EmergencyUnknown);
        };
        if !emergency.is_open() {
            flags.push(Flag::EmergencyClosed);
        }
        // Being listed at a meeting afterwards, for example, lets nobody in.
        if recorded.event.kind().options.shown_in_emergency {
            let addressees: Vec<_> =
                recorded.event.addressees().into_iter().map(AgencyId::from).collect();
            let others = addressees.iter().filter(|agency| **agency != recorded.agency);
            emergency.called.extend(others.cloned());
            emergency.informed.extend(addressees);
        }
        emergency.take_in(recorded, flags);
        flags.extend(of_limit);
    }

    /// The person's death ends the stays.
    pub(super) fn end_emergency_stays(&mut self, died_on: Date) {
        let stays =
            self.emergencies.values_mut().flat_map(|emergency| emergency.stays.values_mut());
        for stay in stays.filter(|stay| stay.ended_on.is_none()) {
            stay.ended_on = Some(died_on);
        }
    }
}
