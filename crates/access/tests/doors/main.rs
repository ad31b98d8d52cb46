//! Tokens and disclosure against a real log, a real record of reads and a real vault.

mod disclosure;
mod ended;
mod forged;
mod gate;
mod keys;
mod tokens;
mod world;
