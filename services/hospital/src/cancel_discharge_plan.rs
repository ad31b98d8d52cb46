//! Gives up the day on which a person was to leave this hospital.

use casework::{Context, Decided, PersonFile, Refusal};
use contracts::events::DischargePlanCancelled;

/// Gives it up for an open stay that has one.
pub fn decide(
    file: &PersonFile,
    cancellation: DischargePlanCancelled,
    context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    let stay = file.own_open_episode(&cancellation.episode_id, &context.agency)?;
    if stay.planned_discharge.is_none() {
        return Err(Refusal::DischargeNotPlanned);
    }
    Ok(Decided::of_person(cancellation.into()))
}

#[cfg(test)]
mod tests {
    use office::testing::{EPISODE, Given, given_discharged, given_inpatient};

    use super::*;
    use crate::plan_discharge::tests::plan;

    fn given_plan() -> Given {
        given_inpatient().on("2025-06-01").event(plan("2025-07-01"))
    }

    fn cancellation() -> DischargePlanCancelled {
        DischargePlanCancelled { episode_id: EPISODE.into(), ..Default::default() }
    }

    #[test]
    fn a_planned_discharge_is_given_up() {
        given_plan().when(decide, cancellation()).records(&["DischargePlanCancelled"]);
    }

    #[test]
    fn what_was_not_planned_cannot_be_given_up() {
        given_inpatient().when(decide, cancellation()).refuses(Refusal::DischargeNotPlanned);
        let given = given_plan().event(cancellation());
        given.when(decide, cancellation()).refuses(Refusal::DischargeNotPlanned);
    }

    #[test]
    fn the_stay_must_be_this_hospitals_own() {
        let given = given_plan().by("hospital-b");
        given.when(decide, cancellation()).refuses(Refusal::UnknownEpisode);
    }

    #[test]
    fn the_stay_must_be_open() {
        let given = given_discharged().by("hospital-a");
        given.when(decide, cancellation()).refuses(Refusal::EpisodeEnded);
    }
}
