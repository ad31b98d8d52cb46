//! Shares the tenant information sheet, so that a landlord knows whom to call.

use casework::{Context, Decided, PersonFile, Refusal};
use contracts::{Topic, events::TenantInfoSheetShared};

/// Shares the version in use with agencies that may be shown it. A store is no agency and can stand
/// in no consent; then one to housing matters that covers this agency must be in force.
pub fn decide(
    file: &PersonFile,
    mut share: TenantInfoSheetShared,
    context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    let (case, day) = (context.case_id.as_ref(), context.today());
    file.at_work(case)?;
    share.version = file.tenant_sheet(&share.sheet_id)?.version;
    file.may_be_shown(&share.recipient_agency_ids, case, Topic::Housing, day)?;
    let covered = file.involvement().consent_covers(&context.agency, Topic::Housing, day);
    if !share.store.is_empty() && !covered {
        return Err(Refusal::ConsentRequired);
    }
    Ok(Decided::as_asked(context, share.into()))
}

#[cfg(test)]
pub(crate) mod tests {
    use contracts::events::{ConsentScopeChanged, TenantInfoSheetCreated};
    use office::testing::{
        CONSENT, Decide, Given, Proposed, UNKNOWN, given_case, refuses_unless_at_work,
    };

    use super::*;
    use crate::{
        revise_tenant_info_sheet::{self, tests::revision},
        share_individual_support_plan::tests::joined,
        withdraw_tenant_info_sheet::tests::withdrawal,
    };

    pub(crate) const SHEET: &str = "00000000-0000-4000-8000-0000000000b5";

    pub(crate) fn sheet() -> TenantInfoSheetCreated {
        TenantInfoSheetCreated { sheet_id: SHEET.into(), ..Default::default() }
    }

    /// A person with a sheet in use.
    pub(crate) fn given_sheet() -> Given {
        given_case().event(sheet())
    }

    pub(crate) fn with_store() -> TenantInfoSheetShared {
        let (sheet_id, store) = (SHEET.into(), "架空不動産".into());
        TenantInfoSheetShared { sheet_id, store, ..Default::default() }
    }

    fn with_agency(id: &str) -> TenantInfoSheetShared {
        let (sheet_id, recipient_agency_ids) = (SHEET.into(), vec![id.into()]);
        TenantInfoSheetShared { sheet_id, recipient_agency_ids, ..Default::default() }
    }

    #[track_caller]
    pub(crate) fn refuses_unless_in_use<E: Proposed>(decide: Decide<E>, about: fn(&str) -> E) {
        given_sheet().when(decide, about(UNKNOWN)).refuses(Refusal::UnknownTenantSheet);
        let withdrawn = given_sheet().event(withdrawal(SHEET));
        withdrawn.when(decide, about(SHEET)).refuses(Refusal::TenantSheetWithdrawn);
    }

    #[test]
    fn it_is_shared_with_the_team_and_with_a_store() {
        given_sheet().when(decide, with_agency("hospital-a")).records(&["TenantInfoSheetShared"]);
        given_sheet().when(decide, with_store()).records(&["TenantInfoSheetShared"]);
    }

    #[test]
    fn the_version_in_use_is_shared() {
        let given = given_sheet().after(revise_tenant_info_sheet::decide, revision(SHEET));
        let shared: TenantInfoSheetShared = given.when(decide, with_store()).records_one();
        assert_eq!(shared.version, 2);
    }

    #[test]
    fn only_a_sheet_in_use_is_shared() {
        let about = |sheet: &str| TenantInfoSheetShared { sheet_id: sheet.into(), ..with_store() };
        refuses_unless_in_use(decide, about);
    }

    #[test]
    fn a_store_is_shown_it_only_while_consent_covers_housing() {
        let withdrawn = given_sheet().consent_withdrawn();
        withdrawn.when(decide, with_store()).refuses(Refusal::ConsentRequired);
        let support_only = given_sheet().event(ConsentScopeChanged {
            consent_id: CONSENT.into(),
            topics: vec![Topic::Support.into()],
            agency_ids: vec!["center-a".into()],
            ..Default::default()
        });
        support_only.when(decide, with_store()).refuses(Refusal::ConsentRequired);
    }

    #[test]
    fn every_agency_must_be_in_the_team_and_covered() {
        given_sheet().when(decide, with_agency("core-a")).refuses(Refusal::NotInTeam);
        let given = given_sheet().event(joined("center-b"));
        given.when(decide, with_agency("center-b")).refuses(Refusal::ConsentRequired);
    }

    #[test]
    fn the_case_must_be_at_work() {
        refuses_unless_at_work(given_sheet, decide, with_store());
    }
}
