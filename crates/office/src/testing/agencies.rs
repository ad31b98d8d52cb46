//! What the municipality decides about the register of agencies.

use casework::{AgencyId, AgencyRegister, Context, Decided, Refusal};
use contracts::events::AgencyRetired;

use super::{Counting, Proposed, Then, asked, date, noon, register};

/// The agencies of the small world, and the municipality at the desk on 1 April 2025.
pub struct GivenAgencies(AgencyRegister);

/// All of them at work.
pub fn given_agencies() -> GivenAgencies {
    GivenAgencies(register())
}

impl GivenAgencies {
    /// This one was retired.
    #[must_use]
    pub fn retired(mut self, agency: &str) -> Self {
        self.0.apply(&AgencyId::from(agency), &AgencyRetired::default().into());
        self
    }

    /// The decision is asked.
    pub fn when<E: Proposed>(
        self,
        decide: fn(&AgencyRegister, E, &mut Context<'_>) -> Result<Decided, Refusal>,
        event: E,
    ) -> Then {
        let (agency, day) = (AgencyId::from("municipality"), date("2025-04-01"));
        let mut context = Context {
            now: noon(day),
            agency: agency.clone(),
            on_behalf_of: None,
            case_id: None,
            agencies: &self.0,
            ids: &mut Counting(0),
        };
        let answer = asked(event, &mut context, |event, context| decide(&self.0, event, context));
        Then { history: Vec::new(), agency, on_behalf_of: None, day, answer }
    }
}
