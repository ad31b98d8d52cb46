//! Retires an agency. Its tokens open nothing any more; what it recorded stays.

use casework::{AgencyId, AgencyRegister, Context, Decided, Refusal};
use contracts::events::AgencyRetired;

/// Retires another agency; nobody is left to register anyone once the municipality has retired
/// itself.
pub fn decide(
    register: &AgencyRegister,
    retirement: AgencyRetired,
    context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    let agency = AgencyId::from(retirement.agency_id.as_str());
    register.active(&agency).ok_or(Refusal::UnknownAgency)?;
    if agency == context.agency {
        return Err(Refusal::WrongKindOfAgency);
    }
    Ok(Decided::of_register(retirement.into()))
}

#[cfg(test)]
mod tests {
    use office::testing::given_agencies;

    use super::*;

    fn retirement(id: &str) -> AgencyRetired {
        AgencyRetired { agency_id: id.into(), ..Default::default() }
    }

    #[test]
    fn an_agency_is_retired() {
        given_agencies().when(decide, retirement("center-b")).records(&["AgencyRetired"]);
    }

    #[test]
    fn who_is_not_there_or_has_retired_cannot_be_retired() {
        given_agencies().when(decide, retirement("nobody")).refuses(Refusal::UnknownAgency);
        let given = given_agencies().retired("center-b");
        given.when(decide, retirement("center-b")).refuses(Refusal::UnknownAgency);
    }

    #[test]
    fn the_municipality_does_not_retire_itself() {
        let refused = given_agencies().when(decide, retirement("municipality"));
        refused.refuses(Refusal::WrongKindOfAgency);
    }
}
