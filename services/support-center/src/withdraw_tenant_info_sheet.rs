//! Takes a tenant information sheet back.

use casework::{Context, Decided, PersonFile, Refusal};
use contracts::events::TenantInfoSheetWithdrawn;

/// Takes it back once; also when the case is closed or the person has died.
pub fn decide(
    file: &PersonFile,
    withdrawal: TenantInfoSheetWithdrawn,
    context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    file.tenant_sheet(&withdrawal.sheet_id)?;
    Ok(Decided::as_asked(context, withdrawal.into()))
}

#[cfg(test)]
pub(crate) mod tests {
    use contracts::events::SheetWithdrawReason;

    use super::*;
    use crate::share_tenant_info_sheet::tests::{SHEET, given_sheet, refuses_unless_in_use};

    pub(crate) fn withdrawal(sheet: &str) -> TenantInfoSheetWithdrawn {
        TenantInfoSheetWithdrawn {
            sheet_id: sheet.into(),
            reason: SheetWithdrawReason::PersonWishes.into(),
            ..Default::default()
        }
    }

    #[test]
    fn a_sheet_is_taken_back_whatever_has_become_of_the_case() {
        given_sheet().when(decide, withdrawal(SHEET)).records(&["TenantInfoSheetWithdrawn"]);
        let died = given_sheet().died();
        died.when(decide, withdrawal(SHEET)).records(&["TenantInfoSheetWithdrawn"]);
        let closed = given_sheet().closed();
        closed.when(decide, withdrawal(SHEET)).records(&["TenantInfoSheetWithdrawn"]);
    }

    #[test]
    fn only_a_sheet_in_use_is_taken_back() {
        refuses_unless_in_use(decide, withdrawal);
    }
}
