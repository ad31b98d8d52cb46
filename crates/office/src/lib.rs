//! What every gRPC service shares: the desk (load, decide, append), the server stack, errors.
//!
//! A service is a list of doors, each leading to a pure decision; [`doors!`] makes the list. The
//! [`Desk`] does the rest, the same for every office: who asks, what the declaration already says,
//! whether the request is known, the person's file, the rules, the seal, the append, the reply.

mod desk;
mod doors;
mod error;
mod founding;
mod records;
mod reply;
mod request;
mod server;
pub mod shared;
mod stamp;
#[cfg(any(test, feature = "testing"))]
pub mod testing;

pub use desk::{Desk, DeskParts};
pub(crate) use desk::{PERSON_CATEGORY, producer_of};
pub use doors::{AskedFor, Doors, Passed};
pub use error::CommandError;
pub use founding::{end_staff_access, found_municipality};
pub use records::Records;
pub use server::{OfficeServer, OfficeService, REQUEST_BYTES_MAX, ServerOptions, bind, serve};

#[doc(hidden)]
pub use contracts::Event;
#[doc(hidden)]
pub use contracts::office::{CommandReply, RecordActivityRequest};
#[doc(hidden)]
pub use tonic;
