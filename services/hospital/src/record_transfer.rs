//! Records that a person went on to another hospital. The stay continues there: no discharge.

use casework::{Context, Decided, PersonFile, Refusal};
use contracts::events::PatientTransferred;

/// Records it for a stay in this hospital, to another hospital of the house.
pub fn decide(
    file: &PersonFile,
    transfer: PatientTransferred,
    context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    file.own_episode(&transfer.episode_id, &context.agency)?;
    context.other_hospital(&transfer.to_agency_id)?;
    Ok(Decided::of_person(transfer.into()))
}

#[cfg(test)]
mod tests {
    use casework::Flag;
    use contracts::events::TransferReason;
    use office::testing::{EPISODE, UNKNOWN, given_inpatient};

    use super::*;

    fn transfer(on: &str, to: &str) -> PatientTransferred {
        PatientTransferred {
            episode_id: EPISODE.into(),
            transferred_on: on.into(),
            to_agency_id: to.into(),
            reason: TransferReason::Somatic.into(),
            ..Default::default()
        }
    }

    #[test]
    fn a_transfer_is_recorded() {
        let given = given_inpatient().on("2025-06-01");
        given.when(decide, transfer("2025-05-20", "hospital-b")).records(&["PatientTransferred"]);
    }

    #[test]
    fn the_stay_must_be_on_file_and_this_hospitals_own() {
        let other = PatientTransferred {
            episode_id: UNKNOWN.into(),
            ..transfer("2025-05-20", "hospital-b")
        };
        given_inpatient().when(decide, other).refuses(Refusal::UnknownEpisode);
        let elsewhere = given_inpatient().by("hospital-b");
        let back = transfer("2025-05-20", "hospital-a");
        elsewhere.when(decide, back).refuses(Refusal::UnknownEpisode);
    }

    #[test]
    fn the_target_must_be_another_hospital_of_the_house() {
        let refused = |to| given_inpatient().when(decide, transfer("2025-05-20", to));
        refused("nobody").refuses(Refusal::UnknownAgency);
        refused("center-a").refuses(Refusal::WrongKindOfAgency);
        refused("hospital-a").refuses(Refusal::WrongKindOfAgency);
    }

    #[test]
    fn a_transfer_before_the_admission_is_flagged() {
        let given = given_inpatient().on("2025-06-01");
        let flags = [Flag::EndedBeforeAdmission];
        given.when(decide, transfer("2025-03-31", "hospital-b")).flags(&flags);
    }

    #[test]
    fn a_second_transfer_is_flagged() {
        let given = given_inpatient().on("2025-06-01").event(transfer("2025-05-20", "hospital-b"));
        let again = transfer("2025-05-21", "hospital-b");
        given.when(decide, again).flags(&[Flag::StayAlreadyEnded]);
    }

    #[test]
    fn a_transfer_after_death_is_flagged_twice_over() {
        let given = given_inpatient().on("2025-05-20").died().on("2025-06-01");
        let flags = [Flag::AfterDeath, Flag::StayAlreadyEnded];
        given.when(decide, transfer("2025-05-21", "hospital-b")).flags(&flags);
    }
}
