//! Says whether a use of break-glass access was justified.

use casework::{Context, Decided, PersonFile, RecordId, Refusal};
use contracts::events::BreakGlassAccessReviewed;

/// By a responsible agency, once, and by somebody else than the one who used it.
pub fn decide(
    file: &PersonFile,
    mut review: BreakGlassAccessReviewed,
    context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    let used = file.break_glass.get(&RecordId::from(review.access_id.as_str()));
    let used = used.ok_or(Refusal::UnknownBreakGlass)?;
    if !file.reviewers(used).contains(&&context.agency) {
        return Err(Refusal::NotResponsible);
    }
    if used.review.is_some() {
        return Err(Refusal::BreakGlassReviewed);
    }
    // Codes of staff are an agency's own: two agencies may have the same one.
    if used.agency == context.agency && used.staff == context.staff {
        return Err(Refusal::OwnBreakGlass);
    }
    review.reviewed_by.clone_from(&context.staff);
    Ok(Decided::of_person(review.into()))
}

#[cfg(test)]
mod tests {
    use casework::{WorkKind, work_items};
    use contracts::events::{BreakGlassAccessUsed, BreakGlassOutcome, BreakGlassReason};
    use office::testing::{Given, STAFF, UNKNOWN};

    use super::*;
    use crate::{
        given::{closing, given_emergency},
        use_break_glass_access,
    };

    const ACCESS: &str = "00000000-0000-4000-8000-0000000000b9";

    fn used_by(agency: &str) -> Given {
        let used = BreakGlassAccessUsed {
            access_id: ACCESS.into(),
            reason: BreakGlassReason::LifeOrBody.into(),
            ..Default::default()
        };
        given_emergency().by(agency).after(use_break_glass_access::decide, used)
    }

    fn review(access: &str) -> BreakGlassAccessReviewed {
        let outcome = BreakGlassOutcome::NotJustified.into();
        BreakGlassAccessReviewed { access_id: access.into(), outcome, ..Default::default() }
    }

    #[test]
    fn the_responsible_agency_reviews_and_nothing_waits_any_more() {
        let given = used_by("core-a").by("center-a").after(decide, review(ACCESS));
        let file = given.file();
        let found = file.break_glass[&RecordId::from(ACCESS)].review.clone().unwrap();
        assert_eq!(found.outcome, BreakGlassOutcome::NotJustified);
        let items = work_items(&file, "2025-06-10".parse().unwrap());
        assert!(items.iter().all(|item| item.kind != WorkKind::BreakGlassToReview));
    }

    #[test]
    fn the_reviewer_is_put_down_and_the_emergency_may_be_over() {
        let over = used_by("core-a").by("center-a").event(closing());
        let reviewed: BreakGlassAccessReviewed = over.when(decide, review(ACCESS)).records_one();
        assert_eq!(reviewed.reviewed_by, STAFF);
    }

    #[test]
    fn an_agency_that_is_not_responsible_is_refused() {
        let own = used_by("core-a").when(decide, review(ACCESS));
        own.refuses(Refusal::NotResponsible);
        used_by("core-a")
            .by("ward-a")
            .when(decide, review(ACCESS))
            .refuses(Refusal::NotResponsible);
    }

    #[test]
    fn nobody_reviews_their_own_use_and_a_colleague_may() {
        let used = || used_by("center-a");
        used().when(decide, review(ACCESS)).refuses(Refusal::OwnBreakGlass);
        let colleague = used().staffed_by("staff-2").when(decide, review(ACCESS));
        colleague.records(&["BreakGlassAccessReviewed"]);
    }

    #[test]
    fn only_a_use_that_waits_is_reviewed() {
        let given = || used_by("core-a").by("center-a");
        given().when(decide, review(UNKNOWN)).refuses(Refusal::UnknownBreakGlass);
        let reviewed = given().after(decide, review(ACCESS));
        reviewed.when(decide, review(ACCESS)).refuses(Refusal::BreakGlassReviewed);
    }
}
