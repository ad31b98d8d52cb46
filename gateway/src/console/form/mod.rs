//! Forms: what is asked, what was entered, what is wrong with it, and how it is shown.
//!
//! A form asks for fields of events, so their labels, their lengths, their choices and the words
//! of every complaint come from the declarations. A form only says in which order and by what kind
//! of control it asks.

mod ask;
mod entries;
mod field;
mod problems;

pub(crate) use ask::{Ask, Control};
pub(crate) use entries::Entries;
pub(crate) use field::{Answer, Choice, FieldView, Setting};
pub(crate) use problems::{Problem, Problems};
