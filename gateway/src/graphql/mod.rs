//! The schema: what a reader may ask.

mod accesses;
mod agency;
mod amended;
mod break_glass;
mod caller;
mod case;
pub(crate) mod codes;
mod cursor;
mod desk;
mod fields;
mod folder;
pub(crate) mod limits;
mod merging;
mod outcomes;
mod owed;
mod paging;
mod person;
mod query;
mod records;
mod referral;
mod resources;
mod scalars;
mod searching;
mod stay;
mod subscription;
mod timeline;
mod work;

use std::sync::Arc;

use async_graphql::{EmptyMutation, SDLExportOptions, Schema, SchemaBuilder};

pub(crate) use caller::{Caller, Credential, LastSent};
pub(crate) use cursor::WorkCursors;
pub(crate) use desk::{Desk, Why};
pub(crate) use owed::Owed;
use query::Query;
use subscription::Subscription;

pub(crate) type HouseSchema = Schema<Query, EmptyMutation, Subscription>;

/// Who may explore the schema.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Everybody.
    Development,
    /// Nobody: clients come with documents that were written against `schema.graphql`.
    Production,
}

/// The schema over a desk.
pub(crate) fn schema(desk: Arc<Desk>, mode: Mode) -> HouseSchema {
    let schema = builder().data(desk);
    match mode {
        Mode::Development => schema.finish(),
        Mode::Production => schema.disable_introspection().disable_suggestions().finish(),
    }
}

/// The schema in the schema definition language, as `schema.graphql` holds it.
pub fn schema_text() -> String {
    let sorted = SDLExportOptions::new().sorted_fields().sorted_arguments().sorted_enum_items();
    builder().finish().sdl_with_options(sorted)
}

fn builder() -> SchemaBuilder<Query, EmptyMutation, Subscription> {
    Schema::build(Query, EmptyMutation, Subscription)
        .limit_depth(limits::DEPTH_MAX)
        .limit_complexity(limits::COMPLEXITY_MAX)
        .limit_directives(limits::DIRECTIVES_MAX)
}
