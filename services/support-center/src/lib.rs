//! The support center's office: referrals answered, cases led, visits, plans, support at home.
//!
//! One file per decision; `server` lists which door leads to which. Before a decision is asked,
//! the desk has seen to it that the agency takes part in the case that the request names.
//!
//! The service is at core centers and ward offices too, which may be mainly responsible for a person;
//! the desk refuses whatever an event's declaration does not let them append.

mod accept_case_handover;
mod change_track;
mod close_case;
mod create_emergency_plan;
mod create_individual_support_plan;
mod create_service_use_plan;
mod decline_case_handover;
#[cfg(test)]
mod edge_cases;
mod emergency_plan;
mod end_community_transition_support;
mod end_service_use_plan;
mod end_settlement_support;
mod hand_over_case;
mod identify_transition_candidate;
mod open_case;
mod pause_settlement_support;
mod record_community_status;
mod record_settlement_follow_up;
mod record_ward_visit;
mod reopen_case;
mod request_hospital_visit;
mod resume_case;
mod resume_settlement_support;
mod retire_emergency_plan;
mod revise_emergency_plan;
mod revise_individual_support_plan;
mod revise_service_use_plan;
mod revise_tenant_info_sheet;
mod server;
mod service_use_plan;
mod share_emergency_plan;
mod share_individual_support_plan;
mod share_tenant_info_sheet;
mod start_community_transition_support;
mod start_settlement_support;
mod suspend_case;
#[cfg(test)]
mod tricky_courses;
mod withdraw_case_handover;
mod withdraw_tenant_info_sheet;

pub use server::SupportCenter;
