//! Shares the tenant information sheet, so that a landlord knows whom to call.

use casework::{Context, Decided, PersonFile, Refusal};
use contracts::{Topic, events::TenantInfoSheetShared};

/// Shares it with agencies that may be shown it. A store is no agency and can stand in no consent;
/// then one to housing matters that covers this agency must be in force.
pub fn decide(
    file: &PersonFile,
    share: TenantInfoSheetShared,
    context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    let (case, day) = (context.case_id.as_ref(), context.today());
    file.at_work(case)?;
    file.may_be_shown(&share.recipient_agency_ids, case, Topic::Housing, day)?;
    let covered = file.involvement().consent_covers(&context.agency, Topic::Housing, day);
    if !share.store.is_empty() && !covered {
        return Err(Refusal::ConsentRequired);
    }
    Ok(Decided::as_asked(context, share.into()))
}

#[cfg(test)]
pub(crate) mod tests {
    use contracts::events::ConsentScopeChanged;
    use office::testing::{CONSENT, given_case, refuses_unless_at_work};

    use super::*;
    use crate::share_individual_support_plan::tests::joined;

    pub(crate) fn with_store() -> TenantInfoSheetShared {
        TenantInfoSheetShared { store: "架空不動産".into(), ..Default::default() }
    }

    fn with_agency(id: &str) -> TenantInfoSheetShared {
        TenantInfoSheetShared { recipient_agency_ids: vec![id.into()], ..Default::default() }
    }

    #[test]
    fn it_is_shared_with_the_team_and_with_a_store() {
        given_case().when(decide, with_agency("hospital-a")).records(&["TenantInfoSheetShared"]);
        given_case().when(decide, with_store()).records(&["TenantInfoSheetShared"]);
    }

    #[test]
    fn a_store_is_shown_it_only_while_consent_covers_housing() {
        let withdrawn = given_case().consent_withdrawn();
        withdrawn.when(decide, with_store()).refuses(Refusal::ConsentRequired);
        let support_only = given_case().event(ConsentScopeChanged {
            consent_id: CONSENT.into(),
            topics: vec![Topic::Support.into()],
            agency_ids: vec!["center-a".into()],
            ..Default::default()
        });
        support_only.when(decide, with_store()).refuses(Refusal::ConsentRequired);
    }

    #[test]
    fn every_agency_must_be_in_the_team_and_covered() {
        given_case().when(decide, with_agency("core-a")).refuses(Refusal::NotInTeam);
        let given = given_case().event(joined("center-b"));
        given.when(decide, with_agency("center-b")).refuses(Refusal::ConsentRequired);
    }

    #[test]
    fn the_case_must_be_at_work() {
        refuses_unless_at_work(given_case, decide, with_store());
    }
}
