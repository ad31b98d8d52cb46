//! Everything the rules know about one person, folded from the person's events in log order.
//!
//! Folding cannot fail: a fact that breaks a rule is taken in all the same, and what is remarkable
//! about it comes back as flags. The desk shows them to the one who records, the projector to
//! those who read.

mod barrier;
mod benefit;
mod break_glass;
mod case;
mod consent;
mod consultation;
mod emergency;
mod emergency_stay;
mod family_stay;
mod handover;
mod household;
mod housing;
mod matching;
mod plan;
mod questions;
mod referral;
mod residence;
mod stay;
mod visit;
mod waiting;

use std::collections::{BTreeMap, BTreeSet};

use contracts::{Event, annotations::Nature, events::LivingStatus};
use jiff::civil::Date;

pub use barrier::Barrier;
pub use benefit::{Benefit, BenefitApplication};
pub use break_glass::{BREAK_GLASS_MINUTES, BreakGlass, GlassReview};
pub(crate) use break_glass::{break_glass_id, is_of_break_glass};
pub use case::{Case, CaseState, Settlement};
pub use consent::{Consent, Membership};
pub use consultation::{Consultation, ConsultationState};
pub use emergency::{
    Emergency, EmergencyState, MEETING_EXPECTED_DAYS, Notice, Placement, PlacementAnswer,
};
pub use emergency_stay::{CORPORATE_HOME_DAYS_MAX, EmergencyStay, Extension};
pub use family_stay::FamilyStay;
pub use handover::{HandedOn, Handover};
pub use household::HouseholdAtRisk;
pub use housing::TenantSheet;
pub use matching::{Matching, MatchingState};
pub use plan::Plan;
pub use referral::{Referral, ReferralState};
pub use residence::Residence;
pub use stay::{Episode, EpisodeEnd};
pub use visit::VisitRequest;
pub use waiting::{Stall, WaitingClock};

use crate::{
    AgencyId, BenefitId, CaseId, ConsentId, EmergencyId, EpisodeId, Flag, Involvement, Moment,
    PlanId, RecordId, Recorded, ReferralId, Seen, Viewer, effective,
};

/// An entry with its id, the ids that it names, and its share of a tree's node.
const ENTRY_BYTES: usize = 512;

/// One person's file.
#[derive(Debug, Clone, Default)]
pub struct PersonFile {
    /// The agency that registered the person; none while the file is empty.
    pub registered_by: Option<AgencyId>,
    /// And those that registered the person as well: their files were merged into this one.
    pub also_registered_by: BTreeSet<AgencyId>,
    /// The wards of residence.
    pub residence: Residence,
    /// When the person last moved to another ward.
    pub moved_on: Option<Date>,
    /// When the person died.
    pub died_on: Option<Date>,
    /// When the person was erased: then there is nothing else, and nothing more is taken in.
    pub erased_on: Option<Date>,
    /// Consents by id.
    pub consents: BTreeMap<ConsentId, Consent>,
    /// Care teams: by case, and `None` for the team that is not tied to a case.
    pub teams: BTreeMap<Option<CaseId>, BTreeMap<AgencyId, Membership>>,
    /// Stays in hospital, in the order they were recorded.
    pub episodes: Vec<Episode>,
    /// Referrals by id.
    pub referrals: BTreeMap<ReferralId, Referral>,
    /// Cases by id.
    pub cases: BTreeMap<CaseId, Case>,
    /// Early consultations by id.
    pub consultations: BTreeMap<RecordId, Consultation>,
    /// Barriers to discharge by id.
    pub barriers: BTreeMap<RecordId, Barrier>,
    /// Requests for a visit by id.
    pub visit_requests: BTreeMap<RecordId, VisitRequest>,
    /// Service-use plans by id.
    pub service_use_plans: BTreeMap<PlanId, Plan>,
    /// Emergency plans by id.
    pub emergency_plans: BTreeMap<PlanId, Plan>,
    /// Benefit decisions by id.
    pub benefits: BTreeMap<BenefitId, Benefit>,
    /// Applications for a benefit that wait for a decision.
    pub benefit_applications: Vec<BenefitApplication>,
    /// The agency mainly responsible for the household.
    pub primary_supporter: Option<AgencyId>,
    /// What was said about the household, while it could hardly count on support in an emergency.
    pub household_at_risk: Option<HouseholdAtRisk>,
    /// Emergencies by id.
    pub emergencies: BTreeMap<EmergencyId, Emergency>,
    /// Uses of break-glass access by id.
    pub break_glass: BTreeMap<RecordId, BreakGlass>,
    /// The family's stays in a place of its own, by id.
    pub family_stays: BTreeMap<RecordId, FamilyStay>,
    /// Dates and days of the checkpoints after a discharge that were observed.
    pub checkpoints: Vec<(Date, u32)>,
    /// Whether the ward office helped with a self-plan.
    pub self_plan_supported: bool,
    /// Searches for an office that makes the service-use plan, by id.
    pub matchings: BTreeMap<RecordId, Matching>,
    /// Tenant information sheets by id.
    pub tenant_sheets: BTreeMap<RecordId, TenantSheet>,
    /// When somebody first looked with the person at a way out of a residential facility.
    pub facility_assessed_on: Option<Date>,
}

