//! From a name as somebody wrote it to what all its spellings have in common.
//!
//! First letter by letter (width, katakana, small kana, old forms of kanji), then what depends on
//! the letter before: long vowels. The second is done for each part of a name by itself, since
//! 里 and 治 in a row are no long vowel.

use unicode_normalization::{UnicodeNormalization, char::decompose_canonical};
use zeroize::Zeroize;

use crate::{kanji, word::Word};

const SMALL: &str = "ぁぃぅぇぉっゃゅょゎゕゖゐゑをぢづ";
const LARGE: &str = "あいうえおつやゆよわかけいえおじず";

const UNVOICED: &str = "かきくけこさしすせそたちつてとはひふへほはひふへほ";
const VOICED: &str = "がぎぐげござじずぜぞだじずでどばびぶべぼぱぴぷぺぽ";

/// The kana by the vowel they end in.
const ROWS: [(char, &str); 5] = [
    ('a', "あかがさざただなはばぱまやらわ"),
    ('i', "いきぎしじちにひびぴみり"),
    ('u', "うくぐすずつぬふぶぷむゆる"),
    ('e', "えけげせぜてでねへべぺめれ"),
    ('o', "おこごそぞとどのほぼぽもよろ"),
];

const LONG: char = 'ー';

/// The letters of a name without the differences that a letter can have by itself, and without what
/// stands between them.
pub(crate) fn letters(text: &str) -> Vec<char> {
    // The marks that stand by themselves are made to combine; otherwise a space comes with them.
    let marked = text.chars().map(|c| match c {
        '\u{309b}' => '\u{3099}',
        '\u{309c}' => '\u{309a}',
        other => other,
    });
    let mut composed: Vec<char> = marked.filter(|c| !is_selector(*c)).nfkc().collect();
    let mut letters = Vec::with_capacity(composed.len());
    let mut rest = composed.iter().copied().map(hiragana).peekable();
    while let Some(letter) = rest.next() {
        match rest.peek().and_then(|small| with_v(letter, *small)) {
            Some(one) => {
                letters.push(one);
                rest.next();
            }
            None => push(&mut letters, letter),
        }
    }
    drop(rest);
    composed.zeroize();
    letters
}

/// A part of a name, out of its letters.
pub(crate) fn fold(letters: &[char]) -> Word {
    let mut folded = String::with_capacity(letters.len() * 3);
    let mut vowel = None;
    for &letter in letters {
        let letter = match (letter, vowel) {
            (LONG, Some('a')) => 'あ',
            (LONG | 'え', Some('e')) | (LONG, Some('i')) => 'い',
            (LONG | 'お', Some('o')) | (LONG, Some('u')) => 'う',
            (other, _) => other,
        };
        folded.push(letter);
        vowel = vowel_of(letter);
    }
    Word::new(folded)
}

/// The same for a text that is one part of a name.
pub(crate) fn word(text: &str) -> Word {
    let mut letters = letters(text);
    let word = fold(&letters);
    letters.zeroize();
    word
}

pub(crate) fn is_kana(c: char) -> bool {
    ('ぁ'..='ゖ').contains(&c) || c == LONG
}

/// The kana without its voiced mark; other letters as they are.
pub(crate) fn unvoiced(c: char) -> char {
    at_same_place(c, VOICED, UNVOICED).unwrap_or(c)
}

fn push(letters: &mut Vec<char>, letter: char) {
    let last = letters.last().copied();
    match letter {
        'ゔ' => letters.push('ぶ'),
        '々' | 'ゝ' | '〻' => letters.extend(last),
        'ゞ' => letters.extend(last.map(|c| at_same_place(c, UNVOICED, VOICED).unwrap_or(c))),
        dash if is_dash(dash) => {
            letters.extend(last.filter(|last| is_kana(*last)).map(|_| LONG));
        }
        between if !between.is_alphanumeric() => {}
        other => letters.extend(plain(other)),
    }
}

fn hiragana(c: char) -> char {
    match c {
        'ァ'..='ヶ' | 'ヽ' | 'ヾ' => char::from_u32(c as u32 - 0x60).unwrap_or(c),
        'ヷ' => 'ば',
        'ヸ' => 'び',
        'ヹ' => 'べ',
        'ヺ' => 'ぼ',
        other => other,
    }
}

/// ヴァ and its like, which are as often written バ.
fn with_v(letter: char, small: char) -> Option<char> {
    if letter == 'ゔ' { at_same_place(small, "ぁぃぇぉ", "ばびべぼ") } else { None }
}

