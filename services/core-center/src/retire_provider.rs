//! Retires a provider. What was recorded about it stays.

use casework::{AgencyRegister, Context, Decided, Refusal};
use contracts::events::ProviderRetired;

/// Retires one that is still there.
pub fn decide(
    register: &AgencyRegister,
    retirement: ProviderRetired,
    _context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    register.resources.active_provider(&retirement.provider_id)?;
    Ok(Decided::of_register(retirement.into()))
}

#[cfg(test)]
pub(crate) mod tests {
    use office::testing::{PROVIDER, UNKNOWN, given_provider};

    use super::*;

    pub(crate) fn retirement(provider: &str) -> ProviderRetired {
        ProviderRetired { provider_id: provider.into(), ..Default::default() }
    }

    #[test]
    fn a_provider_is_retired_once() {
        given_provider().when(decide, retirement(PROVIDER)).records(&["ProviderRetired"]);
        let retired = given_provider().event(retirement(PROVIDER));
        retired.when(decide, retirement(PROVIDER)).refuses(Refusal::ProviderRetired);
        given_provider().when(decide, retirement(UNKNOWN)).refuses(Refusal::UnknownProvider);
    }
}
