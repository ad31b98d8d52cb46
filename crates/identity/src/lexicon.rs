//! The different family names, or given names, of an index, and who bears each.
//!
//! One typo is found by what is left when one letter is taken away: two words that differ in one
//! letter, by one letter, or by two neighbours, leave the same when the right letter is taken from
//! each. Only hashes of the remainders are kept; what they lead to is compared letter by letter.

use std::{
    collections::{BTreeMap, BTreeSet},
    hash::{DefaultHasher, Hash, Hasher},
    ops::Bound,
    sync::Arc,
};

use crate::{folding::unvoiced, word::Word};

/// A word of a lexicon.
pub(crate) type WordId = u32;
/// An entry of the index.
pub(crate) type Slot = u32;

/// Readings shorter than this have so many neighbours that a typo cannot be told from another name:
/// 安部 and 江部.
const READING_LETTERS_MIN: usize = 3;
/// The same for names in kanji.
const WRITING_LETTERS_MIN: usize = 2;

/// What a typo did.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Typo {
    /// A voiced mark is there or not: 山崎 is read in both ways.
    Mark,
    /// Anything else.
    Letter,
}

#[derive(Default)]
pub(crate) struct Lexicon {
    ids: BTreeMap<Arc<Word>, WordId>,
    words: Vec<Option<Known>>,
    free: Vec<WordId>,
    /// What is left of words when a letter is taken away, and the words themselves: hashes.
    remainders: BTreeSet<(u64, WordId)>,
}

struct Known {
    word: Arc<Word>,
    /// Who bears it, in ascending order.
    slots: Vec<Slot>,
}

impl Lexicon {
    /// Notes that an entry has this word.
    pub(crate) fn add(&mut self, word: Word, slot: Slot) -> WordId {
        let id = match self.ids.get(&word) {
            Some(id) => *id,
            None => self.learn(word),
        };
        if let Some(known) = &mut self.words[id as usize]
            && let Err(at) = known.slots.binary_search(&slot)
        {
            known.slots.insert(at, slot);
        }
        id
    }

    fn learn(&mut self, word: Word) -> WordId {
        let word = Arc::new(word);
        let known = Some(Known { word: word.clone(), slots: Vec::new() });
        let id = match self.free.pop() {
            Some(id) => {
                self.words[id as usize] = known;
                id
            }
            None => {
                self.words.push(known);
                WordId::try_from(self.words.len() - 1).expect("fewer words than persons")
            }
        };
        self.remainders.extend(remainders(word.text()).into_iter().map(|hash| (hash, id)));
        self.ids.insert(word, id);
        id
    }

    /// The entry no longer has this word. A word that nobody has is forgotten.
    pub(crate) fn remove(&mut self, id: WordId, slot: Slot) {
        let Some(Some(known)) = self.words.get_mut(id as usize) else { return };
        if let Ok(at) = known.slots.binary_search(&slot) {
            known.slots.remove(at);
        }
        if known.slots.is_empty() {
            let word = known.word.clone();
            for hash in remainders(word.text()) {
                self.remainders.remove(&(hash, id));
            }
            self.ids.remove(&word);
            self.words[id as usize] = None;
            self.free.push(id);
        }
    }

    /// Who has this word.
    pub(crate) fn slots(&self, id: WordId) -> &[Slot] {
        self.known(id).map_or(&[], |known| &known.slots)
    }

    /// What the word is.
    pub(crate) fn word(&self, id: WordId) -> Option<&Word> {
        self.known(id).map(|known| &*known.word)
    }

    fn known(&self, id: WordId) -> Option<&Known> {
        self.words.get(id as usize)?.as_ref()
    }

    /// Who has exactly this word.
    pub(crate) fn exact(&self, word: &Word) -> &[Slot] {
        self.ids.get(word).map_or(&[], |id| self.slots(*id))
    }

    /// The longer words that begin with this one.
    pub(crate) fn begun<'a>(&'a self, word: &'a Word) -> impl Iterator<Item = &'a [Slot]> {
        let behind = (Bound::Excluded(word), Bound::Unbounded);
        let longer = self.ids.range::<Word, _>(behind);
        let longer = longer.take_while(|(longer, _)| longer.text().starts_with(word.text()));
        longer.map(|(_, id)| self.slots(*id))
    }

    /// The words that differ from this one by one typo.
    pub(crate) fn near(&self, word: &Word) -> Vec<(&[Slot], Typo)> {
        if !is_long_enough(word) {
            return Vec::new();
        }
        let ids: BTreeSet<_> = remainders(word.text())
            .into_iter()
            .flat_map(|hash| self.remainders.range((hash, 0)..=(hash, WordId::MAX)))
            .map(|(_, id)| *id)
            .collect();
        let near = ids.into_iter().filter_map(|id| {
            let known = self.known(id)?;
            let typo = typo(word.text(), known.word.text())?;
            is_long_enough(&known.word).then_some((known.slots.as_slice(), typo))
        });
        near.collect()
    }

