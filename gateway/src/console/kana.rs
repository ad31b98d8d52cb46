//! Readings of names: whatever kana was typed is kept as hiragana.

/// Half-width katakana from ｦ to ﾝ, in the order of their code points.
const HALF_WIDTH: &str = "をぁぃぅぇぉゃゅょっーあいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほまみむめもやゆよらりるれろわん";
const WITHOUT_MARK: &str = "かきくけこさしすせそたちつてとはひふへほう";
const VOICED: &str = "がぎぐげござじずぜぞだぢづでどばびぶべぼゔ";
const WITHOUT_RING: &str = "はひふへほ";
const RINGED: &str = "ぱぴぷぺぽ";

/// Katakana, full-width or half-width, as hiragana; everything else as it is.
pub(crate) fn to_hiragana(text: &str) -> String {
    let mut read = String::new();
    for c in text.trim().chars() {
        match c {
            'ﾞ' | '\u{3099}' => mark(&mut read, WITHOUT_MARK, VOICED),
            'ﾟ' | '\u{309a}' => mark(&mut read, WITHOUT_RING, RINGED),
            _ => read.push(one(c)),
        }
    }
    read
}

fn one(c: char) -> char {
    match c {
        'ァ'..='ヶ' => char::from_u32(c as u32 - 'ァ' as u32 + 'ぁ' as u32).unwrap_or(c),
        'ｦ'..='ﾝ' => HALF_WIDTH.chars().nth((c as u32 - 'ｦ' as u32) as usize).unwrap_or(c),
        _ => c,
    }
}

/// A mark that was typed after its kana goes onto it.
fn mark(read: &mut String, without: &str, with: &str) {
    let last = read.chars().last();
    let marked = last.and_then(|last| {
        let at = without.chars().position(|c| c == last)?;
        with.chars().nth(at)
    });
    if let Some(marked) = marked {
        read.pop();
        read.push(marked);
    }
}

#[cfg(test)]
mod tests {
    use super::to_hiragana;

    #[test]
    fn any_kana_becomes_hiragana() {
        assert_eq!(to_hiragana("カクウ"), "かくう");
        assert_eq!(to_hiragana("ｶｸｳ"), "かくう");
        assert_eq!(to_hiragana("ｻﾞﾝﾊﾟｰｼﾞｭ ゔぁ"), "ざんぱーじゅ ゔぁ");
        assert_eq!(to_hiragana("ヴァイオレット"), "ゔぁいおれっと");
        assert_eq!(to_hiragana(" かくう "), "かくう");
        assert_eq!(to_hiragana("か\u{3099}"), "が");
        assert_eq!(to_hiragana("Kakuu"), "Kakuu");
    }
}
