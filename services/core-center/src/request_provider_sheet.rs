//! Asks a provider to fill in its sheet, or to bring it up to date.

use casework::{AgencyRegister, Context, Decided, Refusal};
use contracts::events::ProviderSheetRequested;

/// Asks a provider that is still there, for a day that lies ahead if a day is named.
pub fn decide(
    register: &AgencyRegister,
    request: ProviderSheetRequested,
    context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    register.resources.active_provider(&request.provider_id)?;
    if !request.answer_by.is_empty() && request.answer_by < context.today_in_iso() {
        return Err(Refusal::PlannedInThePast);
    }
    Ok(Decided::of_register(request.into()))
}

#[cfg(test)]
mod tests {
    use office::testing::{PROVIDER, UNKNOWN, given_provider};

    use super::*;
    use crate::retire_provider::tests::retirement;

    fn request(provider: &str, answer_by: &str) -> ProviderSheetRequested {
        ProviderSheetRequested {
            provider_id: provider.into(),
            answer_by: answer_by.into(),
            ..Default::default()
        }
    }

    #[test]
    fn a_sheet_is_asked_for() {
        for answer_by in ["", "2025-04-01"] {
            let then = given_provider().when(decide, request(PROVIDER, answer_by));
            then.records(&["ProviderSheetRequested"]);
        }
    }

    #[test]
    fn an_answer_is_asked_for_ahead() {
        let late = given_provider().when(decide, request(PROVIDER, "2025-03-31"));
        late.refuses(Refusal::PlannedInThePast);
    }

    #[test]
    fn only_a_provider_that_is_there_is_asked() {
        given_provider().when(decide, request(UNKNOWN, "")).refuses(Refusal::UnknownProvider);
        let retired = given_provider().event(retirement(PROVIDER));
        retired.when(decide, request(PROVIDER, "")).refuses(Refusal::ProviderRetired);
    }
}
