//! Registers an agency. From then on its tokens open the door of its kind of office.

use casework::{AgencyId, AgencyRegister, Context, Decided, Refusal};
use contracts::events::AgencyRegistered;

/// Registers it under an id that was never used before, not even by an agency that has retired.
pub fn decide(
    register: &AgencyRegister,
    agency: AgencyRegistered,
    _context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    if register.get(&AgencyId::from(agency.agency_id.as_str())).is_some() {
        return Err(Refusal::AgencyAlreadyRegistered);
    }
    Ok(Decided::of_register(agency.into()))
}

#[cfg(test)]
mod tests {
    use contracts::Office;
    use office::testing::given_agencies;

    use super::*;

    fn agency(id: &str) -> AgencyRegistered {
        AgencyRegistered {
            agency_id: id.into(),
            name: "仮称はまかぜ病院".into(),
            kind: Office::Hospital.into(),
            ..Default::default()
        }
    }

    #[test]
    fn an_agency_is_registered() {
        given_agencies().when(decide, agency("hospital-c")).records(&["AgencyRegistered"]);
    }

    #[test]
    fn an_id_is_used_once() {
        let refused = given_agencies().when(decide, agency("hospital-a"));
        refused.refuses(Refusal::AgencyAlreadyRegistered);
        let refused = given_agencies().retired("hospital-a").when(decide, agency("hospital-a"));
        refused.refuses(Refusal::AgencyAlreadyRegistered);
    }
}
