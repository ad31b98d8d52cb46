//! How much of it: the short run belongs to every test run, the full one to `cargo xtask faults`.

/// Set to `full` by `cargo xtask faults`.
const SCALE_VARIABLE: &str = "TSUNAGI_FAULTS";

/// Whether this is the full run.
///
/// # Panics
/// When the environment asks for something else.
#[must_use]
pub fn is_full() -> bool {
    match std::env::var(SCALE_VARIABLE).as_deref() {
        Ok("full") => true,
        Ok("short") | Err(_) => false,
        Ok(other) => panic!("{SCALE_VARIABLE} is `{other}`; it must be `full` or `short`"),
    }
}

/// One number for the short run, another for the full one.
#[must_use]
pub fn scaled(short: u64, full: u64) -> u64 {
    if is_full() { full } else { short }
}