impl PersonFile {
    /// The file after these events, as they stand after their corrections.
    pub fn folded(history: &[Recorded]) -> Self {
        let mut file = Self::default();
        for recorded in &*effective(history) {
            file.apply(recorded);
        }
        file
    }

    /// The file as this viewer knows it at this moment: folded from what it sees of the history that
    /// this file was folded from.
    pub fn as_seen_by(
        &self,
        history: &[Recorded],
        viewer: &Viewer,
        moment: impl Into<Moment>,
    ) -> Self {
        let moment = moment.into();
        let involvement = self.involvement();
        let known = |recorded: &&Recorded| {
            involvement.sees(viewer, recorded, moment) != Seen::Hidden
                || involvement.knows_case(viewer, recorded, moment)
        };
        let mut file = Self::default();
        for recorded in effective(history).iter().filter(known) {
            file.apply(recorded);
        }
        file
    }

    /// Takes one more event in, and says what is remarkable about it. An amendment changes what came
    /// before: after one, the file has to be folded anew.
    pub fn apply(&mut self, recorded: &Recorded) -> Vec<Flag> {
        if self.erased_on.is_some() {
            return Vec::new();
        }
        let mut flags = self.general_flags(recorded);
        self.evolve(recorded, &mut flags);
        flags
    }

    /// What the file takes up in memory, roughly: for whoever keeps files at hand and must stop
    /// somewhere.
    pub fn estimated_bytes(&self) -> usize {
        let entries = self.consents.len()
            + self.also_registered_by.len()
            + self.teams.values().map(BTreeMap::len).sum::<usize>()
            + self.episodes.len()
            + self.referrals.len()
            + self.cases.len()
            + self.consultations.len()
            + self.barriers.len()
            + self.visit_requests.len()
            + self.service_use_plans.len()
            + self.emergency_plans.len()
            + self.benefits.len()
            + self.benefit_applications.len()
            + self.emergencies.values().map(Emergency::entries).sum::<usize>()
            + self.break_glass.len()
            + self.family_stays.len()
            + self.matchings.len()
            + self.tenant_sheets.len();
        size_of::<Self>() + ENTRY_BYTES * entries + size_of_val(self.checkpoints.as_slice())
    }

