//! Records that the person cannot leave for the time being after all.

use casework::{Context, Decided, PersonFile, Refusal};
use contracts::events::ReadyForDischargeWithdrawn;

/// Records it for a stay in this hospital; what is remarkable about it is said.
pub fn decide(
    file: &PersonFile,
    withdrawal: ReadyForDischargeWithdrawn,
    context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    file.own_episode(&withdrawal.episode_id, &context.agency)?;
    Ok(Decided::of_person(withdrawal.into()))
}

#[cfg(test)]
mod tests {
    use casework::Flag;
    use office::testing::{EPISODE, given_inpatient};

    use super::*;
    use crate::declare_ready_for_discharge::tests::ready;

    fn withdrawal(on: &str) -> ReadyForDischargeWithdrawn {
        ReadyForDischargeWithdrawn {
            episode_id: EPISODE.into(),
            withdrawn_on: on.into(),
            ..Default::default()
        }
    }

    #[test]
    fn the_clock_stops_and_can_start_anew() {
        let given = given_inpatient().on("2025-06-01").event(ready("2025-05-20"));
        let given = given.after(decide, withdrawal("2025-05-25"));
        assert_eq!(given.file().open_episode().unwrap().ready_since, None);
        let again = given.event(ready("2025-05-30")).file();
        assert_eq!(again.open_episode().unwrap().ready_since, "2025-05-30".parse().ok());
    }

    #[test]
    fn what_was_not_declared_is_flagged() {
        let given = given_inpatient().on("2025-06-01");
        given.when(decide, withdrawal("2025-05-25")).flags(&[Flag::NotReady]);
    }

    #[test]
    fn the_stay_is_this_hospitals_own() {
        let given = given_inpatient().by("hospital-b");
        given.when(decide, withdrawal("2025-04-01")).refuses(Refusal::UnknownEpisode);
    }
}
