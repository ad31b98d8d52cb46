//! The municipality's office: it keeps the register of agencies, and publishes what holds for all.
//!
//! One file per decision; `server` lists which door leads to which.

mod publish_guideline;
mod publish_survey_result;
mod register_agency;
mod remove_real_estate_partner;
mod retire_agency;
mod server;

pub use server::Municipality;
