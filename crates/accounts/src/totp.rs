//! Time-based one-time passwords (RFC 6238), as every authenticator app makes them.

use aws_lc_rs::hmac;
use data_encoding::BASE32_NOPAD;
use jiff::Timestamp;

/// As long as the digest of SHA-1, which RFC 4226 recommends.
pub(crate) const SECRET_BYTES: usize = 20;

const STEP_SECONDS: i64 = 30;
const DIGITS: u32 = 6;

/// Steps before and after the present one that count too: clocks differ, and typing takes time.
const STEPS_AROUND: i64 = 1;

/// The time step for which this code is right, if it is for any around now.
pub(crate) fn step_of(secret: &[u8], entered: &str, now: Timestamp) -> Option<i64> {
    let entered: String = entered.chars().filter(|char| !char.is_whitespace()).collect();
    let present = now.as_second().div_euclid(STEP_SECONDS);
    let mut found = None;
    // All of them, so that the time it takes tells nothing.
    for step in present - STEPS_AROUND..=present + STEPS_AROUND {
        if is_same(entered.as_bytes(), code(secret, step, DIGITS).as_bytes()) {
            found = Some(step);
        }
    }
    found
}

/// The code of a time step: HMAC-SHA-1, dynamically truncated (RFC 4226, 5.3).
fn code(secret: &[u8], step: i64, digits: u32) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret);
    let tag = hmac::sign(&key, &step.to_be_bytes());
    let tag = tag.as_ref();
    let at = usize::from(tag[tag.len() - 1] & 0xf);
    let word = [tag[at] & 0x7f, tag[at + 1], tag[at + 2], tag[at + 3]];
    let number = u32::from_be_bytes(word) % 10_u32.pow(digits);
    format!("{number:0width$}", width = digits as usize)
}

fn is_same(one: &[u8], other: &[u8]) -> bool {
    aws_lc_rs::constant_time::verify_slices_are_equal(one, other).is_ok()
}

/// As it is typed into an app.
pub(crate) fn in_base32(secret: &[u8]) -> String {
    BASE32_NOPAD.encode(secret)
}

/// As an app reads it from a picture. It names the staff code, which says nothing about the person.
pub(crate) fn address(secret: &[u8], staff: &str) -> String {
    let secret = in_base32(secret);
    format!(
        "otpauth://totp/Tsunagi:{staff}?secret={secret}&issuer=Tsunagi&algorithm=SHA1\
         &digits={DIGITS}&period={STEP_SECONDS}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B, the rows of SHA-1.
    #[test]
    fn the_codes_are_those_of_the_standard() {
        for (seconds, expected) in [
            (59, "94287082"),
            (1_111_111_109, "07081804"),
            (1_111_111_111, "14050471"),
            (1_234_567_890, "89005924"),
            (2_000_000_000, "69279037"),
            (20_000_000_000, "65353130"),
        ] {
            assert_eq!(code(b"12345678901234567890", seconds / STEP_SECONDS, 8), expected);
        }
    }

    #[test]
    fn a_code_counts_one_step_early_or_late_and_no_more() {
        let secret = b"12345678901234567890";
        let at = |seconds| Timestamp::from_second(seconds).expect("a moment");
        let entered = code(secret, 100, DIGITS);
        for (step, found) in [(98, None), (99, Some(100)), (101, Some(100)), (102, None)] {
            assert_eq!(step_of(secret, &entered, at(step * STEP_SECONDS)), found, "{step}");
        }
        let spaced = format!(" {} {}", &entered[..3], &entered[3..]);
        assert_eq!(step_of(secret, &spaced, at(3_000)), Some(100));
        for wrong in ["", "0", "00000000"] {
            assert_eq!(step_of(secret, wrong, at(3_000)), None);
        }
    }
}
