//! Stays in hospital, as the list tells of them.

use casework::Recorded;
use contracts::Event;
use jiff::civil::Date;

use super::Model;

/// One stay in hospital.
pub(super) struct Stay<'a> {
    pub(super) hospital: &'a str,
    pub(super) from: Date,
    /// Where in the log it was begun.
    pub(super) at: u64,
    pub(super) until: Option<Date>,
}

impl Model {
    pub(super) fn is_in(&self, hospital: &str) -> bool {
        self.stays().iter().any(|stay| stay.hospital == hospital && stay.until.is_none())
    }

    /// The stays that the log tells of.
    pub(super) fn stays(&self) -> Vec<Stay<'_>> {
        let begun: Vec<_> = self.events.iter().filter_map(Begun::read).collect();
        let ends: Vec<_> = begun.iter().map(|it| self.end_of(it, &begun, u64::MAX)).collect();
        let stays = begun.into_iter().zip(ends).map(|(it, until)| {
            let Begun { hospital, from, at, .. } = it;
            Stay { hospital, from, at, until }
        });
        stays.collect()
    }

    /// When a stay ended, as the log said before this position: by the hospital's own word; one that a
    /// transfer announced also when the person had arrived, or the hospital recorded that itself; and
    /// by death.
    fn end_of(&self, stay: &Begun<'_>, begun: &[Begun<'_>], before: u64) -> Option<Date> {
        let earlier = |event: &&Recorded| event.position < before;
        let own = self.events.iter().filter(earlier).rfind(|event| ends_stay(event, stay));
        if let Some(own) = own {
            return Some(own.occurred_on);
        }
        let there = |other: &&Begun<'_>| other.hospital == stay.hospital;
        let arrived = begun.iter().filter(there).filter(|other| {
            let end = || self.end_of(other, begun, stay.at);
            other.at < stay.at && end().is_none_or(|end| stay.from <= other.from && stay.from < end)
        });
        if let Some(arrived) = arrived.map(|it| it.from).min().filter(|_| stay.is_announced) {
            return Some(arrived.max(stay.from));
        }
        let admitted = begun.iter().filter(there).find(|other| {
            stay.is_announced && !other.is_announced && stay.at < other.at && other.at < before
        });
        let admitted = admitted.map(|it| (it.at, it.from.max(stay.from)));
        let died = every!(self, DeathRecorded).next().filter(|(death, _)| earlier(death));
        let died = died.map(|(death, _)| (death.position, death.occurred_on));
        let ends = [admitted, died].into_iter().flatten();
        ends.min_by_key(|(at, _)| *at).map(|(_, on)| on)
    }
}

/// The beginning of a stay.
struct Begun<'a> {
    at: u64,
    from: Date,
    hospital: &'a str,
    id: &'a str,
    is_announced: bool,
}

impl<'a> Begun<'a> {
    fn read(recorded: &'a Recorded) -> Option<Self> {
        let own = recorded.agency.as_str();
        let (hospital, id, is_announced) = match &recorded.event {
            Event::InpatientEpisodeOpened(event) => (own, &event.episode_id, false),
            Event::PatientReadmitted(event) => (own, &event.episode_id, false),
            Event::PatientTransferred(event) => {
                (event.to_agency_id.as_str(), &event.new_episode_id, true)
            }
            _ => return None,
        };
        let (at, from) = (recorded.position, recorded.occurred_on);
        Some(Self { at, from, hospital, id, is_announced })
    }
}

fn ends_stay(recorded: &Recorded, stay: &Begun<'_>) -> bool {
    let ended = match &recorded.event {
        Event::PatientDischarged(event) => &event.episode_id,
        Event::PatientTransferred(event) => &event.episode_id,
        _ => return false,
    };
    ended == stay.id && recorded.agency.as_str() == stay.hospital
}
