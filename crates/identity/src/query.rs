//! What is asked for, and how well an entry answers it.

use casework::written_date::NoDate;
use jiff::civil::Date;
use zeroize::Zeroize;

use crate::{
    born,
    folding::{fold, is_kana, letters},
    word::Word,
};

/// The longest name that is searched for; every place where it could fall into two is tried.
const LETTERS_MAX: usize = 60;
/// One kana begins a tenth of all names.
const KANA_MIN: usize = 2;

/// A name, a date of birth, or both.
pub struct Query {
    pub(crate) name: Option<Name>,
    pub(crate) born: Option<Date>,
}

/// A name as it was asked for: its letters, and where a space stood between two parts.
pub(crate) struct Name {
    letters: Vec<char>,
    split: Option<usize>,
}

/// Why a question is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotAsked {
    /// Neither a name nor a date.
    Nothing,
    /// Fewer letters than tell anything.
    NameTooShort,
    /// More letters than any name has.
    NameTooLong,
    /// The date cannot be read.
    NoDate(NoDate),
}

/// How an entry answers a question, the best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Quality {
    /// The whole name.
    Whole,
    /// The whole name, given name first.
    Swapped,
    /// The family name and the beginning of the given name.
    GivenNameBegun,
    /// The family name, and no more was asked for.
    FamilyName,
    /// The date of birth, and no more was asked for.
    BirthDate,
    /// The given name, and no more was asked for.
    GivenName,
    /// The whole name but for a voiced mark.
    WholeButMark,
    /// The whole name; the date of birth is not known.
    WholeUnknownBirthDate,
    /// The whole name; the date of birth but for a slip.
    WholeButBirthDate,
    /// The whole name but for one letter.
    WholeButLetter,
    /// The beginning of the family name.
    FamilyNameBegun,
    /// The family name but for one letter, and no more was asked for.
    FamilyNameButLetter,
}

/// An entry that answers a question.
pub struct Hit<'a, K> {
    /// Which entry.
    pub key: &'a K,
    /// How well.
    pub quality: Quality,
}

impl Query {
    /// A question in whatever spelling: kana or kanji, a whole name, a family name or a beginning; a
    /// date of either calendar.
    pub fn of(name: &str, birth_date: &str) -> Result<Self, NotAsked> {
        let born = born::written(birth_date).map_err(NotAsked::NoDate)?;
        let name = Name::of(name)?;
        if name.is_none() && born.is_none() {
            return Err(NotAsked::Nothing);
        }
        match &name {
            Some(name) if born.is_none() && name.is_too_short() => Err(NotAsked::NameTooShort),
            _ => Ok(Self { name, born }),
        }
    }
}

impl Name {
    fn of(text: &str) -> Result<Option<Self>, NotAsked> {
        // Before anything is done with each letter.
        if text.chars().nth(4 * LETTERS_MAX).is_some() {
            return Err(NotAsked::NameTooLong);
        }
        let mut parts: Vec<_> = text.split_whitespace().map(letters).collect();
        parts.retain(|part| !part.is_empty());
        let split = if let [first, _] = &parts[..] { Some(first.len()) } else { None };
        let letters = parts.concat();
        parts.zeroize();
        if letters.len() > LETTERS_MAX {
            return Err(NotAsked::NameTooLong);
        }
        Ok(if letters.is_empty() { None } else { Some(Self { letters, split }) })
    }

    fn is_too_short(&self) -> bool {
        self.letters.len() < KANA_MIN && self.letters.iter().all(|letter| is_kana(*letter))
    }

    /// As one part of a name.
    pub(crate) fn undivided(&self) -> Option<Word> {
        self.split.is_none().then(|| fold(&self.letters))
    }

    /// As two parts, in every way that it can be.
    pub(crate) fn divided(&self) -> impl Iterator<Item = [Word; 2]> {
        let places = match self.split {
            Some(at) => at..at + 1,
            None => 1..self.letters.len(),
        };
        places.map(|at| {
            let (head, tail) = self.letters.split_at(at);
            [fold(head), fold(tail)]
        })
    }
}

impl Drop for Name {
    fn drop(&mut self) {
        self.letters.zeroize();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(name: &str, date: &str) -> Option<NotAsked> {
        Query::of(name, date).err()
    }

    #[test]
    fn a_question_has_something_to_go_by() {
        assert_eq!(refusal("", " "), Some(NotAsked::Nothing));
        assert_eq!(refusal("・　", ""), Some(NotAsked::Nothing));
        assert_eq!(refusal("か", ""), Some(NotAsked::NameTooShort));
        assert_eq!(refusal("か", "S42.3.9"), None);
        assert_eq!(refusal("林", ""), None);
        assert_eq!(refusal("かく", ""), None);
        assert_eq!(refusal("", "昭和42年"), Some(NotAsked::NoDate(NoDate::Incomplete)));
        for long in ["あ".repeat(LETTERS_MAX + 1), " ".repeat(1_000_000)] {
            assert_eq!(refusal(&long, ""), Some(NotAsked::NameTooLong));
        }
    }

    #[test]
    fn a_space_says_where_the_name_falls_in_two() {
        let name = |text: &str| Query::of(text, "").ok().and_then(|query| query.name).unwrap();
        assert_eq!(name("架空　一郎").divided().count(), 1);
        assert!(name("架空　一郎").undivided().is_none());
        assert_eq!(name("架空一郎").divided().count(), 3);
        assert!(name("架空一郎").undivided().is_some());
        assert_eq!(name("マリア ルイサ カクウ").divided().count(), 8, "of three parts, anywhere");
    }
}
