//! The GraphQL schema over the read models, and the console.
//!
//! GraphQL is the read side only: queries, and subscriptions over server-sent events. What changes
//! anything is said to the services, over gRPC.
//!
//! - [`Gateway::start`] opens the read model and follows the log.
//! - [`router`] serves the console, `/graphql` and what operators ask (`/healthz`, `/readyz`,
//!   `/metrics`).
//! - [`Gateway::execute`] runs a document in process: the console is one more client.
//!
//! Invariants: no SQL. Sealed parts are opened by [`access::Disclosure`] only, one call and so one
//! record for each page of a request, and only those of the events that are returned. Absent and
//! hidden are answered alike. Nothing personal lies in an error, a URL, a metric or a log line.

mod console;
mod directory;
mod gateway;
mod graphql;
mod http;

pub use console::{AccountSignIn, DemoPersona, DemoSignIn, Offices, ProviderSignIn, WayIn};
pub use gateway::{Gateway, GatewayError, GatewayParts};
pub use graphql::schema_text;
pub use http::router;
