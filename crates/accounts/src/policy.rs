//! Which passwords are taken: long ones that nobody guesses first. No rules of composition, which
//! make people predictable (NIST SP 800-63B, 3.1.1.2).

use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

/// The shortest password, in characters.
pub const PASSWORD_CHARS_MIN: usize = 12;
/// The longest one.
pub const PASSWORD_CHARS_MAX: usize = 128;

/// What many passwords are made of, one a line.
const COMMON: &str = include_str!("common_words.txt");

/// What a password must add to words that everybody tries.
const OWN_CHARS_MIN: usize = 8;

/// A password of fewer different characters is a pattern.
const DIFFERENT_CHARS_MIN: usize = 5;

/// Why a password is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordProblem {
    /// It has fewer characters than [`PASSWORD_CHARS_MIN`].
    TooShort,
    /// It has more than [`PASSWORD_CHARS_MAX`].
    TooLong,
    /// It holds the login name.
    HoldsLoginName,
    /// It is made of little more than what many others use.
    Common,
}

/// A password in its one form (NFKC): how a keyboard puts characters together does not matter.
pub(crate) fn normal(entered: &str) -> Zeroizing<String> {
    // What is longer is no password, and is not worth the work.
    let chars = entered.chars().take(PASSWORD_CHARS_MAX + 1);
    Zeroizing::new(chars.nfkc().collect())
}

/// Whether this password, in its one form, can be taken for the account of this name.
pub(crate) fn check(password: &str, login_name: &str) -> Result<(), PasswordProblem> {
    let length = password.chars().count();
    if length < PASSWORD_CHARS_MIN {
        return Err(PasswordProblem::TooShort);
    }
    if length > PASSWORD_CHARS_MAX {
        return Err(PasswordProblem::TooLong);
    }
    let password = Zeroizing::new(password.to_lowercase());
    if password.contains(login_name) {
        return Err(PasswordProblem::HoldsLoginName);
    }
    if is_common(&password) { Err(PasswordProblem::Common) } else { Ok(()) }
}

/// Digits, signs and common words stripped off, little is left; or it repeats itself.
fn is_common(password: &str) -> bool {
    let mut different: Vec<char> = password.chars().collect();
    different.sort_unstable();
    different.dedup();
    if different.len() < DIFFERENT_CHARS_MIN {
        return true;
    }
    let words = COMMON.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let mut left = Zeroizing::new(password.to_owned());
    let mut met = false;
    for word in words.filter(|word| password.contains(*word)) {
        met = true;
        left = Zeroizing::new(left.replace(word, ""));
    }
    let own = left.chars().filter(|char| char.is_alphabetic()).count();
    (met || own == 0) && own < OWN_CHARS_MIN
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_passwords_of_ones_own_are_taken() {
        for password in ["correct horse battery", "あおい空と静かな海の朝です", "kx9-vu2-qm7-rt4z"]
        {
            assert_eq!(check(&normal(password), "aoi"), Ok(()), "{password}");
        }
    }

    #[test]
    fn what_is_guessed_first_is_not() {
        for (password, problem) in [
            ("short-words", PasswordProblem::TooShort),
            ("aoi-and-much-else", PasswordProblem::HoldsLoginName),
            ("Much-AOI-and-else", PasswordProblem::HoldsLoginName),
            ("Password2026!", PasswordProblem::Common),
            ("qwertyuiop12345", PasswordProblem::Common),
            ("tsunagi-tsunagi", PasswordProblem::Common),
            ("123456789012345", PasswordProblem::Common),
            ("abababababababab", PasswordProblem::Common),
            ("2026-11-25-09:30", PasswordProblem::Common),
        ] {
            assert_eq!(check(&normal(password), "aoi"), Err(problem), "{password}");
        }
        assert_eq!(check(&normal(&"長い".repeat(100)), "aoi"), Err(PasswordProblem::TooLong));
    }

    #[test]
    fn how_a_keyboard_puts_characters_together_does_not_matter() {
        assert_eq!(*normal("か\u{3099}ＡＢＣ"), *normal("がABC"));
    }
}
