//! Stays in an emergency, and how long somebody may stay in a home run by a corporation.

use contracts::{
    Event,
    events::{Answer, EmergencyRoute, EmergencyStayEnded, EmergencyStayStarted, LimitBreachReason},
};
use jiff::civil::Date;

use super::{Emergency, EmergencyState, PersonFile, date_of};
use crate::{EmergencyId, Flag, RecordId, Recorded, days_between};

/// The guideline: at most seven days in a row. That both the first and the last day count, and that
/// moving on to another such home without a day between begins no new count, is our own reading.
pub const CORPORATE_HOME_DAYS_MAX: i64 = 7;

/// A stay of somebody who was taken in.
#[derive(Debug, Clone)]
pub struct EmergencyStay {
    /// The request that it came of.
    pub placement: RecordId,
    /// The way in which the person was taken in.
    pub route: EmergencyRoute,
    /// Its first day.
    pub from: Date,
    /// The day on which it is to end.
    pub planned_to: Date,
    /// The day on which it ended.
    pub ended_on: Option<Date>,
}

/// A request to make a stay longer.
#[derive(Debug, Clone)]
pub struct Extension {
    /// The stay.
    pub stay: RecordId,
    /// Whether somebody answered it.
    pub is_answered: bool,
}

impl EmergencyStay {
    /// The last day, as far as is known.
    pub fn last_day(&self) -> Date {
        self.ended_on.unwrap_or(self.planned_to)
    }

    fn is_limited(&self) -> bool {
        self.route == EmergencyRoute::CorporateActivityHome
    }

    /// Whether a stay that begins on this day follows without a day between.
    fn reaches(&self, day: Date) -> bool {
        self.from < day && days_between(self.last_day(), day) <= 1
    }
}

impl Emergency {
    pub(super) fn take_in_stay(&mut self, recorded: &Recorded, flags: &mut Vec<Flag>) {
        match &recorded.event {
            Event::EmergencyStayStarted(event) => self.start(event, recorded.occurred_on, flags),
            Event::EmergencyStayEnded(event) => self.end(event, recorded.occurred_on, flags),
            Event::EmergencyStayExtensionRequested(event) => {
                let stay = RecordId::from(event.stay_id.as_str());
                let extension = Extension { stay, is_answered: false };
                self.extensions.insert(RecordId::from(event.extension_id.as_str()), extension);
            }
            Event::EmergencyStayExtensionRefused(event) => {
                if event.next_place_asked() != Answer::Yes {
                    flags.push(Flag::NextPlaceNotAsked);
                }
                self.answer_extension(&event.extension_id, flags);
            }
            Event::EmergencyStayExtended(event) => {
                let stay = self.answer_extension(&event.extension_id, flags);
                if let Some(stay) = stay.and_then(|stay| self.stays.get_mut(&stay)) {
                    stay.planned_to = date_of(&event.planned_to_on, stay.planned_to);
                }
            }
            _ => {}
        }
    }

    fn start(&mut self, event: &EmergencyStayStarted, on: Date, flags: &mut Vec<Flag>) {
        let placement = RecordId::from(event.placement_id.as_str());
        let from = date_of(&event.from_on, on);
        let overlaps = |stay: &EmergencyStay| stay.ended_on.is_none_or(|ended_on| from < ended_on);
        if self.stays.values().any(overlaps) {
            flags.push(Flag::EmergencyStayOverlaps);
        }
        let stay = EmergencyStay {
            route: self.placements.get(&placement).map_or(EmergencyRoute::Unspecified, |p| p.route),
            placement,
            from,
            planned_to: date_of(&event.planned_to_on, from),
            ended_on: None,
        };
        self.stays.insert(RecordId::from(event.stay_id.as_str()), stay);
        let met = self.meeting_on.is_some();
        self.go_to(if met { EmergencyState::MeetingHeld } else { EmergencyState::InStay });
    }

    fn end(&mut self, event: &EmergencyStayEnded, on: Date, flags: &mut Vec<Flag>) {
        let Some(stay) = self.stays.get_mut(&RecordId::from(event.stay_id.as_str())) else {
            return;
        };
        if stay.ended_on.is_some() {
            flags.push(Flag::EmergencyStayEndedBefore);
        }
        if on < stay.from {
            flags.push(Flag::EmergencyStayReversed);
        }
        stay.ended_on = Some(on);
        if !self.has_open_stay() {
            self.reach(EmergencyState::Returning);
        }
    }

    fn answer_extension(&mut self, id: &str, flags: &mut Vec<Flag>) -> Option<RecordId> {
        let extension = self.extensions.get_mut(&RecordId::from(id))?;
        if extension.is_answered {
            flags.push(Flag::AnsweredBefore);
        }
        extension.is_answered = true;
        Some(extension.stay.clone())
    }
}

impl PersonFile {
    /// Whether a stay from one day to another, in a home run by a corporation, would be longer than
    /// such stays may be, those included that it follows without a day between.
    pub fn exceeds_stay_limit(&self, from: Date, to: Date) -> bool {
        days_in(self.run_began_on(from), to) > CORPORATE_HOME_DAYS_MAX
    }

    /// What is remarkable about how long a stay was, if it ended and the limit applies to it.
    pub(super) fn stay_limit_flag(&self, recorded: &Recorded) -> Option<Flag> {
        let Event::EmergencyStayEnded(event) = &recorded.event else { return None };
        let emergency = self.emergencies.get(&EmergencyId::from(event.emergency_id.as_str()))?;
        let stay = emergency.stays.get(&RecordId::from(event.stay_id.as_str()))?;
        let is_too_long =
            stay.is_limited() && self.exceeds_stay_limit(stay.from, recorded.occurred_on);
        is_too_long.then(|| match event.limit_breach_reason() {
            LimitBreachReason::Unspecified => Flag::LimitBreachUnexplained,
            _ => Flag::StayLimitExceeded,
        })
    }

    /// The first day of the stays without a day between that a stay from this day on continues, in
    /// whichever emergency and home.
    fn run_began_on(&self, from: Date) -> Date {
        let stays = || self.emergencies.values().flat_map(|emergency| emergency.stays.values());
        let mut began_on = from;
        loop {
            let before = stays().filter(|stay| stay.is_limited() && stay.reaches(began_on));
            let Some(earlier) = before.map(|stay| stay.from).min() else { return began_on };
            began_on = earlier;
        }
    }
}

/// How many days these are, the first and the last included.
fn days_in(from: Date, to: Date) -> i64 {
    days_between(from, to) + 1
}
