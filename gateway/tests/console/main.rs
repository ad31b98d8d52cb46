//! The console as a browser meets it: a gateway with the demonstration's way in, two real offices
//! behind their gRPC doors, and no script.

mod browser;
mod doors;
mod errands;
mod merging;
mod news;
mod reading;
mod searching;
