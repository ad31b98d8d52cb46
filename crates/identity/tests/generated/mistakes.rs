//! How the same person is registered otherwise a second time.

use identity::Identity;
use jiff::civil::Date;

use crate::people::{Chance, Names, Person};

/// What a second registration does to the first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Mistake {
    /// Nothing.
    None,
    /// The reading is left out.
    NoReading,
    /// Half-width kana, small kana written large.
    HalfWidth,
    /// Old forms of kanji.
    OldForms,
    /// One kana of the reading.
    OneKana,
    /// A voiced mark of the reading.
    VoicedMark,
    /// Long vowels with a bar.
    LongVowel,
    /// Other kanji with the same reading.
    OtherKanji,
    /// The given name in kana.
    InKana,
    /// The given name in kana, and one of them wrong.
    InKanaOneWrong,
    /// One digit of the date.
    OneDigit,
    /// Month and day the wrong way round.
    DayAndMonth,
    /// The year under another era.
    OtherEra,
    /// Given name in the place of the family name.
    Swapped,
    /// No date of birth.
    NoBirthDate,
    /// Another family name, by marriage.
    Married,
}

pub const ALL: [Mistake; 16] = [
    Mistake::None,
    Mistake::NoReading,
    Mistake::HalfWidth,
    Mistake::OldForms,
    Mistake::OneKana,
    Mistake::VoicedMark,
    Mistake::LongVowel,
    Mistake::OtherKanji,
    Mistake::InKana,
    Mistake::InKanaOneWrong,
    Mistake::OneDigit,
    Mistake::DayAndMonth,
    Mistake::OtherEra,
    Mistake::Swapped,
    Mistake::NoBirthDate,
    Mistake::Married,
];

impl Mistake {
    /// The second registration; none when the person gives no occasion for this mistake.
    pub fn made(self, person: &Person, names: &Names, chance: &mut Chance) -> Option<Identity> {
        let mut second = person.clone();
        let mut identity = person.identity();
        match self {
            Self::None => {}
            Self::NoReading => {
                identity.family_name_kana.clear();
                identity.given_name_kana.clear();
            }
            Self::HalfWidth => {
                identity.family_name_kana = half_width(&person.family.1)?;
                identity.given_name_kana = half_width(&person.given.1)?;
            }
            Self::OldForms => identity.family_name = old_forms(&person.family.0)?,
            Self::OneKana => identity.given_name_kana = one_wrong(&person.given.1, chance)?,
            Self::VoicedMark => {
                identity.family_name_kana = without_mark(&person.family.1)?;
            }
            Self::LongVowel => identity.family_name_kana = with_bar(&person.family.1)?,
            Self::OtherKanji => identity.given_name = other_kanji(&person.given.0)?,
            Self::InKana => identity.given_name.clone_from(&person.given.1),
            Self::InKanaOneWrong => {
                identity.given_name = one_wrong(&person.given.1, chance)?;
                identity.given_name_kana.clear();
            }
            Self::OneDigit => second.born = Some(one_digit(person.born?, chance)?),
            Self::DayAndMonth => {
                let born = person.born?;
                let turned = Date::new(born.year(), born.day(), born.month()).ok()?;
                second.born = Some(turned).filter(|turned| *turned != born);
                second.born?;
            }
            Self::OtherEra => {
                let born = person.born?;
                // 昭和 and 平成 lie 63 years apart.
                second.born = Date::new(born.year() - 63, born.month(), born.day()).ok();
                second.born.filter(|born| {
                    born.year() >= 1927 && person.born > Some(Date::constant(1990, 1, 1))
                })?;
            }
            Self::Swapped => {
                std::mem::swap(&mut second.family, &mut second.given);
                identity = second.identity();
            }
            Self::NoBirthDate => second.born = None,
            Self::Married => {
                second.family = names.family(chance);
                identity = second.identity();
            }
        }
        identity.birth_date = second.identity().birth_date.clone();
        Some(identity)
    }
}

