//! Waiting with an end: a test that hangs should say on what.

use std::time::Duration;

use tokio::time::{sleep, timeout};

/// Restarts, recoveries and retries take seconds; a machine busy with builds gets some more.
const SECONDS_MAX: u64 = 120;
/// How often something is looked at that wakes nobody, such as a file that others write.
const WATCH_INTERVAL: Duration = Duration::from_millis(5);

/// Waits for `work`, for two minutes at most.
///
/// # Panics
/// When it takes longer.
pub async fn patiently<T>(what: &str, work: impl Future<Output = T>) -> T {
    let outcome = timeout(Duration::from_secs(SECONDS_MAX), work).await;
    outcome.unwrap_or_else(|_| panic!("{what}: not within {SECONDS_MAX} seconds"))
}

/// Looks again and again until it is so, for two minutes at most.
///
/// # Panics
/// When it takes longer.
pub async fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    let watch = async {
        while !is_so() {
            sleep(WATCH_INTERVAL).await;
        }
    };
    patiently(what, watch).await;
}
