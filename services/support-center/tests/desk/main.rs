//! The center's door, on a real log.

mod handovers;
mod referred;
mod twins;
