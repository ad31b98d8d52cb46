//! Registers a provider, so that others can point to it.

use casework::{AgencyRegister, Context, Decided, Provider, Refusal};
use contracts::events::ProviderRegistered;

/// Registers it, unless the ward has one of this name and kind.
pub fn decide(
    register: &AgencyRegister,
    provider: ProviderRegistered,
    _context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    let is_same = |known: &Provider| {
        known.is_active()
            && known.name == provider.name
            && known.kind == provider.kind()
            && known.ward == provider.ward
    };
    if register.resources.providers().any(is_same) {
        return Err(Refusal::ProviderAlreadyRegistered);
    }
    Ok(Decided::of_register(provider.into()))
}

#[cfg(test)]
mod tests {
    use contracts::events::{ProviderKind, ProviderRetired};
    use office::testing::{PROVIDER, given_agencies, given_provider, provider};

    use super::*;

    fn proposed(kind: ProviderKind) -> ProviderRegistered {
        let (provider_id, registered_on) = Default::default();
        ProviderRegistered { provider_id, registered_on, ..provider(PROVIDER, kind) }
    }

    #[test]
    fn a_provider_is_registered_under_a_number_of_its_own() {
        let then = given_agencies().by("core-a").when(decide, proposed(ProviderKind::GroupHome));
        let registered: ProviderRegistered = then.records_one();
        assert_eq!((registered.provider_id.len(), &*registered.registered_on), (36, "2025-04-01"));
    }

    #[test]
    fn a_ward_has_one_of_a_name_and_kind() {
        let again = given_provider().when(decide, proposed(ProviderKind::GroupHome));
        again.refuses(Refusal::ProviderAlreadyRegistered);
        let other_kind = given_provider().when(decide, proposed(ProviderKind::ShortStay));
        other_kind.records(&["ProviderRegistered"]);
        let retired = ProviderRetired { provider_id: PROVIDER.into(), ..Default::default() };
        let afterwards = given_provider().event(retired);
        afterwards.when(decide, proposed(ProviderKind::GroupHome)).records(&["ProviderRegistered"]);
    }
}
