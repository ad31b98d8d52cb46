//! Decisions that several offices may take: registration, consent, the care team, a death,
//! inquiries to providers.

pub mod add_care_team_member;
pub mod answer_resource_inquiry;
pub mod change_consent_scope;
pub mod close_resource_inquiry;
pub mod record_consent;
pub mod record_death;
pub mod register_person;
pub mod remove_care_team_member;
pub mod send_resource_inquiry;
pub mod withdraw_consent;
