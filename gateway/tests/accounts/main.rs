//! Signing in with an account over real HTTP: a gateway on a port, an office behind its gRPC door in
//! what stands for another process, and a browser without a script.

mod ending;
mod enrolling;
mod sessions;
mod signing_in;
mod town;
