//! Invented people: put together from committed lists, always the same for the same seed.

use identity::Identity;
use jiff::{ToSpan, civil::Date};

/// SplitMix64: small, and the same everywhere.
pub struct Chance(u64);

impl Chance {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound as u64).expect("below a usize")
    }

    /// A place in a list whose first entries are the commonest: as `1 / (place + 5)`.
    fn common(&mut self, length: usize) -> usize {
        let share = (self.next() >> 11) as f64 / (1u64 << 53) as f64;
        let (from, to) = (5.0_f64, length as f64 + 5.0);
        ((from * (to / from).powf(share) - from) as usize).min(length - 1)
    }
}

/// A name or a part of one, written and read.
pub type Spelt = (String, String);

/// The lists.
pub struct Names {
    family: Vec<Spelt>,
    given: Vec<Spelt>,
}

/// A person as somebody registers them.
#[derive(Clone)]
pub struct Person {
    pub family: Spelt,
    pub given: Spelt,
    pub born: Option<Date>,
}

fn list(text: &str) -> Vec<Spelt> {
    let rows = text.lines().filter(|line| !line.starts_with('#'));
    let rows = rows.filter_map(|row| row.split_once('\t'));
    rows.map(|(written, read)| (written.to_owned(), read.to_owned())).collect()
}

fn joined(heads: &str, tails: &str) -> impl Iterator<Item = Spelt> {
    let (heads, tails) = (list(heads), list(tails));
    heads.into_iter().flat_map(move |head| {
        let tails = tails.clone().into_iter().filter({
            let head = head.clone();
            move |tail| tail.0 != head.0
        });
        tails
            .map(|tail| (format!("{}{}", head.0, tail.0), format!("{}{}", head.1, tail.1)))
            .collect::<Vec<_>>()
    })
}

impl Names {
    pub fn read() -> Self {
        let mut family = list(include_str!("family_names.tsv"));
        family.extend(joined(include_str!("family_heads.tsv"), include_str!("family_tails.tsv")));
        let mut given = list(include_str!("given_names.tsv"));
        given.extend(joined(include_str!("given_heads.tsv"), include_str!("given_tails.tsv")));
        Self { family, given }
    }

    pub fn family(&self, chance: &mut Chance) -> Spelt {
        self.family[chance.common(self.family.len())].clone()
    }

    pub fn given(&self, chance: &mut Chance) -> Spelt {
        self.given[chance.common(self.given.len())].clone()
    }

    /// Somebody born between 1935 and 2005.
    pub fn person(&self, chance: &mut Chance) -> Person {
        let days = i64::try_from(chance.below(70 * 365)).expect("few days");
        let born = Date::constant(1935, 1, 1).checked_add(days.days()).expect("a day");
        Person { family: self.family(chance), given: self.given(chance), born: Some(born) }
    }
}

impl Person {
    pub fn identity(&self) -> Identity {
        Identity {
            family_name: self.family.0.clone(),
            given_name: self.given.0.clone(),
            family_name_kana: self.family.1.clone(),
            given_name_kana: self.given.1.clone(),
            birth_date: self.born.map(|born| born.to_string()).unwrap_or_default(),
        }
    }
}
