//! Records that the person withdrew a consent. From that day nothing is shared under it.

use casework::{Context, Decided, PersonFile, Refusal};
use contracts::events::ConsentWithdrawn;

/// Records it for a consent on file; withdrawing twice is flagged.
pub fn decide(
    file: &PersonFile,
    withdrawal: ConsentWithdrawn,
    _context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    file.consent(&withdrawal.consent_id)?;
    Ok(Decided::of_person(withdrawal.into()))
}

#[cfg(test)]
pub(crate) mod tests {
    use casework::Flag;

    use super::*;
    use crate::testing::{CONSENT, given_consent};

    pub(crate) fn withdrawal(on: &str) -> ConsentWithdrawn {
        ConsentWithdrawn { consent_id: CONSENT.into(), withdrawn_on: on.into() }
    }

    #[test]
    fn a_withdrawal_is_recorded() {
        given_consent().when(decide, withdrawal("2025-06-01")).records(&["ConsentWithdrawn"]);
    }

    #[test]
    fn a_consent_that_is_not_on_file_is_refused() {
        let mut unknown = withdrawal("2025-06-01");
        unknown.consent_id = "00000000-0000-4000-8000-00000000ffff".into();
        given_consent().when(decide, unknown).refuses(Refusal::UnknownConsent);
    }

    #[test]
    fn withdrawing_twice_is_flagged() {
        let given = given_consent().on("2025-06-01").event(withdrawal("2025-06-01"));
        given.when(decide, withdrawal("2025-06-01")).flags(&[Flag::ConsentNotInForce]);
    }
}
