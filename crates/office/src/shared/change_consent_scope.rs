//! Records that the person changed what a consent covers.

use casework::{Context, Decided, PersonFile, Refusal};
use contracts::events::ConsentScopeChanged;

/// Records it for a consent on file; one that is no longer in force is flagged.
pub fn decide(
    file: &PersonFile,
    scope: ConsentScopeChanged,
    _context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    file.consent(&scope.consent_id)?;
    Ok(Decided::of_person(scope.into()))
}

#[cfg(test)]
mod tests {
    use casework::Flag;

    use super::*;
    use crate::{
        shared::withdraw_consent::tests::withdrawal,
        testing::{CONSENT, given_consent},
    };

    fn scope(consent: &str) -> ConsentScopeChanged {
        ConsentScopeChanged {
            consent_id: consent.into(),
            changed_on: "2025-06-02".into(),
            topics: vec![contracts::Topic::Support.into()],
            agency_ids: vec!["hospital-b".into()],
        }
    }

    #[test]
    fn a_changed_scope_is_recorded() {
        given_consent()
            .on("2025-06-02")
            .when(decide, scope(CONSENT))
            .records(&["ConsentScopeChanged"]);
    }

    #[test]
    fn a_consent_that_is_not_on_file_is_refused() {
        let unknown = scope("00000000-0000-4000-8000-00000000ffff");
        given_consent().when(decide, unknown).refuses(Refusal::UnknownConsent);
    }

    #[test]
    fn a_consent_no_longer_in_force_is_flagged() {
        let given = given_consent().on("2025-06-01").event(withdrawal("2025-06-01"));
        given.on("2025-06-02").when(decide, scope(CONSENT)).flags(&[Flag::ConsentNotInForce]);
    }
}
