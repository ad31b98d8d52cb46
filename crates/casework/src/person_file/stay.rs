//! Stays in hospital: admission, transfer, planned and actual discharge, readmission, death.

use contracts::{Event, events::DestinationKind};
use jiff::civil::Date;

use super::{PersonFile, date_of};
use crate::{AgencyId, EpisodeId, Flag, Recorded, calendar::days_between};

/// One stay in one hospital.
#[derive(Debug, Clone)]
pub struct Episode {
    /// Its id.
    pub id: EpisodeId,
    /// Where.
    pub hospital: AgencyId,
    /// From when.
    pub admitted_on: Date,
    /// Who recorded that it began; after a transfer, the hospital that the person left.
    pub recorded_by: AgencyId,
    /// Where in the log its beginning was recorded.
    pub recorded_at: u64,
    /// The stay that it continues, after a transfer.
    pub continues: Option<EpisodeId>,
    /// The day set for the discharge.
    pub planned_discharge: Option<Date>,
    /// Since when the hospital holds that the person could leave.
    pub ready_since: Option<Date>,
    /// How it ended.
    pub ended: Option<EpisodeEnd>,
}

/// How a stay ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EpisodeEnd {
    /// Home, or to another place in the community.
    Discharged {
        /// When.
        on: Date,
        /// To what kind of place.
        destination: DestinationKind,
        /// To which ward, if it was said.
        ward: String,
    },
    /// To another hospital; the stay goes on there.
    Transferred {
        /// When.
        on: Date,
    },
    /// By death.
    Died {
        /// When.
        on: Date,
    },
}

impl EpisodeEnd {
    /// When it ended.
    pub fn on(&self) -> Date {
        match self {
            Self::Discharged { on, .. } | Self::Transferred { on } | Self::Died { on } => *on,
        }
    }
}

impl Episode {
    /// When the person was discharged from it into the community, if that is how it ended.
    pub fn discharged_on(&self) -> Option<Date> {
        match &self.ended {
            Some(EpisodeEnd::Discharged { on, .. }) => Some(*on),
            _ => None,
        }
    }

    /// Days for which the person could have left already, while the stay goes on.
    pub fn days_ready(&self, today: Date) -> Option<i64> {
        let since = self.ready_since.filter(|_| self.ended.is_none())?;
        Some(days_between(since, today).max(0))
    }

    /// Whether it is known from a transfer only: the hospital has not recorded it itself.
    pub fn is_announced(&self) -> bool {
        self.recorded_by != self.hospital
    }

    /// Whether the day lies in it, its first and last day included.
    pub fn includes(&self, day: Date) -> bool {
        self.admitted_on <= day && self.ended.as_ref().is_none_or(|end| day <= end.on())
    }
}

impl PersonFile {
    pub(super) fn evolve_stay(&mut self, recorded: &Recorded, flags: &mut Vec<Flag>) {
        match &recorded.event {
            Event::InpatientEpisodeOpened(event) => {
                self.admit(recorded, &event.episode_id, flags);
                self.residence.note(recorded.occurred_on, &event.residence_ward);
            }
            Event::PatientReadmitted(event) => {
                if self.episodes.is_empty() {
                    flags.push(Flag::NoEarlierStay);
                }
                self.admit(recorded, &event.episode_id, flags);
                self.residence.note(recorded.occurred_on, &event.residence_ward);
            }
            Event::DischargePlanned(event) => {
                if let Some(episode) = self.episode_mut(&event.episode_id) {
                    let planned_on = date_of(&event.planned_on, recorded.occurred_on);
                    episode.planned_discharge = Some(planned_on);
                }
            }
            Event::DischargePlanCancelled(event) => {
                if let Some(episode) = self.episode_mut(&event.episode_id) {
                    episode.planned_discharge = None;
                }
            }
            Event::PatientDischarged(event) => {
                let end = EpisodeEnd::Discharged {
                    on: recorded.occurred_on,
                    destination: event.destination_kind(),
                    ward: event.destination_ward.clone(),
                };
                self.end_stay(recorded, &event.episode_id, end, flags);
            }
            Event::PatientTransferred(event) => {
                let end = EpisodeEnd::Transferred { on: recorded.occurred_on };
                self.end_stay(recorded, &event.episode_id, end, flags);
                let hospital = AgencyId::from(event.to_agency_id.as_str());
                let arrived = self.arrived(&hospital, recorded.occurred_on);
                self.episodes.push(Episode {
                    id: EpisodeId::from(event.new_episode_id.as_str()),
                    hospital,
                    admitted_on: recorded.occurred_on,
                    recorded_by: recorded.agency.clone(),
                    recorded_at: recorded.position,
                    continues: Some(EpisodeId::from(event.episode_id.as_str())),
                    planned_discharge: None,
                    ready_since: None,
                    ended: arrived
                        .map(|on| EpisodeEnd::Transferred { on })
                        .or_else(|| self.ended_by_death()),
                });
            }
            Event::DeathRecorded(_) => self.die(recorded.occurred_on, flags),
            Event::ReadyForDischargeDeclared(event) => {
                self.set_ready(recorded, &event.episode_id, true, flags);
            }
            Event::ReadyForDischargeWithdrawn(event) => {
                self.set_ready(recorded, &event.episode_id, false, flags);
            }
            _ => {}
        }
    }

