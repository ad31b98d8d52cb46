//! Dates as people write them: in eras, in Western years, in full-width digits, or a whole date in
//! one box.

use jiff::civil::Date;

use crate::wareki;

/// The choice that stands for Western years.
pub const WESTERN: &str = "西暦";

/// The first year of the Gregorian calendar in Japan; no date before it is taken.
const FIRST_YEAR: i16 = 1873;
/// No plan reaches further.
const LAST_YEAR: i16 = 2200;

/// An era: its name, its letter, its first day.
const ERAS: [(&str, char, Date); 5] = [
    ("令和", 'R', Date::constant(2019, 5, 1)),
    ("平成", 'H', Date::constant(1989, 1, 8)),
    ("昭和", 'S', Date::constant(1926, 12, 25)),
    ("大正", 'T', Date::constant(1912, 7, 30)),
    ("明治", 'M', Date::constant(1868, 1, 1)),
];

/// A date as it stands in the boxes of a form.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Written<'a> {
    /// The era that was chosen, or [`WESTERN`].
    pub era: &'a str,
    /// The year, or a whole date.
    pub year: &'a str,
    /// The month.
    pub month: &'a str,
    /// The day.
    pub day: &'a str,
}

/// Why what is written is no date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoDate {
    /// Year, month or day is missing.
    Incomplete,
    /// Something else than a number.
    NotANumber,
    /// A Western year of fewer than four digits.
    ShortYear,
    /// The calendar has no such day.
    NoSuchDay,
    /// The day lies before the era begins.
    BeforeEra(&'static str, Date),
    /// Too long ago, or too far ahead.
    OutOfRange,
}

impl NoDate {
    /// In words, for the field with this label.
    pub fn about(self, label: &str) -> String {
        match self {
            Self::Incomplete => format!("「{label}」は年・月・日をすべて入力してください。"),
            Self::NotANumber => format!("「{label}」は数字で入力してください。"),
            Self::ShortYear => format!(
                "「{label}」の西暦は4桁で入力してください。和暦の場合は元号を選択してください。"
            ),
            Self::NoSuchDay => format!("「{label}」は暦にある日付を入力してください。"),
            Self::BeforeEra(era, first) => {
                let first = wareki(first);
                format!("「{label}」の元号を確認してください。{era}は{first}からです。")
            }
            Self::OutOfRange => {
                format!("「{label}」は明治6年（{FIRST_YEAR}年）以降の日付を入力してください。")
            }
        }
    }
}

/// The names to choose from, the Western calendar first: it needs no choice.
pub fn era_names() -> impl Iterator<Item = &'static str> {
    std::iter::once(WESTERN).chain(ERAS.into_iter().map(|(name, _, _)| name))
}

/// The date that is written; none when every box is empty.
pub fn read(written: Written<'_>) -> Result<Option<Date>, NoDate> {
    let [year, month, day] = [written.year, written.month, written.day].map(plain);
    if year.is_empty() && month.is_empty() && day.is_empty() {
        return Ok(None);
    }
    if month.is_empty() && day.is_empty() {
        return read_whole(written.era, &year).map(Some);
    }
    if year.is_empty() || month.is_empty() || day.is_empty() {
        return Err(NoDate::Incomplete);
    }
    let (era, year) = split_era(&year).map_or((written.era, year.as_str()), |split| split);
    date(era, number(year)?, number(&month)?, number(&day)?).map(Some)
}

/// A whole date in one box: 令和8年4月1日, R8.4.1, 8/4/1 with an era chosen, 2026-04-01, 20260401.
fn read_whole(era: &str, text: &str) -> Result<Date, NoDate> {
    let (era, text) = split_era(text).unwrap_or((era, text));
    if text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return date(era, number(&text[..4])?, number(&text[4..6])?, number(&text[6..])?);
    }
    let is_between = |c: char| matches!(c, '年' | '月' | '日' | '/' | '-' | '.');
    let parts: Vec<_> = text.split(is_between).filter(|part| !part.is_empty()).collect();
    match parts[..] {
        [year, month, day] => date(era, number(year)?, number(month)?, number(day)?),
        _ => Err(NoDate::Incomplete),
    }
}

/// Digits to ASCII, separators to one of each kind, 元年 to 1年, and no spaces.
fn plain(text: &str) -> String {
    let one = |c: char| match c {
        '０'..='９' => char::from_u32(c as u32 - '０' as u32 + '0' as u32).unwrap_or(c),
        'Ａ'..='Ｚ' => char::from_u32(c as u32 - 'Ａ' as u32 + 'A' as u32).unwrap_or(c),
        '／' => '/',
        '．' | '。' | '・' => '.',
        '－' | 'ー' | '−' | '‐' => '-',
        '元' => '1',
        other => other.to_ascii_uppercase(),
    };
    text.chars().filter(|c| !c.is_whitespace()).map(one).collect()
}

/// A number as people type it, in ASCII digits.
pub fn digits(text: &str) -> String {
    plain(text)
}

fn split_era(text: &str) -> Option<(&'static str, &str)> {
    ERAS.into_iter().find_map(|(name, letter, _)| {
        let rest = text.strip_prefix(name).or_else(|| text.strip_prefix(letter))?;
        Some((name, rest.trim_start_matches('.')))
    })
}

