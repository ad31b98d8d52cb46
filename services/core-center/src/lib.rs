//! The core center's office: it coordinates, and knows who has a free room.
//!
//! One file per decision; `server` lists which door leads to which. What else it does is recorded as an
//! activity, or through the support center's service and the one for emergencies, which are served
//! here too.

mod accept_plan_matching;
mod decline_plan_matching;
mod propose_plan_matching;
mod register_provider;
mod request_provider_sheet;
mod retire_provider;
mod server;

pub use server::CoreCenter;
