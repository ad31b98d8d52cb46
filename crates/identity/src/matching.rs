//! Which entries may be one person, and how likely it is.
//!
//! As Fellegi and Sunter weigh it: what agrees counts by how seldom it agrees by chance, so a rare
//! surname counts for more than a common one; what differs counts against. How often spellings
//! differ although it is one person is our assumption, and so is how many persons are registered
//! twice; both stand below. It is proposed to officers and decides nothing.

use jiff::civil::Date;

use crate::{
    born::{Slip, slip},
    index::{Entry, Index, Part},
    lexicon::{Lexicon, Typo, WordId, typo},
    word::Word,
};

/// Of a hundred persons, so many are registered twice.
const TWICE: f64 = 0.02;
/// No city is smaller; in a small index chance would seem to agree too seldom.
const ENTRIES_MIN: f64 = 10_000.0;
/// A name counts as if the index had, besides its own entries, so many with names of which each is
/// borne by one in so many.
const OTHERS: f64 = 2_000.0;
const ONE_IN: f64 = 1_000.0;
const DAYS: f64 = 25_000.0;

/// Why two entries may be one person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// Family and given name are each other's.
    NamesSwapped,
    /// Written and read alike, as far as both are known.
    FamilyNameSame,
    /// Written alike, read otherwise.
    FamilyNameWrittenSame,
    /// Read alike, written otherwise.
    FamilyNameReadSame,
    /// One letter differs.
    FamilyNameNear,
    /// Written and read alike, as far as both are known.
    GivenNameSame,
    /// Written alike, read otherwise.
    GivenNameWrittenSame,
    /// Read alike, written otherwise.
    GivenNameReadSame,
    /// One letter differs.
    GivenNameNear,
    /// Born on the same day.
    BirthDateSame,
    /// The dates of birth differ by one mistake in the digits.
    BirthDateSlip,
    /// The dates of birth are the same in different eras.
    BirthDateOtherEra,
    /// Of one of the two no date of birth is known.
    BirthDateUnknown,
}

impl Reason {
    /// A code to act on.
    pub fn code(self) -> &'static str {
        self.words().0
    }

    /// In Japanese.
    pub fn label_ja(self) -> &'static str {
        self.words().1
    }

    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::NamesSwapped => ("NAMES_SWAPPED", "姓と名が入れ替わっている"),
            Self::FamilyNameSame => ("FAMILY_NAME_SAME", "姓が一致"),
            Self::FamilyNameWrittenSame => {
                ("FAMILY_NAME_WRITTEN_SAME", "姓の表記が一致（ふりがなは異なる）")
            }
            Self::FamilyNameReadSame => {
                ("FAMILY_NAME_READ_SAME", "姓のふりがなが一致（表記は異なる）")
            }
            Self::FamilyNameNear => ("FAMILY_NAME_NEAR", "姓が1文字違い"),
            Self::GivenNameSame => ("GIVEN_NAME_SAME", "名が一致"),
            Self::GivenNameWrittenSame => {
                ("GIVEN_NAME_WRITTEN_SAME", "名の表記が一致（ふりがなは異なる）")
            }
            Self::GivenNameReadSame => {
                ("GIVEN_NAME_READ_SAME", "名のふりがなが一致（表記は異なる）")
            }
            Self::GivenNameNear => ("GIVEN_NAME_NEAR", "名が1文字違い"),
            Self::BirthDateSame => ("BIRTH_DATE_SAME", "生年月日が一致"),
            Self::BirthDateSlip => ("BIRTH_DATE_SLIP", "生年月日の数字が1か所違い"),
            Self::BirthDateOtherEra => ("BIRTH_DATE_OTHER_ERA", "生年月日の元号だけが違う"),
            Self::BirthDateUnknown => ("BIRTH_DATE_UNKNOWN", "片方の生年月日が不明"),
        }
    }
}

/// Two entries that may be one person.
pub struct Candidate<'a, K> {
    /// The one with the lower key.
    pub one: &'a K,
    /// The other.
    pub other: &'a K,
    /// How likely it is that they are one person, in percent, under the assumptions above.
    pub percent: u8,
    /// What speaks for it.
    pub reasons: Vec<Reason>,
}

/// An entry, as it is compared.
pub(crate) struct Side<'a> {
    family: Name<'a>,
    given: Name<'a>,
    born: Option<Date>,
}

