//! The hospital's office: admissions, referrals, planned and actual discharges.
//!
//! One file per decision; `server` lists which door leads to which.

mod cancel_discharge_plan;
mod declare_ready_for_discharge;
mod decline_hospital_visit;
mod open_inpatient_episode;
mod plan_discharge;
mod record_discharge;
mod record_readmission;
mod record_transfer;
mod request_early_consultation;
mod schedule_hospital_visit;
mod server;
mod share_medical_summary;
mod submit_long_stay_census;
mod submit_referral;
mod submit_survey_response;
mod supplement_referral;
mod withdraw_ready_for_discharge;
mod withdraw_referral;

pub use server::Hospital;
