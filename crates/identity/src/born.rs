//! Dates of birth: what is a slip of the pen.

use casework::{
    wareki,
    written_date::{NoDate, Written, read},
};
use jiff::civil::Date;

/// How two dates of birth that differ may still be one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Slip {
    /// One digit is another, or two neighbours stand the wrong way round, or month and day do.
    Digits,
    /// The same year of another era.
    Era,
}

/// The date that is written, in any spelling that forms of the house take; none when nothing is.
pub(crate) fn written(text: &str) -> Result<Option<Date>, NoDate> {
    read(Written { year: text, ..Written::default() })
}

/// What may have gone wrong, when one of the two was meant and the other was written.
pub(crate) fn slip(one: Date, other: Date) -> Option<Slip> {
    if one == other {
        return None;
    }
    if is_slip_of_digits(one, other) {
        return Some(Slip::Digits);
    }
    let same_day = (one.month(), one.day()) == (other.month(), other.day());
    (same_day && year_of_era(one).is_some_and(|year| Some(year) == year_of_era(other)))
        .then_some(Slip::Era)
}

fn is_slip_of_digits(one: Date, other: Date) -> bool {
    let turned = (one.month(), one.day()) == (other.day(), other.month());
    let [a, b] = [one, other].map(digits);
    let differ: Vec<_> = (0..a.len()).filter(|at| a[*at] != b[*at]).collect();
    match differ[..] {
        [_] => true,
        [at, next] => {
            (next == at + 1 && a[at] == b[next] && a[next] == b[at])
                || (turned && one.year() == other.year())
        }
        _ => turned && one.year() == other.year(),
    }
}

fn digits(date: Date) -> [u8; 8] {
    let mut number = u32::from(date.year().unsigned_abs()) * 10_000
        + u32::from(date.month().unsigned_abs()) * 100
        + u32::from(date.day().unsigned_abs());
    let mut digits = [0; 8];
    for digit in digits.iter_mut().rev() {
        *digit = (number % 10) as u8;
        number /= 10;
    }
    digits
}

/// 42 of 昭和42年. The era is not part of it.
fn year_of_era(date: Date) -> Option<String> {
    let words = wareki(date);
    let (year, _) = words.split_once('年')?;
    Some(year.chars().skip(2).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slipped(one: &str, other: &str) -> Option<Slip> {
        slip(one.parse().unwrap(), other.parse().unwrap())
    }

    #[test]
    fn a_slip_is_one_mistake() {
        for (one, other) in [
            ("1967-03-09", "1967-03-08"),
            ("1967-03-09", "1957-03-09"),
            ("1967-03-09", "1976-03-09"),
            ("1967-03-12", "1967-03-21"),
            ("1967-03-09", "1967-09-03"),
            ("1967-11-12", "1967-12-11"),
        ] {
            assert_eq!(slipped(one, other), Some(Slip::Digits), "{one} {other}");
            assert_eq!(slipped(other, one), Some(Slip::Digits), "{other} {one}");
        }
        for (one, other) in [
            ("1967-03-09", "1967-03-09"),
            ("1967-03-09", "1968-04-09"),
            ("1967-03-09", "1985-11-20"),
            ("1967-03-09", "1968-09-03"),
        ] {
            assert_eq!(slipped(one, other), None, "{one} {other}");
        }
    }

    #[test]
    fn the_year_of_another_era_is_a_slip() {
        // 昭和10年, 平成10年, 大正10年, 令和4年 and 平成4年.
        assert_eq!(slipped("1935-06-07", "1998-06-07"), Some(Slip::Era));
        assert_eq!(slipped("1921-06-07", "1998-06-07"), Some(Slip::Era));
        assert_eq!(slipped("2022-06-07", "1992-06-07"), Some(Slip::Era));
        assert_eq!(slipped("1935-06-07", "1998-06-17"), None);
    }

    #[test]
    fn dates_are_read_in_any_spelling() {
        for text in ["昭和42年3月9日", "S42.3.9", "Ｓ４２／３／９", "1967-03-09", "19670309"]
        {
            assert_eq!(written(text), Ok(Some(Date::constant(1967, 3, 9))), "{text}");
        }
        assert_eq!(written(""), Ok(None));
        assert!(written("春").is_err());
    }
}
