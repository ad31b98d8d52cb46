//! Households at risk, and emergencies: what support center, core center and ward office do alike.
//!
//! One file per decision; `server` lists which door leads to which. Which of the three may append
//! an event, the event itself declares, and the desk asks it.

mod change_primary_supporter;
mod clear_household_risk;
mod close_emergency;
mod corporate_home;
mod extend_emergency_stay;
#[cfg(test)]
mod given;
mod identify_household_at_risk;
mod in_emergency;
mod record_emergency_follow_up;
mod record_emergency_stay_end;
mod record_family_stay_end;
mod record_family_stay_start;
mod record_home_continuation;
mod record_home_return_support;
mod record_placement_acceptance;
mod record_placement_refusal;
mod record_post_emergency_meeting;
mod record_special_placement;
mod record_stay_extension_refusal;
mod record_stay_extension_request;
mod record_ward_office_notification;
mod request_emergency_placement;
mod review_break_glass_access;
mod server;
mod start_emergency_stay;
#[cfg(test)]
mod tricky_courses;
mod use_break_glass_access;

pub use server::Emergency;
