//! The core center's office: it coordinates, and knows who has a free room.
//!
//! Its decisions are those that every office shares; what else it does is recorded as an activity.

mod server;

pub use server::CoreCenter;