#[derive(Clone, Copy)]
struct Name<'a> {
    part: Part,
    lexicon: &'a Lexicon,
}

/// How one part of two names agrees.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Agrees {
    Whole,
    Written,
    Read,
    Near(Typo),
    No,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Born {
    Same,
    Slip(Slip),
    Unknown,
    No,
}

/// How two entries agree.
pub(crate) struct Agreement {
    family: Agrees,
    given: Agrees,
    is_swapped: bool,
    born: Born,
}

impl<'a> Side<'a> {
    pub(crate) fn of<K>(index: &'a Index<K>, entry: &Entry<K>) -> Self {
        Self {
            family: Name { part: entry.family, lexicon: &index.family },
            given: Name { part: entry.given, lexicon: &index.given },
            born: entry.born,
        }
    }
}

impl Name<'_> {
    fn text(&self, id: Option<WordId>) -> Option<&Word> {
        self.lexicon.word(id?)
    }

    fn writing(&self) -> Option<&Word> {
        self.text(self.part.writing)
    }

    fn reading(&self) -> Option<&Word> {
        self.text(self.part.reading)
    }

    fn agrees(&self, other: &Name<'_>) -> Agrees {
        let written = self.writing().is_some() && self.writing() == other.writing();
        let read = match (self.reading(), other.reading()) {
            (Some(one), Some(other)) => Some(one == other),
            _ => None,
        };
        match (written, read) {
            (true, Some(true) | None) => Agrees::Whole,
            (true, Some(false)) => Agrees::Written,
            (false, Some(true)) => Agrees::Read,
            (false, _) => self.near(other),
        }
    }

    /// Where both are known in kanji and neither these nor the readings agree, they are two names:
    /// twins are often called so. One letter counts only where there is nothing else to go by.
    fn near(&self, other: &Name<'_>) -> Agrees {
        let is_kanji = |name: &Name<'_>| name.writing().is_some_and(|word| !word.is_reading());
        let (Some(one), Some(two)) = (self.reading(), other.reading()) else { return Agrees::No };
        if is_kanji(self) && is_kanji(other) {
            return Agrees::No;
        }
        typo(one.text(), two.text()).map_or(Agrees::No, Agrees::Near)
    }

    /// How seldom somebody has what the two agree on.
    fn rarity(&self, agrees: Agrees, entries: f64) -> f64 {
        let rarity = |id: Option<WordId>| {
            let bearers = id.map_or(0, |id| self.lexicon.slots(id).len());
            bits((entries + OTHERS) / (bearers as f64 + OTHERS / ONE_IN))
        };
        let (writing, reading) = (rarity(self.part.writing), rarity(self.part.reading));
        match agrees {
            Agrees::Whole if self.part.reading.is_some() => writing.max(reading),
            Agrees::Whole | Agrees::Written => writing,
            Agrees::Read => reading,
            Agrees::Near(_) | Agrees::No => 0.0,
        }
    }
}

impl Agrees {
    fn is_any(self) -> bool {
        self != Self::No
    }

    /// How much more often it comes out like this for one person than for two, besides rarity.
    fn bits(self) -> f64 {
        bits(match self {
            Self::Whole => 0.85,
            // Seldom is a name that is written alike read otherwise by somebody else.
            Self::Written => 0.06 / 0.10,
            // Half of those who are called the same write it otherwise.
            Self::Read => 0.06 / 0.50,
            Self::Near(Typo::Mark) => 0.010 / 0.002,
            Self::Near(Typo::Letter) => 0.020 / 0.010,
            // By marriage or by two mistakes.
            Self::No => 0.02 / 0.98,
        })
    }

    fn reason(self, [whole, written, read, near]: [Reason; 4]) -> Option<Reason> {
        match self {
            Self::Whole => Some(whole),
            Self::Written => Some(written),
            Self::Read => Some(read),
            Self::Near(_) => Some(near),
            Self::No => None,
        }
    }
}

pub(crate) fn agreement(one: &Side<'_>, other: &Side<'_>) -> Agreement {
    let born = match (one.born, other.born) {
        (Some(one), Some(other)) if one == other => Born::Same,
        (Some(one), Some(other)) => slip(one, other).map_or(Born::No, Born::Slip),
        _ => Born::Unknown,
    };
    let straight = [one.family.agrees(&other.family), one.given.agrees(&other.given)];
    let swapped = [one.family.agrees(&other.given), one.given.agrees(&other.family)];
    let is_swapped =
        !straight.iter().all(|part| part.is_any()) && swapped.iter().all(|part| part.is_any());
    let [family, given] = if is_swapped { swapped } else { straight };
    Agreement { family, given, is_swapped, born }
}

