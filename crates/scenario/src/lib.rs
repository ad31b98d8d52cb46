//! Scenarios as data: who asks what, when; played through real gRPC.
//!
//! A [`Scenario`] is a JSON file of steps. On a given day it becomes a [`Script`], in which every
//! step has its moment; scripts can be merged and cut. A [`Player`] sends a script's steps to the
//! offices one by one, with the clock set to each step's moment, and remembers the ids that the
//! replies assign. Demonstration and acceptance tests play the same files.
//!
//! # Adding a step
//!
//! ```json
//! { "row": "5", "at": "2025-05-08T10:00", "by": "hospital", "call": "hospital.SubmitReferral",
//!   "person": "ichiro", "case": "a",
//!   "request": { "referral": { "episodeId": "$stay", "…": "…" } },
//!   "keep": { "referral": "referralSubmitted.referralId" } }
//! ```
//!
//! - `at` is local time in Asia/Tokyo, or relative to the day of playing: `today-12T10:00`. It is
//!   the moment of recording; the event's own dates stand in the request, where `today-12` and
//!   `today+30` are dates too. Dates that an office assigns are left out.
//! - `by` names an entry of `personas.json`.
//! - `call` is a service (`support-center`, `emergency`) and one of its RPCs; the persona's office must
//!   have it. The context's ids are filled in; `request` holds the rest as protobuf JSON.
//! - `person` and `case` are names of our own. `RegisterPerson` gives the person an id, and the
//!   first reply with a case gives the case one; later steps send both. A step outside any case
//!   leaves `case` out.
//! - `keep` takes an id out of what the reply says was recorded; `"$stay"` in a later request of the
//!   same person stands for it.
//!
//! Invariant: this crate knows no rule and no store. It asks through the door that everyone uses.

mod error;
mod marker;
mod memory;
mod persona;
mod player;
mod request;
mod scenario;
mod script;
mod stable_id;
mod transport;
mod when;

use jiff::Timestamp;

pub use error::{Cause, PlayError, ScenarioError};
pub use marker::Marker;
pub use memory::Memory;
pub use persona::{Persona, Personas};
pub use player::Player;
pub use request::Rpc;
pub use scenario::{Scenario, Step};
pub use script::{DatedStep, Script};
pub use transport::{GrpcTransport, Transport};
pub use when::today;

/// The demonstration at this moment: the agencies, scenario A as dated and the open cases as of
/// today. What lies after the moment is left out.
pub fn demonstration(now: Timestamp) -> Result<Script, ScenarioError> {
    let today = today(now);
    let agencies = Scenario::agencies()?.on(today)?;
    let both = agencies.and(Scenario::scenario_a()?.on(today)?);
    Ok(both.and(Scenario::open_cases()?.on(today)?).until(now))
}
