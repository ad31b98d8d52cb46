//! What `build.rs` made of `proto/`. Documentation is in the proto files.
#![allow(missing_docs, unused_qualifications, clippy::all, clippy::pedantic)]

include!(concat!(env!("OUT_DIR"), "/modules.rs"));