fn number(text: &str) -> Result<i16, NoDate> {
    let text = text.trim_end_matches(['年', '月', '日']);
    let digits = !text.is_empty() && text.len() <= 4 && text.bytes().all(|b| b.is_ascii_digit());
    if digits { text.parse().map_err(|_| NoDate::NotANumber) } else { Err(NoDate::NotANumber) }
}

/// Years of four digits are Western whatever was chosen: no era lasts that long. An era may have
/// ended before the day (平成32年 on an older certificate); it is printed under its right one.
fn date(era: &str, year: i16, month: i16, day: i16) -> Result<Date, NoDate> {
    let era = ERAS.into_iter().find(|(name, _, _)| *name == era && year < 1000);
    let western = match era {
        Some((_, _, first)) => first.year() + year - 1,
        None if year < 1000 => return Err(NoDate::ShortYear),
        None => year,
    };
    if !(FIRST_YEAR..=LAST_YEAR).contains(&western) {
        return Err(NoDate::OutOfRange);
    }
    let (Ok(month), Ok(day)) = (i8::try_from(month), i8::try_from(day)) else {
        return Err(NoDate::NoSuchDay);
    };
    let date = Date::new(western, month, day).map_err(|_| NoDate::NoSuchDay)?;
    match era {
        Some((name, _, first)) if date < first || year == 0 => Err(NoDate::BeforeEra(name, first)),
        _ => Ok(date),
    }
}

#[cfg(test)]
mod tests {
    use jiff::{ToSpan, civil::date};

    use super::*;

    fn boxes<'a>(era: &'a str, year: &'a str, month: &'a str, day: &'a str) -> Written<'a> {
        Written { era, year, month, day }
    }

    fn whole(text: &str) -> Result<Option<Date>, NoDate> {
        read(boxes(WESTERN, text, "", ""))
    }

    #[test]
    fn dates_are_read_however_they_are_written() {
        let expected = Ok(Some(date(2026, 4, 1)));
        assert_eq!(read(boxes("令和", "8", "4", "1")), expected);
        assert_eq!(read(boxes("令和", "８", "０４", " １ ")), expected);
        assert_eq!(read(boxes(WESTERN, "2026", "4", "1")), expected);
        assert_eq!(read(boxes("", "2026年", "4月", "1日")), expected);
        assert_eq!(read(boxes("昭和", "2026", "4", "1")), expected, "four digits are Western");
        for text in [
            "令和8年4月1日",
            "R8.4.1",
            "r8/4/1",
            "Ｒ８．４．１",
            "2026-04-01",
            "2026/4/1",
            "20260401",
        ] {
            assert_eq!(whole(text), expected, "{text}");
        }
        assert_eq!(read(boxes("令和", "8/4/1", "", "")), expected);
        assert_eq!(read(boxes(WESTERN, "", "", "")), Ok(None));
    }

    #[test]
    fn eras_begin_on_their_day_and_may_be_written_beyond_their_end() {
        assert_eq!(whole("令和元年5月1日"), Ok(Some(date(2019, 5, 1))));
        assert_eq!(whole("平成32年4月1日"), Ok(Some(date(2020, 4, 1))));
        assert_eq!(whole("昭和64年1月7日"), Ok(Some(date(1989, 1, 7))));
        assert!(matches!(whole("令和元年4月30日"), Err(NoDate::BeforeEra("令和", _))));
        assert!(matches!(whole("平成0年4月30日"), Err(NoDate::BeforeEra("平成", _))));
        assert_eq!(whole("明治5年12月2日"), Err(NoDate::OutOfRange));
    }

    #[test]
    fn what_is_no_date_is_said() {
        assert_eq!(read(boxes(WESTERN, "2026", "", "1")), Err(NoDate::Incomplete));
        assert_eq!(whole("2026"), Err(NoDate::Incomplete));
        assert_eq!(read(boxes(WESTERN, "8", "4", "1")), Err(NoDate::ShortYear));
        assert_eq!(read(boxes(WESTERN, "2026", "2", "29")), Err(NoDate::NoSuchDay));
        assert_eq!(read(boxes(WESTERN, "2026", "999", "1")), Err(NoDate::NoSuchDay));
        assert_eq!(read(boxes(WESTERN, "春", "4", "1")), Err(NoDate::NotANumber));
        assert_eq!(read(boxes(WESTERN, "2026", "-4", "1")), Err(NoDate::NotANumber));
        assert_eq!(whole("9999-01-01"), Err(NoDate::OutOfRange));
        assert_eq!(
            NoDate::Incomplete.about("入院日"),
            "「入院日」は年・月・日をすべて入力してください。"
        );
    }

    #[test]
    fn every_printed_day_is_read_back() {
        let mut day = date(1873, 1, 1);
        while day < date(2101, 1, 1) {
            assert_eq!(whole(&wareki(day)), Ok(Some(day)));
            assert_eq!(whole(&day.to_string()), Ok(Some(day)));
            day = day.checked_add(1.day()).expect("the calendar goes on");
        }
    }
}
