//! The core center's office: it coordinates, and knows who has a free room.
//!
//! Its decisions are those that every office shares; what else it does is recorded as an activity, or
//! through the support center's service and the one for emergencies, which are served here too.

mod server;

pub use server::CoreCenter;