    /// Who takes part, and who sees what.
    pub fn involvement(&self) -> Involvement<'_> {
        Involvement::of(self)
    }

    /// The stay with this id.
    pub fn episode(&self, id: &EpisodeId) -> Option<&Episode> {
        self.episodes.iter().find(|episode| episode.id == *id)
    }

    /// The stay that has not ended, if the person is in hospital.
    pub fn open_episode(&self) -> Option<&Episode> {
        self.episodes.iter().rev().find(|episode| episode.ended.is_none())
    }

    /// The last discharge into the community.
    pub fn last_discharge(&self) -> Option<Date> {
        self.episodes.iter().filter_map(Episode::discharged_on).max()
    }

    fn general_flags(&self, recorded: &Recorded) -> Vec<Flag> {
        let mut flags = Vec::new();
        let is_fact = recorded.event.kind().nature() == Nature::Fact;
        let after_death = self.died_on.is_some_and(|died_on| recorded.occurred_on > died_on);
        if after_death && !may_follow_death(&recorded.event) {
            flags.push(Flag::AfterDeath);
        }
        let case = recorded.case_id.as_ref().and_then(|id| self.cases.get(id));
        if is_fact && case.is_some_and(Case::is_closed) && !may_follow_closing(&recorded.event) {
            flags.push(Flag::CaseClosed);
        }
        flags
    }

    fn evolve(&mut self, recorded: &Recorded, flags: &mut Vec<Flag>) {
        match &recorded.event {
            Event::PersonRegistered(event) => {
                if self.registered_by.is_some() {
                    flags.push(Flag::RegisteredTwice);
                }
                let first = self.registered_by.get_or_insert_with(|| recorded.agency.clone());
                if *first != recorded.agency {
                    self.also_registered_by.insert(recorded.agency.clone());
                }
                self.residence.note(recorded.occurred_on, &event.residence_ward);
            }
            Event::PersonErased(_) => {
                *self = Self { erased_on: Some(recorded.occurred_on), ..Self::default() };
            }
            Event::ResidenceWardChanged(event) => {
                let named = &event.from_ward;
                let on_file = self.residence.on(recorded.occurred_on);
                if !named.is_empty() && on_file.is_some_and(|ward| ward != named) {
                    flags.push(Flag::WardDiffers);
                }
                self.residence.note(recorded.occurred_on, &event.to_ward);
                self.moved_on = self.moved_on.max(Some(recorded.occurred_on));
            }
            _ => {
                self.evolve_consent(recorded, flags);
                self.evolve_stay(recorded, flags);
                self.evolve_barrier(recorded, flags);
                self.evolve_referral(recorded, flags);
                self.evolve_consultation(recorded);
                self.evolve_case(recorded, flags);
                self.evolve_handover(recorded);
                self.evolve_visit(recorded, flags);
                self.evolve_plan(recorded, flags);
                self.evolve_matching(recorded, flags);
                self.evolve_housing(recorded, flags);
                self.evolve_benefit(recorded, flags);
                self.evolve_household(recorded);
                self.evolve_emergency(recorded, flags);
                self.evolve_break_glass(recorded);
                self.evolve_family_stay(recorded, flags);
            }
        }
    }
}

/// What may still happen after a death: the ends that it brings about.
fn may_follow_death(event: &Event) -> bool {
    match event {
        Event::CommunityStatusObserved(event) => event.status() == LivingStatus::Dead,
        Event::DeathRecorded(_)
        | Event::ReferralDeclined(_)
        | Event::ReferralWithdrawn(_)
        | Event::ReferralLapsed(_)
        | Event::EarlyConsultationDeclined(_)
        | Event::EarlyConsultationConcluded(_)
        | Event::EarlyConsultationLapsed(_)
        | Event::CaseHandoverDeclined(_)
        | Event::CaseHandoverWithdrawn(_)
        | Event::CommunityTransitionSupportEnded(_)
        | Event::BenefitEnded(_)
        | Event::ServiceUsePlanEnded(_)
        | Event::EmergencyPlanRetired(_)
        | Event::SettlementSupportEnded(_)
        | Event::IndependentLivingSupportEnded(_)
        | Event::TenancyEnded(_)
        | Event::TenantInfoSheetWithdrawn(_)
        | Event::HousingSearchEnded(_)
        | Event::UserRegistrationEnded(_)
        | Event::IndependentLivingPreparationEnded(_)
        | Event::FacilityTransitionCompleted(_)
        | Event::PlanMatchingDeclined(_)
        | Event::TrialUseCancelled(_)
        | Event::HospitalVisitDeclined(_)
        | Event::CareTeamMemberRemoved(_)
        | Event::HouseholdRiskCleared(_)
        | Event::EmergencyStayEnded(_)
        | Event::PostEmergencyMeetingHeld(_)
        | Event::EmergencyClosed(_)
        | Event::FamilyEmergencyStayEnded(_)
        | Event::BreakGlassAccessReviewed(_)
        | Event::PersonsMergeProposed(_)
        | Event::PersonsMerged(_)
        | Event::PersonsMergeDeclined(_)
        | Event::PersonsUnmerged(_)
        | Event::PersonErasureRequested(_)
        | Event::PersonErasureDeclined(_)
        | Event::PersonErased(_)
        | Event::CaseClosed(_) => true,
        _ => false,
    }
}

/// What may still be recorded after a case was closed.
fn may_follow_closing(event: &Event) -> bool {
    matches!(
        event,
        Event::DeathRecorded(_) | Event::PatientReadmitted(_) | Event::CommunityStatusObserved(_)
    )
}

/// A date of an event. Events are validated before they are appended; should one hold no date all
/// the same, the day it happened is the closest thing to it.
fn date_of(text: &str, otherwise: Date) -> Date {
    text.parse().unwrap_or(otherwise)
}
