//! How readers and callers can stand to a person; shared by the tests that print who may see and do what.
#![allow(dead_code, reason = "each test uses its part of it")]

pub mod beginning;
pub mod relation;
