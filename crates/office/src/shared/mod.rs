//! Decisions that several offices take: registration, consent, the care team, a death; what a hospital
//! and a center, or whoever writes for them, do with a referral and on the way home; inquiries to
//! providers; corrections.

pub mod accept_referral;
pub mod add_care_team_member;
pub mod amend;
pub mod answer_resource_inquiry;
mod answering;
pub mod change_barrier_owner;
pub mod change_consent_scope;
pub mod close_resource_inquiry;
pub mod conclude_early_consultation;
pub mod decline_early_consultation;
pub mod decline_referral;
pub mod end_referral_stall;
pub mod end_staff_access;
pub mod escalate_referral;
pub mod identify_barrier;
pub mod join_early_consultation;
pub mod lapse_early_consultation;
pub mod lapse_referral;
pub mod note_referral_stall;
pub mod record_consent;
pub mod record_death;
pub mod register_person;
pub mod remove_care_team_member;
pub mod resolve_barrier;
pub mod return_referral;
pub mod send_resource_inquiry;
pub mod withdraw_consent;

use casework::Refusal;

/// A coded choice of "other" says nothing unless it is put into words.
pub fn explained(is_other: bool, note: &str) -> Result<(), Refusal> {
    if is_other && note.trim().is_empty() { Err(Refusal::NoteRequired) } else { Ok(()) }
}