impl Agreement {
    /// Whether frequencies can make it likely.
    pub(crate) fn is_worth_weighing(&self) -> bool {
        let parts = [self.family, self.given].into_iter().filter(|part| part.is_any()).count();
        match self.born {
            Born::Same => parts >= 1,
            Born::Slip(_) | Born::Unknown => parts == 2,
            Born::No => false,
        }
    }

    fn weight(&self, one: &Side<'_>, born_alike: usize, entries: f64) -> f64 {
        let name = self.family.bits()
            + self.given.bits()
            + one.family.rarity(self.family, entries)
            + one.given.rarity(self.given, entries)
            + if self.is_swapped { bits(0.06) } else { 0.0 };
        let born = match self.born {
            Born::Same => {
                let alike = born_alike as f64 + OTHERS / DAYS;
                bits(0.93) + bits((entries + OTHERS) / alike)
            }
            // Of some 25,000 days, 40 are a slip away.
            Born::Slip(Slip::Digits) => bits(0.050 / 0.0016),
            Born::Slip(Slip::Era) => bits(0.010 / 0.0002),
            Born::Unknown => 0.0,
            Born::No => bits(0.02),
        };
        name + born
    }

    fn reasons(&self) -> Vec<Reason> {
        let swapped = self.is_swapped.then_some(Reason::NamesSwapped);
        let family = self.family.reason([
            Reason::FamilyNameSame,
            Reason::FamilyNameWrittenSame,
            Reason::FamilyNameReadSame,
            Reason::FamilyNameNear,
        ]);
        let given = self.given.reason([
            Reason::GivenNameSame,
            Reason::GivenNameWrittenSame,
            Reason::GivenNameReadSame,
            Reason::GivenNameNear,
        ]);
        let born = match self.born {
            Born::Same => Some(Reason::BirthDateSame),
            Born::Slip(Slip::Digits) => Some(Reason::BirthDateSlip),
            Born::Slip(Slip::Era) => Some(Reason::BirthDateOtherEra),
            Born::Unknown => Some(Reason::BirthDateUnknown),
            Born::No => None,
        };
        [swapped, family, given, born].into_iter().flatten().collect()
    }
}

/// Pairs that are likelier one person than two, the likeliest first.
pub(crate) fn candidates<K: Ord + Clone>(index: &Index<K>) -> Vec<Candidate<'_, K>> {
    let entries = (index.len() as f64).max(ENTRIES_MIN);
    // Against it: any two of so many; for it: how many of them are registered twice.
    let against = bits(entries / (2.0 * TWICE));
    let mut weighed: Vec<_> = index
        .pairs
        .iter()
        .filter_map(|(one, other)| {
            let (one, other) = (index.entry(*one)?, index.entry(*other)?);
            if one.key >= other.key {
                return None;
            }
            let (side, other_side) = (Side::of(index, one), Side::of(index, other));
            let agreement = agreement(&side, &other_side);
            let born_alike = one.born.and_then(|born| index.births.get(&born)).map_or(0, Vec::len);
            let weight = agreement.weight(&side, born_alike, entries) - against;
            let likely = weight > 0.0;
            likely.then(|| (weight, candidate(one, other, weight, &agreement)))
        })
        .collect();
    weighed.sort_by(|(one, a), (other, b)| {
        other.total_cmp(one).then_with(|| (a.one, a.other).cmp(&(b.one, b.other)))
    });
    weighed.into_iter().map(|(_, candidate)| candidate).collect()
}

fn candidate<'a, K>(
    one: &'a Entry<K>,
    other: &'a Entry<K>,
    weight: f64,
    agreement: &Agreement,
) -> Candidate<'a, K> {
    let percent = 100.0 / (1.0 + (-weight).exp2());
    // Nobody is certain: 99 is the most that is said.
    let percent = percent.clamp(50.0, 99.0) as u8;
    let (one, other, reasons) = (&one.key, &other.key, agreement.reasons());
    Candidate { one, other, percent, reasons }
}

fn bits(ratio: f64) -> f64 {
    ratio.log2()
}
