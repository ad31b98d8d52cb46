//! What both stores record: the fields and texts of the visits that our own office records.

use serde::{Deserialize, Serialize};

use crate::chance::Chance;

const ATTENDEES: &str = "本人、病棟の看護師";
const SUMMARY: &str = "落ち着いて話された。買い物の練習を続けたいとのこと。次は駅まで歩く。";

/// A visit to the ward.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Visit {
    visit_id: String,
    pub episode_id: String,
    visited_on: String,
    method: u8,
    purpose: u8,
    attendees: String,
    summary: String,
}

impl Visit {
    /// A visit in the stay of this case.
    pub fn of(case: usize, chance: &mut Chance) -> Self {
        Self {
            visit_id: id(chance.next(), chance.next()),
            episode_id: episode_id(case),
            visited_on: "2026-11-02".into(),
            method: 1,
            purpose: 2,
            attendees: ATTENDEES.into(),
            summary: SUMMARY.into(),
        }
    }
}

/// Why a visit is not recorded.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    #[error("the case is not open")]
    CaseNotOpen,
    #[error("the stay is not on file")]
    UnknownEpisode,
}

/// The state on which a visit is decided.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Course {
    is_open: bool,
    episodes: Vec<String>,
    visits: u32,
}

impl Course {
    pub fn taken_on(&mut self, episode_id: String) {
        self.is_open = true;
        self.episodes.push(episode_id);
    }

    pub fn visited(&mut self) {
        self.visits += 1;
    }

    /// The rule of our own office, and nothing of what its desk does besides.
    pub fn allows(&self, visit: &Visit) -> Result<(), Refusal> {
        if !self.is_open {
            return Err(Refusal::CaseNotOpen);
        }
        if !self.episodes.contains(&visit.episode_id) {
            return Err(Refusal::UnknownEpisode);
        }
        Ok(())
    }
}

pub fn case_id(case: usize) -> String {
    id(1, case as u64)
}

pub fn episode_id(case: usize) -> String {
    id(2, case as u64)
}

/// As long as a UUID.
fn id(high: u64, low: u64) -> String {
    let (a, b, c) = (high >> 32, high >> 16 & 0xffff, high & 0xffff);
    format!("{a:08x}-{b:04x}-{c:04x}-{:04x}-{:012x}", low >> 48, low & 0xffff_ffff_ffff)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_visit_needs_an_open_case_and_a_stay_on_file() {
        let visit = Visit::of(7, &mut Chance::seeded(1));
        let mut course = Course::default();
        assert!(matches!(course.allows(&visit), Err(Refusal::CaseNotOpen)));
        course.taken_on(episode_id(8));
        assert!(matches!(course.allows(&visit), Err(Refusal::UnknownEpisode)));
        course.taken_on(episode_id(7));
        assert!(course.allows(&visit).is_ok());
    }

    #[test]
    fn an_id_is_as_long_as_a_uuid() {
        assert_eq!(id(u64::MAX, u64::MAX).len(), 36);
        assert_eq!(case_id(7), "00000000-0000-0001-0000-000000000007");
    }
}