    fn set_ready(&mut self, recorded: &Recorded, id: &str, ready: bool, flags: &mut Vec<Flag>) {
        let own = |episode: &&mut Episode| episode.hospital == recorded.agency;
        let Some(episode) = self.episode_mut(id).filter(own) else {
            return flags.push(Flag::StayUnknown);
        };
        if !episode.includes(recorded.occurred_on) {
            flags.push(Flag::OutsideTheStay);
        }
        if episode.ready_since.is_some() == ready {
            flags.push(if ready { Flag::AlreadyReady } else { Flag::NotReady });
        }
        episode.ready_since = match (ready, episode.ready_since) {
            (true, since) => since.or(Some(recorded.occurred_on)),
            (false, _) => None,
        };
    }

    /// The first day of the stay that this one continues, or its own: a transfer between hospitals
    /// does not begin a new stay.
    pub fn in_hospital_since(&self, id: &EpisodeId) -> Option<Date> {
        let mut episode = self.episode(id)?;
        // A chain that leads back to itself would be an error on file; it is no longer than all.
        for _ in 0..self.episodes.len() {
            match episode.continues.as_ref().and_then(|before| self.episode(before)) {
                Some(before) => episode = before,
                None => break,
            }
        }
        Some(episode.admitted_on)
    }

    fn admit(&mut self, recorded: &Recorded, id: &str, flags: &mut Vec<Flag>) {
        let day = recorded.occurred_on;
        let continues = self.take_over(&recorded.agency, day);
        let overlaps = |episode: &Episode| match &episode.ended {
            None => true,
            Some(end) => episode.admitted_on <= day && day < end.on(),
        };
        if self.episodes.iter().any(overlaps) {
            flags.push(Flag::OverlappingStay);
        }
        self.episodes.push(Episode {
            id: EpisodeId::from(id),
            hospital: recorded.agency.clone(),
            admitted_on: day,
            recorded_by: recorded.agency.clone(),
            recorded_at: recorded.position,
            continues,
            planned_discharge: None,
            ready_since: None,
            ended: self.ended_by_death(),
        });
    }

    /// How a stay has ended that is written down after the death: nobody is in hospital any more, and
    /// to have recorded it late lets nobody go on seeing.
    fn ended_by_death(&self) -> Option<EpisodeEnd> {
        self.died_on.map(|on| EpisodeEnd::Died { on })
    }

    /// The hospital itself records the stay that a transfer announced: what was announced ends
    /// there and goes on as the hospital's own. Which stay it continues.
    fn take_over(&mut self, hospital: &AgencyId, day: Date) -> Option<EpisodeId> {
        let announced = |episode: &&mut Episode| {
            episode.ended.is_none() && episode.hospital == *hospital && episode.is_announced()
        };
        let mut continues = None;
        for episode in self.episodes.iter_mut().filter(announced) {
            episode.ended = Some(EpisodeEnd::Transferred { on: day.max(episode.admitted_on) });
            continues = Some(episode.id.clone());
        }
        continues
    }

    /// The day on which a person transferred to this hospital had arrived there, if a stay is on
    /// file in which the transfer goes on: it was recorded late, or twice.
    fn arrived(&self, hospital: &AgencyId, transferred_on: Date) -> Option<Date> {
        let goes_on = |episode: &&Episode| {
            episode.hospital == *hospital
                && episode.ended.as_ref().is_none_or(|end| {
                    transferred_on <= episode.admitted_on && transferred_on < end.on()
                })
        };
        let arrivals = self.episodes.iter().filter(goes_on).map(|episode| episode.admitted_on);
        arrivals.min().map(|admitted_on| admitted_on.max(transferred_on))
    }

    fn end_stay(&mut self, recorded: &Recorded, id: &str, end: EpisodeEnd, flags: &mut Vec<Flag>) {
        let own = |episode: &&mut Episode| episode.hospital == recorded.agency;
        let Some(episode) = self.episode_mut(id).filter(own) else {
            return flags.push(Flag::StayUnknown);
        };
        if end.on() < episode.admitted_on {
            flags.push(Flag::EndedBeforeAdmission);
        }
        if episode.ended.is_some() {
            flags.push(Flag::StayAlreadyEnded);
        }
        episode.ended = Some(end);
    }

    fn die(&mut self, died_on: Date, flags: &mut Vec<Flag>) {
        if self.died_on.is_some() {
            return flags.push(Flag::DeathRecordedTwice);
        }
        self.died_on = Some(died_on);
        self.end_emergency_stays(died_on);
        for open in self.episodes.iter_mut().filter(|episode| episode.ended.is_none()) {
            open.ended = Some(EpisodeEnd::Died { on: died_on });
        }
    }

    fn episode_mut(&mut self, id: &str) -> Option<&mut Episode> {
        self.episodes.iter_mut().find(|episode| episode.id.as_str() == id)
    }
}
