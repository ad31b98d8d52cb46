//! Stays in hospital, for whoever records something that happened in one.

use async_graphql::{ID, SimpleObject};
use casework::{AgencyRegister, Seen};
use contracts::Event;
use read_models::PersonView;

use super::{agency::Agency, scalars::Day};

/// A stay in hospital, for readers who see more of it than that it exists.
#[derive(SimpleObject)]
pub(crate) struct Stay {
    /// Its id.
    id: ID,
    /// Where it is, or was.
    hospital: Agency,
    /// When it began.
    admitted_on: Day,
    /// When it ended; none while it goes on, as far as the reader can know.
    ended_on: Option<Day>,
    /// Since when the hospital holds that the person could leave.
    ready_since: Option<Day>,
    /// Days for which the person could have left already, while the stay goes on.
    days_ready: Option<i64>,
}

impl Stay {
    /// Every stay whose beginning the reader sees, the latest first.
    pub(crate) fn of_person(view: &PersonView, register: &AgencyRegister) -> Vec<Self> {
        let seen = view.events.iter().filter(|event| event.seen > Seen::Stub);
        let begun: Vec<_> = seen.filter_map(|event| begins(&event.recorded.event)).collect();
        let known = |episode: &&casework::Episode| begun.contains(&episode.id.as_str());
        let mut stays: Vec<_> = view.file.episodes.iter().filter(known).collect();
        stays.sort_by_key(|episode| std::cmp::Reverse(episode.admitted_on));
        let stay = |episode: &casework::Episode| Self {
            id: ID::from(episode.id.as_str()),
            hospital: Agency::of(&episode.hospital, register),
            admitted_on: Day(episode.admitted_on),
            ended_on: episode.ended.as_ref().map(|end| Day(end.on())),
            ready_since: episode.ready_since.map(Day),
            days_ready: view.days_ready(episode),
        };
        stays.into_iter().map(stay).collect()
    }
}

/// The id of the stay that begins with this event.
fn begins(event: &Event) -> Option<&str> {
    match event {
        Event::InpatientEpisodeOpened(event) => Some(&event.episode_id),
        Event::PatientReadmitted(event) => Some(&event.episode_id),
        Event::PatientTransferred(event) => Some(&event.new_episode_id),
        _ => None,
    }
}
