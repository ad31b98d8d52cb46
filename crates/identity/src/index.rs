//! The index: entries by the words of their names and by their dates of birth.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::civil::Date;
use zeroize::Zeroize;

use crate::{
    born::slip,
    folding::word,
    lexicon::{Lexicon, Slot, Typo, WordId},
    matching::{self, Candidate, Side},
    query::{Hit, Name, Quality, Query},
    word::Word,
};

/// What identifies a person, as it was entered. Wiped when it is dropped.
#[derive(Default)]
pub struct Identity {
    /// The family name.
    pub family_name: String,
    /// The given name.
    pub given_name: String,
    /// Its reading.
    pub family_name_kana: String,
    /// Its reading.
    pub given_name_kana: String,
    /// ISO 8601, or empty.
    pub birth_date: String,
}

impl Drop for Identity {
    fn drop(&mut self) {
        self.family_name.zeroize();
        self.given_name.zeroize();
        self.family_name_kana.zeroize();
        self.given_name_kana.zeroize();
        self.birth_date.zeroize();
    }
}

/// One part of an entry's name: how it is written and how it is read, as far as either is known.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) writing: Option<WordId>,
    pub(crate) reading: Option<WordId>,
}

impl Part {
    fn words(self) -> impl Iterator<Item = WordId> {
        let reading = self.reading.filter(|reading| Some(*reading) != self.writing);
        self.writing.into_iter().chain(reading)
    }
}

/// An entry.
pub(crate) struct Entry<K> {
    pub(crate) key: K,
    pub(crate) family: Part,
    pub(crate) given: Part,
    pub(crate) born: Option<Date>,
}

/// Entries in memory, found by name and date of birth.
pub struct Index<K> {
    pub(crate) entries: Vec<Option<Entry<K>>>,
    free: Vec<Slot>,
    slots: BTreeMap<K, Slot>,
    pub(crate) family: Lexicon,
    pub(crate) given: Lexicon,
    pub(crate) births: BTreeMap<Date, Vec<Slot>>,
    /// Pairs worth weighing, each way round.
    pub(crate) pairs: BTreeSet<(Slot, Slot)>,
}

impl<K> Default for Index<K> {
    fn default() -> Self {
        Self {
            entries: Vec::new(),
            free: Vec::new(),
            slots: BTreeMap::new(),
            family: Lexicon::default(),
            given: Lexicon::default(),
            births: BTreeMap::new(),
            pairs: BTreeSet::new(),
        }
    }
}

impl<K: Ord + Clone> Index<K> {
    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.slots.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// Takes an entry in, in the place of what was there under this key.
    pub fn put(&mut self, key: K, identity: &Identity) {
        self.remove(&key);
        let slot = self.free.pop().unwrap_or_else(|| {
            self.entries.push(None);
            Slot::try_from(self.entries.len() - 1).expect("fewer persons than that")
        });
        let family =
            part(&mut self.family, slot, [&identity.family_name, &identity.family_name_kana]);
        let given = part(&mut self.given, slot, [&identity.given_name, &identity.given_name_kana]);
        let born = identity.birth_date.parse().ok();
        if let Some(born) = born {
            insert(self.births.entry(born).or_default(), slot);
        }
        self.entries[slot as usize] = Some(Entry { key: key.clone(), family, given, born });
        self.slots.insert(key, slot);
        self.pair(slot);
    }

    /// Forgets an entry.
    pub fn remove(&mut self, key: &K) {
        let Some(slot) = self.slots.remove(key) else { return };
        let Some(entry) = self.entries[slot as usize].take() else { return };
        entry.family.words().for_each(|word| self.family.remove(word, slot));
        entry.given.words().for_each(|word| self.given.remove(word, slot));
        if let Some(born) = entry.born
            && let Some(slots) = self.births.get_mut(&born)
        {
            slots.retain(|other| *other != slot);
            if slots.is_empty() {
                self.births.remove(&born);
            }
        }
        let partners = self.pairs.range((slot, 0)..=(slot, Slot::MAX)).copied();
        for (slot, other) in partners.collect::<Vec<_>>() {
            self.pairs.remove(&(slot, other));
            self.pairs.remove(&(other, slot));
        }
        self.free.push(slot);
    }

