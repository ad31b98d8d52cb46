//! Grants a benefit for a period.

use casework::{Context, Decided, PersonFile, Refusal};
use contracts::events::{BenefitDecisionIssued, BenefitService};
use jiff::civil::Date;

/// Grants it to a living person, for a period that no decision for the same service touches.
pub fn decide(
    file: &PersonFile,
    decision: BenefitDecisionIssued,
    context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    file.alive()?;
    if let Some(case) = &context.case_id {
        file.open_case(case)?;
    }
    if decision.valid_to < decision.valid_from {
        return Err(Refusal::PeriodReversed);
    }
    if overlaps(file, &decision) {
        return Err(Refusal::BenefitOverlaps);
    }
    Ok(Decided::as_asked(context, decision.into()))
}

/// What goes under "other" need not be one service, so there periods may overlap.
fn overlaps(file: &PersonFile, decision: &BenefitDecisionIssued) -> bool {
    let (service, from, to) =
        (decision.service(), day(&decision.valid_from), day(&decision.valid_to));
    service != BenefitService::Other
        && file
            .benefits
            .values()
            .any(|benefit| benefit.service == service && benefit.overlaps(from, to))
}

/// The declaration has let nothing pass that is no date.
fn day(text: &str) -> Date {
    text.parse().unwrap_or_default()
}

#[cfg(test)]
pub(crate) mod tests {
    use contracts::events::{BenefitEndReason, BenefitEnded};
    use office::testing::{BENEFIT, CASE, Given, UNKNOWN, benefit, given_case};

    use super::*;

    const TRANSITION: BenefitService = BenefitService::CommunityTransitionSupport;

    /// The ward office at the desk, in a case, on 20 May 2025.
    pub(crate) fn given_ward() -> Given {
        given_case().in_case(CASE).on("2025-05-20").by("ward-a")
    }

    fn granted() -> Given {
        given_ward().event(benefit(TRANSITION, "2025-08-05", "2026-02-04"))
    }

    fn asked(service: BenefitService, from: &str, to: &str) -> BenefitDecisionIssued {
        BenefitDecisionIssued { benefit_id: String::new(), ..benefit(service, from, to) }
    }

    #[test]
    fn a_benefit_is_granted_in_the_case_that_is_named_or_outside_any() {
        let decision = || asked(TRANSITION, "2025-08-05", "2026-02-04");
        assert_eq!(given_ward().when(decide, decision()).cases(), [Some(CASE.into())]);
        assert_eq!(given_ward().outside_cases().when(decide, decision()).cases(), [None]);
        given_ward().when(decide, decision()).records(&["BenefitDecisionIssued"]);
    }

    #[test]
    fn a_period_of_one_day_is_a_period_and_a_reversed_one_is_not() {
        let one_day = asked(TRANSITION, "2025-08-05", "2025-08-05");
        given_ward().when(decide, one_day).records(&["BenefitDecisionIssued"]);
        let reversed = asked(TRANSITION, "2025-08-05", "2025-08-04");
        given_ward().when(decide, reversed).refuses(Refusal::PeriodReversed);
    }

    #[test]
    fn periods_of_one_service_do_not_share_a_day() {
        for (from, to) in [("2025-02-05", "2025-08-05"), ("2026-02-04", "2026-08-03")] {
            let refused = granted().when(decide, asked(TRANSITION, from, to));
            refused.refuses(Refusal::BenefitOverlaps);
        }
        for (from, to) in [("2025-02-05", "2025-08-04"), ("2026-02-05", "2026-08-04")] {
            let renewed = granted().when(decide, asked(TRANSITION, from, to));
            renewed.records(&["BenefitDecisionIssued"]);
        }
    }

    #[test]
    fn a_benefit_that_ended_early_makes_room() {
        let ended = BenefitEnded {
            benefit_id: BENEFIT.into(),
            reason: BenefitEndReason::PersonWishes.into(),
            ..Default::default()
        };
        let given = granted().on("2025-10-31").event(ended);
        let next = asked(TRANSITION, "2025-11-01", "2026-04-30");
        given.when(decide, next).records(&["BenefitDecisionIssued"]);
    }

    #[test]
    fn other_services_stand_side_by_side() {
        let settlement = BenefitService::CommunitySettlementSupport;
        let decision = asked(settlement, "2025-11-04", "2026-11-03");
        granted().when(decide, decision).records(&["BenefitDecisionIssued"]);
        let other = || asked(BenefitService::Other, "2025-11-04", "2026-11-03");
        let given = given_ward().after(decide, other());
        given.when(decide, other()).records(&["BenefitDecisionIssued"]);
    }

    #[test]
    fn the_case_that_is_named_must_be_open() {
        let decision = || asked(TRANSITION, "2025-08-05", "2026-02-04");
        given_ward().closed().when(decide, decision()).refuses(Refusal::CaseClosed);
        given_ward().in_case(UNKNOWN).when(decide, decision()).refuses(Refusal::UnknownCase);
    }

    #[test]
    fn nothing_is_granted_after_death() {
        let decision = asked(TRANSITION, "2025-08-05", "2026-02-04");
        given_ward().died().when(decide, decision).refuses(Refusal::PersonDied);
    }
}
