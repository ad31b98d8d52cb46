//! Decisions that are taken on the register: about agencies, providers and inquiries.

use casework::{AgencyId, AgencyRegister, Context, Decided, Refusal};
use contracts::{
    Event,
    annotations::Subject,
    events::{AgencyRetired, ProviderKind, ProviderRegistered},
};
use jiff::civil::Date;

use super::{Counting, Proposed, STAFF, Then, asked, date, noon, recorded, register};

/// The provider of [`GivenAgencies::provider`].
pub const PROVIDER: &str = "00000000-0000-4000-8000-0000000000d1";
/// Another one, which is registered when a test says so.
pub const SECOND_PROVIDER: &str = "00000000-0000-4000-8000-0000000000d2";

/// The agencies of the small world, and one of them at the desk on a day.
pub struct GivenAgencies {
    register: AgencyRegister,
    agency: AgencyId,
    day: Date,
}

/// All of them at work; the municipality is at the desk on 1 April 2025.
pub fn given_agencies() -> GivenAgencies {
    let agency = AgencyId::from("municipality");
    GivenAgencies { register: register(), agency, day: date("2025-04-01") }
}

/// And `core-a`, which has registered a group home and is at the desk.
pub fn given_provider() -> GivenAgencies {
    given_agencies().by("core-a").event(provider(PROVIDER, ProviderKind::GroupHome))
}

/// The registration of a provider in the ward of the small world.
pub fn provider(id: &str, kind: ProviderKind) -> ProviderRegistered {
    ProviderRegistered {
        provider_id: id.into(),
        registered_on: "2025-04-01".into(),
        name: format!("架空の事業所{}", &id[34..]),
        kind: kind.into(),
        ward: "14107".into(),
    }
}

/// Takes what was recorded about an agency or a resource into the register.
pub(super) fn take_in(register: &mut AgencyRegister, agency: &AgencyId, day: Date, event: Event) {
    if event.kind().subject() == Subject::Resource {
        register.resources.apply(&recorded(1, None, (agency, None), day, event));
    } else {
        register.apply(agency, &event);
    }
}

impl GivenAgencies {
    /// From here on it is this day.
    #[must_use]
    pub fn on(mut self, day: &str) -> Self {
        self.day = date(day);
        self
    }

    /// From here on this agency is at the desk.
    #[must_use]
    pub fn by(mut self, agency: &str) -> Self {
        self.agency = AgencyId::from(agency);
        self
    }

    /// This happened, recorded by the agency at the desk on that day.
    #[must_use]
    pub fn event(mut self, event: impl Into<Event>) -> Self {
        take_in(&mut self.register, &self.agency, self.day, event.into());
        self
    }

    /// This agency was retired.
    #[must_use]
    pub fn retired(mut self, agency: &str) -> Self {
        self.register.apply(&AgencyId::from(agency), &AgencyRetired::default().into());
        self
    }

    /// The decision is asked.
    pub fn when<E: Proposed>(
        self,
        decide: fn(&AgencyRegister, E, &mut Context<'_>) -> Result<Decided, Refusal>,
        event: E,
    ) -> Then {
        let Self { register, agency, day } = self;
        let mut context = Context {
            now: noon(day),
            agency: agency.clone(),
            staff: STAFF.to_owned(),
            on_behalf_of: None,
            case_id: None,
            agencies: &register,
            ids: &mut Counting(0),
        };
        let answer = asked(event, &mut context, |event, context| decide(&register, event, context));
        Then { history: Vec::new(), agency, on_behalf_of: None, day, answer }
    }
}
