//! Slowing down: how long whoever fails has to wait before the next attempt is judged.
//!
//! Attempts are counted for each login name, whether an account has it or not, and for each source.
//! An attempt is counted as a failure before it is judged, and taken back when it was none: so of
//! many that come at once only as many are judged as one after the other.
//!
//! Failures fade with time, little by little: behind one source a whole hospital may sit, of whose
//! staff somebody mistypes every day, and there is never an hour without a sign-in.

use jiff::{SignedDuration, Timestamp};

/// One failure, in the thousandths that are kept.
pub(crate) const FAILURE: i64 = 1_000;

/// What is known of the attempts under one key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Attempts {
    /// In thousandths, so that what has faded between two attempts that follow quickly is not lost.
    pub(crate) failures: i64,
    /// When the last one was, in microseconds since 1970.
    pub(crate) last_at: i64,
}

/// How failures slow down.
pub(crate) struct Pace {
    /// So many failures cost nothing: people mistype.
    free: i64,
    longest: SignedDuration,
    /// More are not counted: they would add nothing to the wait, and take the longer to fade.
    most: i64,
    /// In this time one failure fades.
    fades_in: SignedDuration,
}

/// One login name. Who attacks it keeps its bearer out for as long as the longest wait, and no
/// longer.
pub(crate) const OF_NAME: Pace = Pace {
    free: 3,
    longest: SignedDuration::from_mins(5),
    most: 12,
    fades_in: SignedDuration::from_mins(20),
};

/// One source, behind which a whole agency may sit.
pub(crate) const OF_SOURCE: Pace = Pace {
    free: 30,
    longest: SignedDuration::from_mins(1),
    most: 36,
    fades_in: SignedDuration::from_mins(2),
};

/// The first wait; each further failure doubles it.
const FIRST: SignedDuration = SignedDuration::from_secs(1);

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
        let first = Attempts { failures: FAILURE, last_at: at };
        let Some(before) = before else { return Ok(first) };
        // A clock that was set back makes nobody wait longer than they would.
        let since = SignedDuration::from_micros(at.saturating_sub(before.last_at).max(0));
        if since >= FORGOTTEN_AFTER {
            return Ok(first);
        }
        // Faded up to the last attempt only, or a wait would shorten while it lasts.
        let wait = self.wait_after(before.failures);
        if since < wait {
            return Err(wait - since);
        }
        let failures = self.faded(before.failures, since) + FAILURE;
        Ok(Attempts { failures: failures.min(self.most * FAILURE), last_at: at })
    }

    /// What is left of them after this time.
    fn faded(&self, failures: i64, time: SignedDuration) -> i64 {
        let faded = time.as_micros() * i128::from(FAILURE) / self.fades_in.as_micros();
        i64::try_from(i128::from(failures) - faded).unwrap_or(0).max(0)
    }

    fn wait_after(&self, failures: i64) -> SignedDuration {
        let whole = failures.saturating_add(FAILURE - 1) / FAILURE;
        let doublings = whole.min(self.most) - self.free;
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
        let waits = (0..16).map(|failures| OF_NAME.wait_after(failures * FAILURE).as_secs());
        let expected = [0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300, 300];
        assert_eq!(waits.collect::<Vec<_>>(), expected);
        assert_eq!(OF_NAME.wait_after(i64::MAX), OF_NAME.longest);
        assert_eq!(OF_SOURCE.wait_after(29 * FAILURE), SignedDuration::ZERO);
        // All that are counted are enough for the longest wait, and hardly more than enough.
        for pace in [OF_NAME, OF_SOURCE] {
            assert_eq!(pace.wait_after(pace.most * FAILURE), pace.longest);
            assert!(pace.wait_after((pace.most - 1) * FAILURE) < pace.longest);
        }
    }

    #[test]
    fn who_comes_too_early_is_not_counted_and_told_how_long_to_wait() {
        let before = Attempts { failures: 5 * FAILURE, last_at: at(0).as_microsecond() };
        assert_eq!(OF_NAME.next(Some(before), at(1)), Err(SignedDuration::from_secs(3)));
        let after = OF_NAME.next(Some(before), at(4)).expect("it is judged");
        assert_eq!(after, Attempts { failures: 5_997, last_at: at(4).as_microsecond() });
        assert_eq!(OF_NAME.wait_after(after.failures).as_secs(), 8);
    }

    #[test]
    fn an_hour_of_quiet_is_a_new_beginning() {
        let before = Attempts { failures: 90 * FAILURE, last_at: at(0).as_microsecond() };
        assert!(OF_NAME.next(Some(before), at(299)).is_err());
        assert_eq!(OF_NAME.next(Some(before), at(3_600)).map(|it| it.failures), Ok(FAILURE));
    }

    #[test]
    fn a_busy_source_gets_over_its_failures() {
        let most = OF_SOURCE.most * FAILURE;
        let mut attempts = Attempts { failures: most, last_at: at(0).as_microsecond() };
        // Somebody signs in there every minute for half an hour; what succeeds is taken back.
        for minute in 1..=30 {
            attempts = OF_SOURCE.next(Some(attempts), at(60 * minute)).expect("it is judged");
            attempts.failures -= FAILURE;
        }
        assert!(attempts.failures <= most - 15 * FAILURE, "{attempts:?}");
        assert_eq!(OF_SOURCE.wait_after(attempts.failures), SignedDuration::ZERO);
        // A source that fails as fast as it may stays where it is.
        let mut attacked = Attempts { failures: most, last_at: at(0).as_microsecond() };
        for minute in 1..=30 {
            attacked = OF_SOURCE.next(Some(attacked), at(60 * minute)).expect("it is judged");
        }
        assert_eq!(OF_SOURCE.wait_after(attacked.failures), OF_SOURCE.longest);
    }
}
