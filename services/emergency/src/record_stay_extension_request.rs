//! Records that somebody asked for a later end of a stay. Asking is a fact, whatever the answer.

use casework::{Context, Decided, PersonFile, Refusal};
use contracts::events::EmergencyStayExtensionRequested;

use crate::in_emergency::beside;

/// Records it for a stay of this emergency.
pub fn decide(
    file: &PersonFile,
    extension: EmergencyStayExtensionRequested,
    context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    let emergency = file.emergency(&extension.emergency_id)?;
    emergency.stay(&extension.stay_id)?;
    beside(emergency, extension, context)
}

#[cfg(test)]
mod tests {
    use office::testing::UNKNOWN;

    use super::*;
    use crate::given::{STAY, given_stay, wish};

    #[test]
    fn any_day_may_be_wished_for() {
        let given = given_stay();
        given.when(decide, wish("2025-06-18")).records(&["EmergencyStayExtensionRequested"]);
    }

    #[test]
    fn the_stay_must_be_on_file() {
        let mut elsewhere = wish("2025-06-18");
        elsewhere.stay_id = UNKNOWN.into();
        given_stay().when(decide, elsewhere.clone()).refuses(Refusal::UnknownEmergencyStay);
        (elsewhere.stay_id, elsewhere.emergency_id) = (STAY.into(), UNKNOWN.into());
        given_stay().when(decide, elsewhere).refuses(Refusal::UnknownEmergency);
    }
}
