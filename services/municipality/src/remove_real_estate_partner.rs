//! Records that a store is no longer a partner.

use casework::{AgencyRegister, Context, Decided, Refusal};
use contracts::events::RealEstatePartnerRemoved;

/// Removes a store that is a partner.
pub fn decide(
    register: &AgencyRegister,
    removal: RealEstatePartnerRemoved,
    _context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    register.records.partner(&removal.partner_id)?;
    Ok(Decided::of_register(removal.into()))
}

#[cfg(test)]
mod tests {
    use contracts::events::RealEstatePartnerRegistered;
    use office::testing::{GivenAgencies, UNKNOWN, given_agencies};

    use super::*;

    const PARTNER: &str = "00000000-0000-4000-8000-0000000005a1";

    fn given_partner() -> GivenAgencies {
        given_agencies().event(RealEstatePartnerRegistered {
            partner_id: PARTNER.into(),
            store: "架空不動産".into(),
            ward: "14107".into(),
            ..Default::default()
        })
    }

    fn removal(partner: &str) -> RealEstatePartnerRemoved {
        RealEstatePartnerRemoved { partner_id: partner.into(), ..Default::default() }
    }

    #[test]
    fn a_partner_is_removed_once() {
        given_partner().when(decide, removal(PARTNER)).records(&["RealEstatePartnerRemoved"]);
        let removed = given_partner().event(removal(PARTNER));
        removed.when(decide, removal(PARTNER)).refuses(Refusal::UnknownPartner);
        given_partner().when(decide, removal(UNKNOWN)).refuses(Refusal::UnknownPartner);
    }
}