    /// Bytes on the heap, as far as the collections tell: a B-tree keeps its nodes two thirds full.
    pub(crate) fn bytes(&self) -> usize {
        let words = self.words.iter().flatten().map(|known| {
            let text = known.word.text().len() + size_of::<Word>() + 2 * size_of::<usize>();
            text + known.slots.capacity() * size_of::<Slot>()
        });
        let nodes = self.ids.len() * size_of::<(usize, WordId)>()
            + self.remainders.len() * size_of::<(u64, WordId)>();
        words.sum::<usize>() + self.words.capacity() * size_of::<Option<Known>>() + nodes * 3 / 2
    }
}

fn is_long_enough(word: &Word) -> bool {
    let least = if word.is_reading() { READING_LETTERS_MIN } else { WRITING_LETTERS_MIN };
    word.letters() >= least
}

fn hash_of(letters: impl Iterator<Item = char>) -> u64 {
    // With its fixed keys: two equal indexes are built equally.
    let mut hasher = DefaultHasher::new();
    letters.for_each(|letter| letter.hash(&mut hasher));
    hasher.finish()
}

fn remainders(text: &str) -> BTreeSet<u64> {
    let without = text.char_indices().map(|(at, _)| {
        hash_of(text.char_indices().filter(|(other, _)| *other != at).map(|(_, letter)| letter))
    });
    without.chain([hash_of(text.chars())]).collect()
}

/// The one typo that makes one text of the other, if it is one.
pub(crate) fn typo(one: &str, other: &str) -> Option<Typo> {
    let ahead = one.chars().zip(other.chars()).take_while(|(a, b)| a == b).count();
    let (one, other) = (rest(one, ahead), rest(other, ahead));
    let same = |a: &str, b: &str| a == b;
    let is_swap = || {
        let [mut a, mut b] = [one.chars(), other.chars()];
        let (a1, a2, b1, b2) = (a.next(), a.next(), b.next(), b.next());
        a2.is_some() && a1 == b2 && a2 == b1 && same(a.as_str(), b.as_str())
    };
    let (a, b) = (one.chars().next(), other.chars().next());
    match (a, b) {
        (None, None) => None,
        (Some(a), Some(b)) if same(rest(one, 1), rest(other, 1)) => {
            Some(if unvoiced(a) == unvoiced(b) { Typo::Mark } else { Typo::Letter })
        }
        _ => {
            let left_out = same(rest(one, 1), other) || same(one, rest(other, 1));
            (left_out || is_swap()).then_some(Typo::Letter)
        }
    }
}

fn rest(text: &str, letters: usize) -> &str {
    let at = text.char_indices().nth(letters).map_or(text.len(), |(at, _)| at);
    &text[at..]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::folding::word;

    #[test]
    fn one_typo_is_one_letter_more_less_or_other_or_two_the_wrong_way_round() {
        for other in ["たかは", "たかはしい", "たかほし", "たはかし", "かはし", "たかはさ"]
        {
            assert_eq!(typo("たかはし", other), Some(Typo::Letter), "{other}");
            assert_eq!(typo(other, "たかはし"), Some(Typo::Letter), "{other}");
        }
        assert_eq!(typo("やまさき", "やまざき"), Some(Typo::Mark));
        for other in ["たかはし", "たか", "たはかしい", "かたはし ", "しはかた", "たきほし"]
        {
            assert_eq!(typo("たかはし", other), None, "{other}");
        }
    }

    #[test]
    fn words_within_one_typo_are_found_and_no_others() {
        let mut lexicon = Lexicon::default();
        let names = ["たかはし", "たかはら", "たかばし", "たはかし", "たかは", "やまだ", "あべ"];
        for (slot, name) in (0..).zip(names) {
            lexicon.add(word(name), slot);
        }
        let near = |name: &str| -> BTreeSet<Slot> {
            lexicon.near(&word(name)).iter().flat_map(|(slots, _)| slots.iter().copied()).collect()
        };
        assert_eq!(near("たかはし"), BTreeSet::from([1, 2, 3, 4]));
        assert_eq!(near("やまた"), BTreeSet::from([5]));
        assert_eq!(near("あぺ"), BTreeSet::new(), "too short to tell");
    }

    #[test]
    fn a_word_that_nobody_has_any_more_is_forgotten() {
        let mut lexicon = Lexicon::default();
        let id = lexicon.add(word("たかはし"), 1);
        assert_eq!(lexicon.add(word("タカハシ"), 2), id);
        lexicon.remove(id, 1);
        assert_eq!(lexicon.exact(&word("たかはし")), [2]);
        lexicon.remove(id, 2);
        assert!(lexicon.ids.is_empty() && lexicon.remainders.is_empty());
        assert!(lexicon.word(id).is_none());
        assert_eq!(lexicon.add(word("やまだ"), 3), id, "its place is taken again");
    }

    #[test]
    fn longer_words_are_found_by_their_beginning() {
        let mut lexicon = Lexicon::default();
        for (slot, name) in (0..).zip(["やま", "やまだ", "やまもと", "やす"]) {
            lexicon.add(word(name), slot);
        }
        let begun: Vec<_> = lexicon.begun(&word("やま")).flatten().copied().collect();
        assert_eq!(begun, [1, 2]);
    }
}
