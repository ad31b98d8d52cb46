//! Decisions that any office may take: registration, consent, the care team, a death.

pub mod add_care_team_member;
pub mod amend;
pub mod change_consent_scope;
pub mod record_consent;
pub mod record_death;
pub mod register_person;
pub mod remove_care_team_member;
pub mod withdraw_consent;
