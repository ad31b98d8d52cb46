//! Precision and recall on invented people, printed, and kept above a floor.

mod candidates;
mod measured;
mod mistakes;
mod people;
mod spellings;