/// A letter by itself: large kana, the present form of a kanji, a Latin letter without its accents.
fn plain(c: char) -> impl Iterator<Item = char> {
    let mut base = c;
    if !c.is_ascii() && ('\u{c0}'..'\u{250}').contains(&c) {
        decompose_canonical(c, |part| {
            if part.is_ascii_alphabetic() {
                base = part;
            }
        });
    }
    let base = at_same_place(base, SMALL, LARGE).unwrap_or(base);
    kanji::present_form(base).to_lowercase()
}

/// Variation selectors choose a drawing of the same letter.
fn is_selector(c: char) -> bool {
    ('\u{fe00}'..='\u{fe0f}').contains(&c) || ('\u{e0100}'..='\u{e01ef}').contains(&c)
}

/// The long vowel mark, and what is typed for it.
fn is_dash(c: char) -> bool {
    matches!(c, LONG | '-' | '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' | '~' | '〜')
}

fn vowel_of(letter: char) -> Option<char> {
    ROWS.iter().find(|(_, row)| row.contains(letter)).map(|(vowel, _)| *vowel)
}

fn at_same_place(c: char, from: &str, to: &str) -> Option<char> {
    let at = from.chars().position(|one| one == c)?;
    to.chars().nth(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(spellings: &[&str]) {
        let first = word(spellings[0]);
        for spelling in spellings {
            let folded = word(spelling);
            assert!(folded == first, "{spelling}: {} and {}", folded.text(), first.text());
        }
    }

    fn differ(one: &str, other: &str) {
        assert!(word(one) != word(other), "{one} and {other}");
    }

    #[test]
    fn width_and_kind_of_kana_make_no_difference() {
        same(&["カクウ", "かくう", "ｶｸｳ", " か く う ", "カ・クウ", "ｶ･ｸｳ", "カ＝クウ"]);
        same(&["ガクド", "がくど", "ｶﾞｸﾄﾞ", "か\u{3099}くと\u{3099}", "か゛くと゛"]);
        same(&["ぱんだ", "ﾊﾟﾝﾀﾞ", "は゜んだ", "は\u{309a}んだ"]);
        same(&["Maria", "ＭＡＲＩＡ", "maría"]);
    }

    #[test]
    fn small_kana_and_old_kana_are_like_the_others() {
        same(&["きょうこ", "キヨウコ", "ｷｮｳｺ"]);
        same(&["はっとり", "はつとり"]);
        same(&["かをる", "かおる"]);
        same(&["ゐづみ", "いずみ"]);
        same(&["ちぢわ", "ちじわ"]);
    }

    #[test]
    fn long_vowels_are_one_however_they_are_written() {
        same(&["おおの", "おうの", "オーノ", "ｵｰﾉ", "オ-ノ", "オ−ノ"]);
        same(&["ゆうこ", "ユーコ"]);
        same(&["けいこ", "ケーコ", "けえこ"]);
        same(&["にいや", "ニーヤ"]);
        same(&["まあさ", "マーサ"]);
        differ("おおの", "おの");
        differ("ゆうこ", "ゆこ");
    }

    #[test]
    fn v_is_b() {
        same(&["ヴァイオレット", "バイオレット", "ゔぁいおれっと", "ｳﾞｧｲｵﾚｯﾄ"]);
        same(&["ヴェラ", "ベラ", "ヹラ"]);
        same(&["ヴ", "ブ"]);
    }

    #[test]
    fn forms_of_kanji_are_one() {
        same(&["髙橋", "高橋"]);
        same(&["山﨑", "山崎", "山嵜"]);
        same(&["齋藤", "斎藤", "齊藤", "斉藤", "斉\u{e0101}藤"]);
        same(&["渡邊", "渡邉", "渡辺"]);
        same(&["澤田", "沢田"]);
        same(&["佐々木", "佐佐木"]);
        same(&["神\u{fe00}田", "\u{fa19}田", "神田"]);
        same(&["𠮷田", "吉田"]);
        differ("高橋", "高梁");
        assert!(word("　").is_empty() && word("・").is_empty());
    }

    #[test]
    fn iteration_marks_say_what_they_repeat() {
        same(&["みすゞ", "みすず"]);
        same(&["こゝろ", "こころ", "コヽロ"]);
    }

    #[test]
    fn a_reading_is_nothing_but_kana() {
        assert!(word("カクウ").is_reading());
        assert!(!word("はな子").is_reading() && !word("").is_reading());
    }
}
