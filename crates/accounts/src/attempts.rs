//! Slowing down: how long whoever fails has to wait before the next attempt is judged.
//!
//! Attempts are counted for each login name, whether an account has it or not, and for each source.
//! An attempt is counted as a failure before it is judged, and taken back when it was none: so of
//! many that come at once only as many are judged as one after the other.

use jiff::{SignedDuration, Timestamp};

/// What is known of the attempts under one key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Attempts {
    pub(crate) failures: i64,
    pub(crate) last_at: i64,
}

/// How failures slow down.
pub(crate) struct Pace {
    /// So many failures cost nothing: people mistype.
    free: i64,
    longest: SignedDuration,
}

/// One login name. Who attacks it keeps its bearer out for as long as the longest wait, and no
/// longer.
pub(crate) const OF_NAME: Pace = Pace { free: 3, longest: SignedDuration::from_mins(5) };

/// One source, behind which a whole agency may sit.
pub(crate) const OF_SOURCE: Pace = Pace { free: 30, longest: SignedDuration::from_mins(1) };

/// The first wait; each further failure doubles it.
const FIRST: SignedDuration = SignedDuration::from_secs(1);

/// More than it takes to reach the longest wait.
const DOUBLINGS_MAX: i64 = 20;

/// After this time without any attempt, failures are forgotten.
const FORGOTTEN_AFTER: SignedDuration = SignedDuration::from_hours(1);

impl Pace {
    /// The attempts with the one of now; how long to wait when it is too early.
    pub(crate) fn next(
        &self,
        before: Option<Attempts>,
        now: Timestamp,
    ) -> Result<Attempts, SignedDuration> {
        let at = now.as_microsecond();
        let first = Attempts { failures: 1, last_at: at };
        let Some(before) = before else { return Ok(first) };
        // A clock that was set back makes nobody wait longer than they would.
        let since = SignedDuration::from_micros(at.saturating_sub(before.last_at).max(0));
        if since >= FORGOTTEN_AFTER {
            return Ok(first);
        }
        let wait = self.wait_after(before.failures);
        if since < wait {
            return Err(wait - since);
        }
        Ok(Attempts { failures: before.failures.saturating_add(1), last_at: at })
    }

    fn wait_after(&self, failures: i64) -> SignedDuration {
        let doublings = failures.saturating_sub(self.free).min(DOUBLINGS_MAX);
        match u32::try_from(doublings) {
            Ok(doublings) => (FIRST * (1 << doublings)).min(self.longest),
            Err(_) => SignedDuration::ZERO,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_000_000 + seconds).expect("a moment")
    }

    #[test]
    fn each_failure_beyond_the_free_ones_doubles_the_wait_up_to_a_limit() {
        let waits = (0..16).map(|failures| OF_NAME.wait_after(failures).as_secs());
        let expected = [0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300, 300];
        assert_eq!(waits.collect::<Vec<_>>(), expected);
        assert_eq!(OF_NAME.wait_after(i64::MAX), OF_NAME.longest);
        assert_eq!(OF_SOURCE.wait_after(29), SignedDuration::ZERO);
    }

    #[test]
    fn who_comes_too_early_is_not_counted_and_told_how_long_to_wait() {
        let before = Attempts { failures: 5, last_at: at(0).as_microsecond() };
        assert_eq!(OF_NAME.next(Some(before), at(1)), Err(SignedDuration::from_secs(3)));
        let after = Attempts { failures: 6, last_at: at(4).as_microsecond() };
        assert_eq!(OF_NAME.next(Some(before), at(4)), Ok(after));
    }

    #[test]
    fn an_hour_of_quiet_is_a_new_beginning() {
        let before = Attempts { failures: 90, last_at: at(0).as_microsecond() };
        assert!(OF_NAME.next(Some(before), at(299)).is_err());
        assert_eq!(OF_NAME.next(Some(before), at(3_600)).map(|it| it.failures), Ok(1));
    }
}
