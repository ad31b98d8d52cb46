//! Records an admission to this hospital. It happened, so it is recorded whatever else is on file.

use casework::{Context, Decided, PersonFile, Refusal};
use contracts::events::InpatientEpisodeOpened;

/// Records it; another open stay, or a death before it, is flagged.
pub fn decide(
    _file: &PersonFile,
    stay: InpatientEpisodeOpened,
    _context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    Ok(Decided::of_person(stay.into()))
}

#[cfg(test)]
mod tests {
    use casework::Flag;
    use contracts::events::PatientDischarged;
    use office::testing::{EPISODE, given_inpatient, given_registered};

    use super::*;

    fn stay(from: &str) -> InpatientEpisodeOpened {
        let residence_ward = "14107".into();
        InpatientEpisodeOpened { admitted_on: from.into(), residence_ward, ..Default::default() }
    }

    #[test]
    fn an_admission_is_recorded() {
        given_registered().when(decide, stay("2025-04-01")).records(&["InpatientEpisodeOpened"]);
    }

    #[test]
    fn a_second_open_stay_is_flagged_in_whichever_hospital() {
        for hospital in ["hospital-a", "hospital-b"] {
            let given = given_inpatient().by(hospital).on("2025-05-01");
            given.when(decide, stay("2025-05-01")).flags(&[Flag::OverlappingStay]);
        }
    }

    #[test]
    fn a_stay_may_begin_on_the_day_another_ended_but_not_before() {
        let home = PatientDischarged { episode_id: EPISODE.into(), ..Default::default() };
        let given = || given_inpatient().on("2025-05-20").event(home.clone()).on("2025-06-01");
        given().when(decide, stay("2025-05-20")).records(&["InpatientEpisodeOpened"]);
        given().when(decide, stay("2025-05-19")).flags(&[Flag::OverlappingStay]);
    }

    #[test]
    fn an_admission_after_death_is_flagged() {
        let given = given_registered().on("2025-05-01").died().on("2025-06-01");
        given.when(decide, stay("2025-05-02")).flags(&[Flag::AfterDeath]);
    }
}
