//! Records a death. It ends a stay that is open; cases are then to be closed.

use casework::{Context, Decided, PersonFile, Refusal};
use contracts::events::DeathRecorded;

/// Records it; a second one is flagged.
pub fn decide(
    _file: &PersonFile,
    death: DeathRecorded,
    _context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    Ok(Decided::of_person(death.into()))
}

#[cfg(test)]
mod tests {
    use casework::Flag;
    use contracts::events::DeathPlace;

    use super::*;
    use crate::testing::given_registered;

    fn death(on: &str) -> DeathRecorded {
        let place = DeathPlace::Hospital.into();
        DeathRecorded { died_on: on.into(), place, ..Default::default() }
    }

    #[test]
    fn a_death_is_recorded() {
        given_registered().when(decide, death("2025-06-01")).records(&["DeathRecorded"]).len();
    }

    #[test]
    fn a_second_death_is_recorded_and_flagged() {
        let given = given_registered().on("2025-06-01").event(death("2025-06-01"));
        given.when(decide, death("2025-06-01")).flags(&[Flag::DeathRecordedTwice]);
    }
}
