//! The rules, pure: person files, involvement, the calendar, outcomes.
//!
//! A [`PersonFile`] is folded from one person's events and answers every question a rule asks.
//! [`Involvement`] decides who sees what; the desk and the gateway ask the same one.
//!
//! Invariant: no async, no sqlx, no tonic, no clock, no randomness; and personal fields never get
//! here, only the clear part of each event.

mod agency_register;
mod calendar;
mod city_records;
mod decision;
mod effective;
mod erasing;
mod flag;
mod ids;
mod involvement;
mod merging;
mod moment;
pub mod outcomes;
mod person_file;
mod reasons;
mod recorded;
mod refusal;
mod resources;
mod staff_access;
mod work;
pub mod written_date;

pub use agency_register::{Agency, AgencyRegister};
pub use calendar::{FiscalYear, days_between, today, wareki};
pub use city_records::{CityRecords, Survey};
pub use decision::{Context, Decided, IdSource};
pub use effective::{Amendments, Standing, effective, replacement};
pub use erasing::{
    CountedFrom, ERASURE_OFFICER, Erasing, ErasureRequest, ErasureRequests, Kept, Retention,
    erased_with, is_of_erasure,
};
pub use flag::Flag;
pub use ids::{
    AgencyId, BenefitId, CaseId, ConsentId, EmergencyId, EpisodeId, InquiryId, PersonId, PlanId,
    ProviderId, RecordId, ReferralId,
};
pub use involvement::{Involvement, PRIVACY_OFFICER, Seen, Viewer, seen_of, sees_record};
pub use merging::{
    Holders, IDENTITY_OFFICER, InForce, MergeProposal, Merging, Pair, is_of_merging, kin_of,
};
pub use moment::Moment;
pub use person_file::{
    BREAK_GLASS_MINUTES, Barrier, Benefit, BenefitApplication, BreakGlass, CORPORATE_HOME_DAYS_MAX,
    Case, CaseState, Consent, Consultation, ConsultationState, Emergency, EmergencyState,
    EmergencyStay, Episode, EpisodeEnd, Extension, FamilyStay, GlassReview, HandedOn, Handover,
    HouseholdAtRisk, MEETING_EXPECTED_DAYS, Matching, MatchingState, Notice, PersonFile, Placement,
    PlacementAnswer, Plan, Referral, ReferralState, Residence, Settlement, Stall, TenantSheet,
    VisitRequest, WaitingClock,
};
pub use recorded::Recorded;
pub use refusal::Refusal;
pub use resources::{Inquiry, InquiryReply, Latest, Provider, Resources, Vacancy};
pub use staff_access::{ACCOUNT_OFFICER, Issued, SESSION_TOKEN_LIFE_MAX, StaffAccess};
pub use work::{CHECKPOINT_DAYS, WAITING_LONG_DAYS, WorkItem, WorkKind, cases_in_hand, work_items};
