//! Generated messages, and what the declarations say about them.
//!
//! Events are declared in `proto/tsunagi/events/v1`. [`catalogue`] reads the declarations by
//! reflection; every other crate asks it instead of keeping a list of its own.
//!
//! Invariant: this crate knows what an event says about itself and nothing of rules, storage or
//! time.

mod body;
mod catalogue;
mod cells;
mod describe;
mod generated;
mod page;
mod services;
mod validate;
mod wire;

pub use body::{Split, UnknownEvent};
pub use catalogue::{Catalogue, EventKind, Field, catalogue, office_from_name, office_name};
pub use cells::CellReader;
pub use describe::{Described, Shown, label_of};
pub use generated::tsunagi::{
    access::v1 as access, annotations::v1 as annotations, core_center::v1 as core_center,
    emergency::v1 as emergency, events::v1 as events, hospital::v1 as hospital,
    municipality::v1 as municipality, office::v1 as office, support_center::v1 as support_center,
    ward_office::v1 as ward_office,
};
pub use page::catalogue_page;
pub use services::{Service, services};
pub use validate::{Violation, is_code, violations};

pub use annotations::{Office, Sight, Topic};
pub use events::event_body::Event;

/// The encoded `FileDescriptorSet` of everything under `proto/`, custom options included.
pub const DESCRIPTORS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/descriptors.bin"));
