//! Who is proposed as one person: of people registered twice, with a mistake in the second
//! registration, among people who are easily taken for one another.

use std::collections::BTreeMap;

use identity::Index;

use crate::{
    mistakes::{ALL, Mistake},
    people::{Chance, Names, Person},
};

/// Everybody else.
const PEOPLE: usize = 20_000;
/// For each mistake.
const TWICE: usize = 60;
/// For each kind of pair that is two people.
const NEARLY: usize = 300;

/// What an entry is in this test: whose it is, and which of theirs.
type Key = (usize, usize);

#[derive(Default)]
struct Town {
    index: Index<Key>,
    next: usize,
}

impl Town {
    fn settle(&mut self, person: &Person) -> usize {
        self.index.put((self.next, 0), &person.identity());
        self.next += 1;
        self.next - 1
    }
}

/// The mistake that was made, by the person who is registered twice.
fn registered_twice(
    town: &mut Town,
    names: &Names,
    chance: &mut Chance,
) -> BTreeMap<usize, Mistake> {
    let mut twice = BTreeMap::new();
    for mistake in ALL {
        let mut made = 0;
        while made < TWICE {
            let person = names.person(chance);
            let Some(second) = mistake.made(&person, names, chance) else { continue };
            let number = town.settle(&person);
            town.index.put((number, 1), &second);
            twice.insert(number, mistake);
            made += 1;
        }
    }
    twice
}

/// Twins, brothers and sisters, and people who have the same name and another date of birth.
fn nearly_alike(town: &mut Town, names: &Names, chance: &mut Chance) {
    for _ in 0..NEARLY {
        let person = names.person(chance);
        let twin = Person { given: names.given(chance), ..person.clone() };
        let sibling = Person { family: person.family.clone(), ..names.person(chance) };
        let namesake = Person { born: names.person(chance).born, ..person.clone() };
        let of_the_day = Person { born: person.born, ..names.person(chance) };
        for one in [&person, &twin, &sibling, &namesake, &of_the_day] {
            town.settle(one);
        }
    }
}

#[test]
fn people_registered_twice_are_proposed_and_others_are_not() {
    let (names, mut chance) = (Names::read(), Chance::new(8_673_309));
    let mut town = Town::default();
    for _ in 0..PEOPLE {
        let person = names.person(&mut chance);
        town.settle(&person);
    }
    nearly_alike(&mut town, &names, &mut chance);
    let twice = registered_twice(&mut town, &names, &mut chance);
    let candidates = town.index.candidates();
    let is_right = |(one, _): &Key, (other, _): &Key| one == other;
    let mut found: BTreeMap<Mistake, usize> = BTreeMap::new();
    let (mut right, mut wrong) = (0, 0);
    for candidate in &candidates {
        if is_right(candidate.one, candidate.other) {
            right += 1;
            *found.entry(twice[&candidate.one.0]).or_default() += 1;
        } else {
            wrong += 1;
        }
    }
    let share = |part: usize, whole: usize| 100.0 * part as f64 / whole as f64;
    let (precision, recall) = (share(right, right + wrong), share(right, twice.len()));
    println!("{} entries, {} registered twice", town.index.len(), twice.len());
    println!("precision {precision:.1} %, recall {recall:.1} % ({wrong} pairs are two people)");
    for mistake in ALL {
        let found = found.get(&mistake).copied().unwrap_or_default();
        println!("  {mistake:?}: {:.0} %", share(found, TWICE));
    }
    assert!(precision >= 95.0, "precision {precision:.1} %");
    assert!(recall >= 80.0, "recall {recall:.1} %");
    for certain in [Mistake::None, Mistake::HalfWidth, Mistake::OldForms, Mistake::LongVowel] {
        assert_eq!(found.get(&certain), Some(&TWICE), "{certain:?}");
    }
}

#[test]
fn what_is_proposed_does_not_depend_on_the_order_in_which_it_came() {
    let (names, mut chance) = (Names::read(), Chance::new(1));
    let mut entries = Vec::new();
    for number in 0..300 {
        let person = names.person(&mut chance);
        entries.push(((number, 0), person.identity()));
        if number % 3 == 0 {
            entries.push(((number, 1), person.identity()));
        }
    }
    let build = |entries: &mut dyn Iterator<Item = &(Key, identity::Identity)>| {
        let mut index = Index::default();
        entries.for_each(|(key, identity)| index.put(*key, identity));
        let pairs =
            index.candidates().into_iter().map(|pair| (*pair.one, *pair.other, pair.percent));
        pairs.collect::<Vec<_>>()
    };
    let forwards = build(&mut entries.iter());
    assert_eq!(forwards.len(), 100);
    assert_eq!(build(&mut entries.iter().rev()), forwards);
}

#[test]
fn an_entry_that_is_forgotten_is_found_and_proposed_no_more() {
    let (names, mut chance) = (Names::read(), Chance::new(2));
    let person = names.person(&mut chance);
    let mut index = Index::default();
    index.put((1, 0), &person.identity());
    index.put((1, 1), &person.identity());
    assert_eq!(index.candidates().len(), 1);
    let query = || identity::Query::of(&person.family.0, "").expect("a question");
    assert_eq!(index.search(&query()).len(), 2);
    index.remove(&(1, 1));
    assert!(index.candidates().is_empty());
    assert_eq!(index.search(&query()).len(), 1);
    let other = Person { family: ("仮名".into(), "かめい".into()), ..person.clone() };
    index.put((1, 0), &other.identity());
    assert_eq!(index.search(&query()).len(), 0, "what it was called before");
    assert_eq!(index.len(), 1);
    index.remove(&(1, 0));
    index.remove(&(1, 0));
    assert!(index.is_empty());
}
