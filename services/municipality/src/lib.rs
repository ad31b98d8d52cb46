//! The municipality's office: it keeps the register of agencies, publishes what holds for all, and
//! puts two files of one person together, and erases what is kept of a person.
//!
//! One file per decision; `server` lists which door leads to which.

mod decline_person_erasure;
mod decline_persons_merge;
mod erase_person;
mod free_to_erase;
mod free_to_merge;
mod merge_persons;
mod propose_persons_merge;
mod publish_guideline;
mod publish_survey_result;
mod register_agency;
mod remove_real_estate_partner;
mod request_person_erasure;
mod retire_agency;
mod server;
mod unmerge_persons;

pub use server::Municipality;