    /// The entries that answer the question, the best first, and in the order of their keys.
    pub fn search(&self, query: &Query) -> Vec<Hit<'_, K>> {
        let found = match &query.name {
            Some(name) => self.by_name(name),
            None => HashMap::new(),
        };
        let found: Vec<_> = match query.born {
            Some(born) if query.name.is_none() => {
                let born = self.births.get(&born).into_iter().flatten();
                born.map(|slot| (*slot, Quality::BirthDate)).collect()
            }
            Some(born) => {
                let agreeing = |(slot, quality)| Some((slot, self.also_born(slot, born, quality)?));
                found.into_iter().filter_map(agreeing).collect()
            }
            None => found.into_iter().collect(),
        };
        let mut hits: Vec<_> = found
            .into_iter()
            .filter_map(|(slot, quality)| {
                let key = &self.entry(slot)?.key;
                Some(Hit { key, quality })
            })
            .collect();
        hits.sort_by(|one, other| (one.quality, one.key).cmp(&(other.quality, other.key)));
        hits
    }

    /// Pairs that may be one person, the likeliest first.
    pub fn candidates(&self) -> Vec<Candidate<'_, K>> {
        matching::candidates(self)
    }

    /// Bytes on the heap, keys aside.
    pub fn bytes(&self) -> usize {
        let births = self.births.values().map(|slots| {
            size_of::<(Date, Vec<Slot>)>() * 3 / 2 + slots.capacity() * size_of::<Slot>()
        });
        let entries = self.entries.capacity() * size_of::<Option<Entry<K>>>();
        let trees = self.slots.len() * size_of::<(K, Slot)>()
            + self.pairs.len() * size_of::<(Slot, Slot)>();
        births.sum::<usize>() + entries + trees * 3 / 2 + self.family.bytes() + self.given.bytes()
    }

    pub(crate) fn entry(&self, slot: Slot) -> Option<&Entry<K>> {
        self.entries.get(slot as usize)?.as_ref()
    }

    /// One typo is forgiven, in the name or in the date.
    fn also_born(&self, slot: Slot, born: Date, quality: Quality) -> Option<Quality> {
        let is_whole = matches!(quality, Quality::Whole | Quality::Swapped);
        match self.entry(slot)?.born {
            Some(known) if known == born => Some(quality),
            Some(known) if is_whole && slip(known, born).is_some() => {
                Some(Quality::WholeButBirthDate)
            }
            None if is_whole => Some(Quality::WholeUnknownBirthDate),
            _ => None,
        }
    }

    fn by_name(&self, name: &Name) -> HashMap<Slot, Quality> {
        let mut found = Found::default();
        for [head, tail] in name.divided() {
            self.whole(&head, &tail, &mut found);
        }
        if let Some(word) = name.undivided() {
            found.all(self.family.exact(&word), Quality::FamilyName);
            found.all(self.given.exact(&word), Quality::GivenName);
            self.family.begun(&word).for_each(|slots| found.all(slots, Quality::FamilyNameBegun));
            // So short, a reading by itself has too many neighbours; nor does one kanji of two do.
            if word.is_reading() && word.letters() >= 4 {
                for (slots, _) in self.family.near(&word) {
                    found.all(slots, Quality::FamilyNameButLetter);
                }
            }
        }
        found.best
    }

    fn whole(&self, head: &Word, tail: &Word, found: &mut Found) {
        let (families, givens) = (self.family.exact(head), self.given.exact(tail));
        found.both(families, givens, Quality::Whole);
        found.both(self.family.exact(tail), self.given.exact(head), Quality::Swapped);
        if !families.is_empty() {
            let begun = self.given.begun(tail);
            begun.for_each(|given| found.both(families, given, Quality::GivenNameBegun));
            for (given, typo) in self.given.near(tail) {
                found.both(families, given, but_for(typo));
            }
        }
        if !givens.is_empty() {
            for (family, typo) in self.family.near(head) {
                found.both(family, givens, but_for(typo));
            }
        }
    }

    /// Notes with whom a new entry is worth weighing: who was born on the same day and shares a part
    /// of the name, and who has the same whole name unless the dates say that it is another.
    fn pair(&mut self, slot: Slot) {
        let Some(entry) = self.entry(slot) else { return };
        let mut others = BTreeSet::new();
        others.extend(entry.born.and_then(|born| self.births.get(&born)).into_iter().flatten());
        for family in entry.family.words() {
            for given in entry.given.words() {
                let (family, given) = (self.family.slots(family), self.given.slots(given));
                shared(family, given, |other| _ = others.insert(other));
            }
        }
        others.remove(&slot);
        let side = Side::of(self, entry);
        let worth = others.into_iter().filter(|other| {
            let other = self.entry(*other).map(|other| Side::of(self, other));
            other.is_some_and(|other| matching::agreement(&side, &other).is_worth_weighing())
        });
        let worth: Vec<_> = worth.collect();
        self.pairs.extend(worth.into_iter().flat_map(|other| [(slot, other), (other, slot)]));
    }
}

/// The best answer of each entry.
#[derive(Default)]
struct Found {
    best: HashMap<Slot, Quality>,
}

impl Found {
    fn one(&mut self, slot: Slot, quality: Quality) {
        let best = self.best.entry(slot).or_insert(quality);
        *best = quality.min(*best);
    }

    fn all(&mut self, slots: &[Slot], quality: Quality) {
        slots.iter().for_each(|slot| self.one(*slot, quality));
    }

    fn both(&mut self, one: &[Slot], other: &[Slot], quality: Quality) {
        shared(one, other, |slot| self.one(slot, quality));
    }
}

fn but_for(typo: Typo) -> Quality {
    match typo {
        Typo::Mark => Quality::WholeButMark,
        Typo::Letter => Quality::WholeButLetter,
    }
}

/// What two ascending lists have in common, at the cost of the shorter one.
fn shared(one: &[Slot], other: &[Slot], mut each: impl FnMut(Slot)) {
    let (short, long) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    short.iter().filter(|slot| long.binary_search(slot).is_ok()).for_each(|slot| each(*slot));
}

fn insert(slots: &mut Vec<Slot>, slot: Slot) {
    if let Err(at) = slots.binary_search(&slot) {
        slots.insert(at, slot);
    }
}

/// A name in kana is its own reading, where none was entered.
fn part(lexicon: &mut Lexicon, slot: Slot, [writing, reading]: [&str; 2]) -> Part {
    let (writing, reading) = (word(writing), word(reading));
    let is_own_reading = reading.is_empty() && writing.is_reading();
    let mut known = |word: Word| (!word.is_empty()).then(|| lexicon.add(word, slot));
    let (writing, reading) = (known(writing), known(reading));
    Part { writing, reading: if is_own_reading { writing } else { reading } }
}
