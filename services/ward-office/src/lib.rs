//! The ward office: it decides on benefits, and names who is mainly responsible.
//!
//! One file per decision; `server` lists which door leads to which.

mod assign_primary_supporter;
mod end_benefit;
mod extract_plan_matching_candidate;
mod issue_benefit_decision;
mod refuse_benefit;
mod server;

pub use server::WardOffice;