fn half_width(kana: &str) -> Option<String> {
    const FULL: &str = "あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほまみむめもやゆよらりるれろわをん";
    const HALF: &str = "ｱｲｳｴｵｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾅﾆﾇﾈﾉﾊﾋﾌﾍﾎﾏﾐﾑﾒﾓﾔﾕﾖﾗﾘﾙﾚﾛﾜｦﾝ";
    const MARKED: &str = "がぎぐげござじずぜぞだぢづでどばびぶべぼ";
    const PLAIN: &str = "かきくけこさしすせそたちつてとはひふへほ";
    const SMALL: &str = "ゃゅょっ";
    const LARGE: &str = "やゆよつ";
    let place = |c, list: &str| list.chars().position(|one| one == c);
    let half = |c| HALF.chars().nth(place(c, FULL)?);
    let mut written = String::new();
    for c in kana.chars() {
        if let Some(at) = place(c, MARKED) {
            written.push(half(PLAIN.chars().nth(at)?)?);
            written.push('ﾞ');
        } else {
            let c = place(c, SMALL).map_or(Some(c), |at| LARGE.chars().nth(at))?;
            written.push(half(c)?);
        }
    }
    Some(written)
}

fn old_forms(kanji: &str) -> Option<String> {
    const NOW: &str = "高崎斉辺沢浜広国桜島富真栄恵学";
    const ONCE: &str = "髙﨑齋邊澤濱廣國櫻嶋冨眞榮惠學";
    let old = kanji.chars().map(|c| {
        let at = NOW.chars().position(|now| now == c);
        at.and_then(|at| ONCE.chars().nth(at)).unwrap_or(c)
    });
    Some(old.collect::<String>()).filter(|old| old != kanji)
}

fn one_wrong(kana: &str, chance: &mut Chance) -> Option<String> {
    const KANA: &str = "あいうえおかきくけこさしすせそたちつてとなにぬねのまみむめもらりるれろ";
    let mut letters: Vec<char> = kana.chars().collect();
    if letters.len() < 3 {
        return None;
    }
    let at = chance.below(letters.len());
    match chance.below(3) {
        0 => letters[at] = KANA.chars().nth(chance.below(35))?,
        1 => _ = letters.remove(at),
        _ => letters.swap(at, (at + 1) % kana.chars().count()),
    }
    Some(letters.into_iter().collect::<String>()).filter(|wrong| wrong != kana)
}

fn without_mark(kana: &str) -> Option<String> {
    const MARKED: &str = "がぎぐげござじずぜぞだでどばびぶべぼ";
    const PLAIN: &str = "かきくけこさしすせそたてとはひふへほ";
    let place = kana.char_indices().rev().find_map(|(at, c)| {
        let plain = MARKED.chars().position(|marked| marked == c)?;
        Some((at, c, PLAIN.chars().nth(plain)?))
    });
    let (at, marked, plain) = place?;
    Some(format!("{}{plain}{}", &kana[..at], &kana[at + marked.len_utf8()..]))
}

fn with_bar(kana: &str) -> Option<String> {
    let long = ["おう", "こう", "とう", "どう", "よう", "ゆう", "おお", "ろう", "けい"];
    let at = long.iter().find_map(|long| kana.find(long))?;
    let first = kana[at..].chars().next()?.len_utf8();
    let behind = at + first + kana[at + first..].chars().next()?.len_utf8();
    Some(format!("{}ー{}", &kana[..at + first], &kana[behind..]))
}

fn other_kanji(kanji: &str) -> Option<String> {
    const PAIRS: [(char, char); 10] = [
        ('和', '一'),
        ('洋', '陽'),
        ('裕', '優'),
        ('恵', '啓'),
        ('子', '己'),
        ('美', '実'),
        ('郎', '朗'),
        ('雄', '夫'),
        ('彦', '比'),
        ('奈', '那'),
    ];
    let (from, to) = PAIRS.into_iter().find(|(from, _)| kanji.contains(*from))?;
    Some(kanji.replacen(from, &to.to_string(), 1))
}

fn one_digit(born: Date, chance: &mut Chance) -> Option<Date> {
    let text = born.to_string();
    let places = [2, 3, 6, 8, 9];
    let at = places[chance.below(places.len())];
    let digit = char::from(b'0' + u8::try_from(chance.below(10)).ok()?);
    let mut letters: Vec<char> = text.chars().collect();
    letters[at] = digit;
    let other: Date = letters.into_iter().collect::<String>().parse().ok()?;
    (other != born && other.year() < 2010).then_some(other)
}
