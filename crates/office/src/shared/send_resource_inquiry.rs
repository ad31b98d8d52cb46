//! Asks several providers at once whether they could take somebody on.
//!
//! The inquiry says conditions and nothing about whom it is for, so it needs no consent.

use std::collections::BTreeSet;

use casework::{AgencyRegister, Context, Decided, Refusal};
use contracts::events::ResourceInquirySent;

/// Sends it to providers that are still there, each of them once.
pub fn decide(
    register: &AgencyRegister,
    mut inquiry: ResourceInquirySent,
    _context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    for id in &inquiry.provider_ids {
        register.resources.active_provider(id)?;
    }
    let mut asked = BTreeSet::new();
    inquiry.provider_ids.retain(|id| asked.insert(id.clone()));
    Ok(Decided::of_register(inquiry.into()))
}

#[cfg(test)]
pub(crate) mod tests {
    use contracts::{
        EventKind,
        annotations::{Reference, Text},
        catalogue,
        events::{ProviderKind, ProviderRetired},
    };

    use super::*;
    use crate::testing::{PROVIDER, SECOND_PROVIDER, UNKNOWN, given_provider, provider};

    pub(crate) const INQUIRY: &str = "00000000-0000-4000-8000-0000000000a1";

    pub(crate) fn inquiry(providers: &[&str]) -> ResourceInquirySent {
        ResourceInquirySent {
            kind: ProviderKind::GroupHome.into(),
            provider_ids: providers.iter().map(|id| (*id).to_owned()).collect(),
            ..Default::default()
        }
    }

    #[test]
    fn several_providers_are_asked_each_once() {
        let given = given_provider().event(provider(SECOND_PROVIDER, ProviderKind::GroupHome));
        let then =
            given.by("center-a").when(decide, inquiry(&[PROVIDER, SECOND_PROVIDER, PROVIDER]));
        let sent: ResourceInquirySent = then.records_one();
        assert_eq!(sent.provider_ids, [PROVIDER, SECOND_PROVIDER]);
        assert!(!sent.inquiry_id.is_empty());
    }

    #[test]
    fn only_providers_that_are_there_are_asked() {
        let given = given_provider();
        given.when(decide, inquiry(&[PROVIDER, UNKNOWN])).refuses(Refusal::UnknownProvider);
        let retired = ProviderRetired { provider_id: PROVIDER.into(), ..Default::default() };
        let given = given_provider().event(retired);
        given.when(decide, inquiry(&[PROVIDER])).refuses(Refusal::ProviderRetired);
    }

    /// Whoever reads an inquiry must not learn from it whom it is for.
    #[test]
    fn an_inquiry_has_no_room_for_a_person() {
        let kind: &EventKind = catalogue().by_name("ResourceInquirySent").unwrap();
        for field in &kind.fields {
            let (options, name) = (&field.options, &field.name);
            let names_somebody = matches!(options.reference(), Reference::Person | Reference::Case);
            let is_free_text = options.max_chars > 0 && options.text() == Text::Free;
            assert!(!names_somebody && !is_free_text && !options.personal, "{name}");
        }
    }
}
