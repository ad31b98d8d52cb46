//! What is said of a panic: where, and never why.
//!
//! The words of a panic can quote what was being worked on ("byte 1 is not a char boundary; it is
//! inside '架' of …"), so they go nowhere.

use std::panic::{self, PanicHookInfo};

/// From now on a panic is told by its place in the code alone.
pub fn tell_the_place_alone() {
    panic::set_hook(Box::new(tell));
}

fn tell(panic: &PanicHookInfo<'_>) {
    let place = panic.location().map(ToString::to_string).unwrap_or_default();
    tracing::error!(place, "a panic: a fault of this program");
}
