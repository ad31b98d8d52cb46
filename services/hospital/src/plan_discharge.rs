//! Sets the day on which a person will leave this hospital.

use casework::{Context, Decided, PersonFile, Refusal};
use contracts::events::DischargePlanned;

/// Sets it for an open stay that has no such day yet.
pub fn decide(
    file: &PersonFile,
    plan: DischargePlanned,
    context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    file.alive()?;
    let stay = file.own_open_episode(&plan.episode_id, &context.agency)?;
    if stay.planned_discharge.is_some() {
        return Err(Refusal::DischargeAlreadyPlanned);
    }
    if plan.planned_on < context.today_in_iso() {
        return Err(Refusal::PlannedInThePast);
    }
    Ok(Decided::of_person(plan.into()))
}

#[cfg(test)]
pub(crate) mod tests {
    use contracts::events::{DestinationKind, DischargePlanCancelled};
    use office::testing::{EPISODE, UNKNOWN, given_discharged, given_inpatient};

    use super::*;

    pub(crate) fn plan(on: &str) -> DischargePlanned {
        DischargePlanned {
            episode_id: EPISODE.into(),
            planned_on: on.into(),
            destination_kind: DestinationKind::Home.into(),
            ..Default::default()
        }
    }

    #[test]
    fn a_discharge_is_planned_for_today_or_later() {
        for day in ["2025-06-01", "2026-06-01"] {
            let given = given_inpatient().on("2025-06-01");
            given.when(decide, plan(day)).records(&["DischargePlanned"]);
        }
    }

    #[test]
    fn a_discharge_is_not_planned_for_yesterday() {
        let given = given_inpatient().on("2025-06-01");
        given.when(decide, plan("2025-05-31")).refuses(Refusal::PlannedInThePast);
    }

    #[test]
    fn one_discharge_is_planned_at_a_time() {
        let given = given_inpatient().on("2025-06-01").event(plan("2025-07-01"));
        given.when(decide, plan("2025-07-02")).refuses(Refusal::DischargeAlreadyPlanned);
        let cancelled = DischargePlanCancelled { episode_id: EPISODE.into(), ..Default::default() };
        let given = given_inpatient().on("2025-06-01").event(plan("2025-07-01")).event(cancelled);
        given.when(decide, plan("2025-07-02")).records(&["DischargePlanned"]);
    }

    #[test]
    fn the_stay_must_be_this_hospitals_own() {
        let unknown = DischargePlanned { episode_id: UNKNOWN.into(), ..plan("2025-07-01") };
        given_inpatient().when(decide, unknown).refuses(Refusal::UnknownEpisode);
        let elsewhere = given_inpatient().by("hospital-b");
        elsewhere.when(decide, plan("2025-07-01")).refuses(Refusal::UnknownEpisode);
    }

    #[test]
    fn the_stay_must_be_open() {
        let given = given_discharged().by("hospital-a");
        given.when(decide, plan("2025-12-01")).refuses(Refusal::EpisodeEnded);
    }

    #[test]
    fn nothing_is_planned_after_death() {
        let given = given_inpatient().on("2025-06-01").died();
        given.when(decide, plan("2025-07-01")).refuses(Refusal::PersonDied);
    }
}
