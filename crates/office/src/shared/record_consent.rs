//! Records a consent that the person gave.

use casework::{Context, Decided, PersonFile, Refusal};
use contracts::events::ConsentGiven;

/// Records it, unless it would end before it begins.
pub fn decide(
    _file: &PersonFile,
    consent: ConsentGiven,
    _context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    if !consent.valid_until.is_empty() && consent.valid_until < consent.given_on {
        return Err(Refusal::PeriodReversed);
    }
    Ok(Decided::of_person(consent.into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{consent_to, given_registered};

    #[test]
    fn a_consent_is_recorded() {
        let consent = consent_to("2025-05-07", &["center-a"]);
        given_registered().by("hospital-a").when(decide, consent).records(&["ConsentGiven"]);
    }

    #[test]
    fn a_consent_that_ends_before_it_begins_is_refused() {
        let mut consent = consent_to("2025-05-07", &["center-a"]);
        consent.valid_until = "2025-05-06".into();
        given_registered().by("hospital-a").when(decide, consent).refuses(Refusal::PeriodReversed);
    }
}
