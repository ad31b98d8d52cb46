//! Records since when the person could leave, were there a place to go to.

use casework::{Context, Decided, PersonFile, Refusal};
use contracts::events::ReadyForDischargeDeclared;

/// Records it for a stay in this hospital; what is remarkable about it is said.
pub fn decide(
    file: &PersonFile,
    ready: ReadyForDischargeDeclared,
    context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    file.own_episode(&ready.episode_id, &context.agency)?;
    Ok(Decided::of_person(ready.into()))
}

#[cfg(test)]
pub(crate) mod tests {
    use casework::{Flag, WorkKind, work_items};
    use office::testing::{EPISODE, UNKNOWN, given_inpatient};

    use super::*;

    pub(crate) fn ready(on: &str) -> ReadyForDischargeDeclared {
        ReadyForDischargeDeclared {
            episode_id: EPISODE.into(),
            ready_on: on.into(),
            ..Default::default()
        }
    }

    #[test]
    fn the_clock_runs_from_that_day_and_asks_for_a_plan() {
        let given = given_inpatient().on("2025-06-01").after(decide, ready("2025-05-20"));
        let (file, today) = (given.file(), "2025-06-01".parse().unwrap());
        assert_eq!(file.open_episode().unwrap().days_ready(today), Some(12));
        let items = work_items(&file, today);
        assert_eq!(items[0].kind, WorkKind::DischargeToPlan);
        assert_eq!((items[0].agency.as_str(), items.len()), ("hospital-a", 1));
    }

    #[test]
    fn the_earlier_day_holds() {
        let given = given_inpatient().on("2025-06-01").event(ready("2025-05-20"));
        given.when(decide, ready("2025-05-25")).flags(&[Flag::AlreadyReady]);
    }

    #[test]
    fn a_day_outside_the_stay_is_flagged() {
        let given = given_inpatient().on("2025-06-01");
        given.when(decide, ready("2025-03-31")).flags(&[Flag::OutsideTheStay]);
    }

    #[test]
    fn the_stay_is_this_hospitals_own() {
        let given = given_inpatient().by("hospital-b");
        given.when(decide, ready("2025-04-01")).refuses(Refusal::UnknownEpisode);
        let unknown =
            ReadyForDischargeDeclared { episode_id: UNKNOWN.into(), ..ready("2025-04-01") };
        given_inpatient().when(decide, unknown).refuses(Refusal::UnknownEpisode);
    }
}
