//! Records where the person lives at a checkpoint after discharge.

use casework::{Context, Decided, PersonFile, Refusal};
use contracts::events::CommunityStatusObserved;

/// Records it, also when the case is closed; a checkpoint observed twice is flagged.
pub fn decide(
    _file: &PersonFile,
    observation: CommunityStatusObserved,
    context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    Ok(Decided::as_asked(context, observation.into()))
}

#[cfg(test)]
mod tests {
    use casework::Flag;
    use contracts::events::LivingStatus;
    use office::testing::given_settling;

    use super::*;

    fn observed(on: &str, days: u32, status: LivingStatus) -> CommunityStatusObserved {
        CommunityStatusObserved {
            observed_on: on.into(),
            days_after_discharge: days,
            status: status.into(),
        }
    }

    #[test]
    fn each_checkpoint_is_recorded() {
        let given = given_settling().on("2026-02-02");
        let given = given.after(decide, observed("2026-02-02", 90, LivingStatus::Community));
        let next = observed("2026-05-03", 180, LivingStatus::Community);
        given.on("2026-05-03").when(decide, next).records(&["CommunityStatusObserved"]);
    }

    #[test]
    fn a_checkpoint_observed_twice_is_flagged() {
        let given = given_settling().on("2026-02-03");
        let given = given.after(decide, observed("2026-02-02", 90, LivingStatus::Community));
        let again = observed("2026-02-03", 90, LivingStatus::Inpatient);
        given.when(decide, again).flags(&[Flag::CheckpointTwice]);
    }

    #[test]
    fn it_may_follow_the_closing_of_the_case() {
        let given = given_settling().closed().on("2026-02-02");
        let observed = observed("2026-02-02", 90, LivingStatus::Community);
        given.when(decide, observed).records(&["CommunityStatusObserved"]);
    }

    #[test]
    fn after_a_death_only_the_death_is_observed() {
        let given = || given_settling().died().on("2026-02-02");
        let dead = observed("2026-02-02", 90, LivingStatus::Dead);
        given().when(decide, dead).records(&["CommunityStatusObserved"]);
        let alive = observed("2026-02-02", 90, LivingStatus::Community);
        given().when(decide, alive).flags(&[Flag::AfterDeath]);
    }
}
