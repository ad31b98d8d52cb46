//! Makes the next version of a tenant information sheet.

use casework::{Context, Decided, PersonFile, Refusal};
use contracts::events::TenantInfoSheetRevised;

/// Revises a sheet that has not been taken back. Whoever was handed the last version is not handed
/// this one by that: it is shared anew.
pub fn decide(
    file: &PersonFile,
    mut sheet: TenantInfoSheetRevised,
    context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    file.at_work(context.case_id.as_ref())?;
    sheet.version = file.tenant_sheet(&sheet.sheet_id)?.version + 1;
    Ok(Decided::as_asked(context, sheet.into()))
}

#[cfg(test)]
pub(crate) mod tests {
    use office::testing::refuses_unless_at_work;

    use super::*;
    use crate::share_tenant_info_sheet::tests::{SHEET, given_sheet, refuses_unless_in_use};

    pub(crate) fn revision(sheet: &str) -> TenantInfoSheetRevised {
        TenantInfoSheetRevised { sheet_id: sheet.into(), ..Default::default() }
    }

    #[test]
    fn versions_count_up() {
        let given = given_sheet().after(decide, revision(SHEET));
        let sheet: TenantInfoSheetRevised = given.when(decide, revision(SHEET)).records_one();
        assert_eq!(sheet.version, 3);
    }

    #[test]
    fn only_a_sheet_in_use_is_revised() {
        refuses_unless_in_use(decide, revision);
    }

    #[test]
    fn the_case_must_be_at_work() {
        refuses_unless_at_work(given_sheet, decide, revision(SHEET));
    }
}
