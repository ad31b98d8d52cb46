//! Further along the way: a plan, the discharge, support after it; and what can come in between.

use contracts::events::{
    BenefitDecisionIssued, BenefitService, CaseClosed, CaseSuspended, ConsentWithdrawn,
    DeathRecorded, DestinationKind, IndividualSupportPlanCreated, PatientDischarged,
    PatientReadmitted, SettlementSupportStarted,
};

use super::{CASE, CONSENT, EPISODE, Given, given_case};

/// The benefit decision of [`benefit`].
pub const BENEFIT: &str = "00000000-0000-4000-8000-0000000000be";
/// The plan of [`given_plan`].
pub const PLAN: &str = "00000000-0000-4000-8000-0000000000b1";
/// The stay of [`Given::readmitted`].
pub const SECOND_EPISODE: &str = "00000000-0000-4000-8000-0000000000e2";

/// A person with a case, whose individual support plan `center-a` made on 19 June 2025.
pub fn given_plan() -> Given {
    let plan =
        IndividualSupportPlanCreated { plan_id: PLAN.into(), version: 1, ..Default::default() };
    given_case().in_case(CASE).on("2025-06-19").event(plan)
}

/// And whom `hospital-a` discharged on 4 November 2025.
pub fn given_discharged() -> Given {
    let home = PatientDischarged {
        episode_id: EPISODE.into(),
        destination_kind: DestinationKind::Home.into(),
        ..Default::default()
    };
    given_plan().on("2025-11-04").outside_cases().by("hospital-a").event(home).back_at_work()
}

/// And whom `center-a` has supported at home since that day.
pub fn given_settling() -> Given {
    given_discharged().event(SettlementSupportStarted::default())
}

/// A benefit for this service and period.
pub fn benefit(service: BenefitService, from: &str, to: &str) -> BenefitDecisionIssued {
    BenefitDecisionIssued {
        benefit_id: BENEFIT.into(),
        service: service.into(),
        valid_from: from.into(),
        valid_to: to.into(),
        ..Default::default()
    }
}

impl Given {
    /// `hospital-b` admitted the person again on this day.
    #[must_use]
    pub fn readmitted(self) -> Self {
        let stay = PatientReadmitted { episode_id: SECOND_EPISODE.into(), ..Default::default() };
        self.outside_cases().by("hospital-b").event(stay).back_at_work()
    }

    /// The person died on this day.
    #[must_use]
    pub fn died(self) -> Self {
        self.event(DeathRecorded::default())
    }

    /// Work on the case rests from this day.
    #[must_use]
    pub fn suspended(self) -> Self {
        self.event(CaseSuspended::default())
    }

    /// The case was closed on this day.
    #[must_use]
    pub fn closed(self) -> Self {
        self.event(CaseClosed::default())
    }

    /// The person withdrew the consent on this day.
    #[must_use]
    pub fn consent_withdrawn(self) -> Self {
        self.event(ConsentWithdrawn { consent_id: CONSENT.into(), ..Default::default() })
    }

    /// `center-a` is at the desk again, with its case.
    fn back_at_work(self) -> Self {
        self.in_case(CASE).by("center-a")
    }
}
