//! Records that a person left this hospital alive, and not for another one.

use casework::{Context, Decided, PersonFile, Refusal};
use contracts::events::PatientDischarged;

/// Records it for a stay in this hospital; what does not follow from the stay is flagged.
pub fn decide(
    file: &PersonFile,
    discharge: PatientDischarged,
    context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    file.own_episode(&discharge.episode_id, &context.agency)?;
    Ok(Decided::of_person(discharge.into()))
}

#[cfg(test)]
mod tests {
    use casework::Flag;
    use office::testing::{EPISODE, UNKNOWN, given_case, given_inpatient};

    use super::*;

    fn discharge(on: &str) -> PatientDischarged {
        PatientDischarged {
            episode_id: EPISODE.into(),
            discharged_on: on.into(),
            ..Default::default()
        }
    }

    #[test]
    fn a_discharge_is_recorded_however_late() {
        let given = given_inpatient().on("2025-06-01");
        given.when(decide, discharge("2025-05-20")).records(&["PatientDischarged"]);
    }

    #[test]
    fn the_stay_must_be_on_file_and_this_hospitals_own() {
        let other = PatientDischarged { episode_id: UNKNOWN.into(), ..discharge("2025-05-20") };
        given_inpatient().when(decide, other).refuses(Refusal::UnknownEpisode);
        let elsewhere = given_inpatient().by("hospital-b");
        elsewhere.when(decide, discharge("2025-05-20")).refuses(Refusal::UnknownEpisode);
    }

    #[test]
    fn a_discharge_before_the_admission_is_flagged() {
        let given = given_inpatient().on("2025-06-01");
        given.when(decide, discharge("2025-03-31")).flags(&[Flag::EndedBeforeAdmission]);
    }

    #[test]
    fn a_second_discharge_is_flagged() {
        let given = given_inpatient().on("2025-06-01").event(discharge("2025-05-20"));
        given.when(decide, discharge("2025-05-21")).flags(&[Flag::StayAlreadyEnded]);
    }

    #[test]
    fn a_discharge_after_death_is_flagged_twice_over() {
        let given = given_inpatient().on("2025-05-20").died().on("2025-06-01");
        let flags = [Flag::AfterDeath, Flag::StayAlreadyEnded];
        given.when(decide, discharge("2025-05-21")).flags(&flags);
    }

    #[test]
    fn leaving_before_there_is_a_plan_is_flagged() {
        let given = given_case().outside_cases().by("hospital-a");
        given.when(decide, discharge("2025-05-15")).flags(&[Flag::UnexpectedInCase]);
    }
}
