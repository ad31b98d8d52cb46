//! Records that a person who had left hospital is in one again. An open case goes on.

use casework::{Context, Decided, PersonFile, Refusal};
use contracts::events::PatientReadmitted;

/// Records it; a first stay, or one beside another, is flagged.
pub fn decide(
    _file: &PersonFile,
    stay: PatientReadmitted,
    _context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    Ok(Decided::of_person(stay.into()))
}

#[cfg(test)]
mod tests {
    use casework::Flag;
    use office::testing::{Given, given_discharged, given_inpatient, given_registered};

    use super::*;

    fn readmission(on: &str) -> PatientReadmitted {
        PatientReadmitted { admitted_on: on.into(), ..Default::default() }
    }

    fn given_home() -> Given {
        given_discharged().outside_cases().on("2026-01-08")
    }

    #[test]
    fn any_hospital_records_a_readmission() {
        for hospital in ["hospital-a", "hospital-b"] {
            let given = given_home().by(hospital);
            given.when(decide, readmission("2026-01-08")).records(&["PatientReadmitted"]);
        }
    }

    #[test]
    fn a_readmission_without_an_earlier_stay_is_flagged() {
        let given = given_registered().on("2025-06-01");
        given.when(decide, readmission("2025-06-01")).flags(&[Flag::NoEarlierStay]);
    }

    #[test]
    fn a_readmission_during_a_stay_is_flagged() {
        let given = given_inpatient().on("2025-06-01");
        given.when(decide, readmission("2025-06-01")).flags(&[Flag::OverlappingStay]);
    }

    #[test]
    fn a_readmission_after_death_is_flagged() {
        let given = given_home().on("2026-01-07").died().on("2026-01-08");
        given.when(decide, readmission("2026-01-08")).flags(&[Flag::AfterDeath]);
    }
}
