//! The rules of the casework, each provoked by a history written by hand.

mod break_glass;
mod cases;
mod corrections;
mod emergencies;
mod emergency_flags;
mod erasing;
mod flags;
mod handovers;
mod history;
mod involvement;
mod merging;
mod outcomes;
mod outcomes_by_hand;
mod resources;
mod scenario;
mod sights;
mod staff_access;
mod stays;
mod waiting;
mod work;
