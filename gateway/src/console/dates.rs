//! Dates as the console reads and prints them. Every printed date shows the era and the Western
//! year.

use casework::wareki;
pub(crate) use casework::written_date::{Written, digits, era_names, read};
use jiff::{
    Timestamp,
    civil::Date,
    tz::{Offset, TimeZone},
};

/// 令和8年4月1日（2026年）
pub(crate) fn both(date: Date) -> String {
    format!("{}（{}年）", wareki(date), date.year())
}

/// An ISO date from the log as [`both`]; what is no date stays as it is.
pub(crate) fn both_of_iso(text: &str) -> String {
    text.parse().map_or_else(|_| text.to_owned(), both)
}

/// 2026年4月, from 2026-04. A month can lie in two eras, so none is named.
pub(crate) fn month_of_iso(text: &str) -> String {
    let parts = text
        .split_once('-')
        .and_then(|(year, month)| Some(format!("{year}年{}月", month.parse::<u8>().ok()?)));
    parts.unwrap_or_else(|| text.to_owned())
}

/// 令和8年4月1日 9:05, in Asia/Tokyo.
pub(crate) fn moment(moment: Timestamp) -> String {
    let local = moment.to_zoned(TimeZone::fixed(Offset::constant(9)));
    format!("{} {}:{:02}", wareki(local.date()), local.hour(), local.minute())
}

/// How long ago, in words: 今日, 昨日, 12日前, 約3か月前.
pub(crate) fn ago(days: i64) -> String {
    match days {
        ..=0 => "今日".to_owned(),
        1 => "昨日".to_owned(),
        2..=60 => format!("{days}日前"),
        61..=729 => format!("約{}か月前", days / 30),
        _ => format!("約{}年前", days / 365),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn times_are_those_of_tokyo() {
        assert_eq!(moment("2026-03-31T15:05:00Z".parse().expect("a time")), "令和8年4月1日 0:05");
        assert_eq!(month_of_iso("1967-03"), "1967年3月");
        assert_eq!(both_of_iso("x"), "x");
        assert_eq!(both(date(2020, 4, 1)), "令和2年4月1日（2020年）");
        let words: Vec<_> = [0, 1, 12, 90, 800].map(ago).into();
        assert_eq!(words, ["今日", "昨日", "12日前", "約3か月前", "約2年前"]);
    }
}
