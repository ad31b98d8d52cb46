//! The hospital's doors on a real log and a real vault, in process: from the bytes of a request to
//! the bytes of the reply.

mod again;
mod amending;
mod doors;
mod exporting;
mod fields;
mod importing;
mod office_of_test;
mod on_behalf;
mod people;
mod sealing;
mod together;
mod visits;
