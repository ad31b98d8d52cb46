//! Records that a family moved out again.

use casework::{Context, Decided, PersonFile, Refusal};
use contracts::events::FamilyEmergencyStayEnded;

/// Records it for a stay on file; an end before the beginning is flagged.
pub fn decide(
    file: &PersonFile,
    ending: FamilyEmergencyStayEnded,
    context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    file.family_stay(&ending.family_stay_id)?;
    Ok(Decided::as_asked(context, ending.into()))
}

#[cfg(test)]
mod tests {
    use casework::{Flag, RecordId};
    use office::testing::{Given, UNKNOWN};

    use super::*;
    use crate::given::{FAMILY_STAY, family_moved_in, given_family_stay};

    fn ended(stay: &str, on: &str) -> FamilyEmergencyStayEnded {
        FamilyEmergencyStayEnded {
            family_stay_id: stay.into(),
            ended_on: on.into(),
            ..Default::default()
        }
    }

    fn given_moved_in() -> Given {
        given_family_stay().event(family_moved_in(FAMILY_STAY)).on("2025-06-13")
    }

    #[test]
    fn a_stay_ends() {
        let given = given_moved_in().after(decide, ended(FAMILY_STAY, "2025-06-13"));
        let stay = given.file().family_stays[&RecordId::from(FAMILY_STAY)].clone();
        assert_eq!(stay.ended_on, Some("2025-06-13".parse().unwrap()));
    }

    #[test]
    fn an_end_before_the_beginning_is_flagged() {
        let then = given_moved_in().when(decide, ended(FAMILY_STAY, "2025-06-09"));
        then.flags(&[Flag::EmergencyStayReversed]);
    }

    #[test]
    fn the_stay_must_be_on_file() {
        let unknown = ended(UNKNOWN, "2025-06-13");
        given_moved_in().when(decide, unknown).refuses(Refusal::UnknownFamilyStay);
    }
}
