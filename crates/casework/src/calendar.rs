//! Dates as Japan counts them: today in Asia/Tokyo, fiscal years, eras.

use jiff::{
    Timestamp, ToSpan,
    civil::Date,
    tz::{Offset, TimeZone},
};

/// Japan has had no summer time since 1951, so its offset is a constant.
const TOKYO: Offset = Offset::constant(9);

/// The date in Asia/Tokyo at this moment.
pub fn today(now: Timestamp) -> Date {
    now.to_zoned(TimeZone::fixed(TOKYO)).date()
}

/// The moment at which the next day begins in Asia/Tokyo; the end of the calendar on its last day.
pub fn end_of_day(day: Date) -> Timestamp {
    let tomorrow = day.tomorrow().and_then(|next| next.to_zoned(TimeZone::fixed(TOKYO)));
    tomorrow.map_or(Timestamp::MAX, |midnight| midnight.timestamp())
}

/// Whole days from one date to another; negative when the second is earlier.
pub fn days_between(from: Date, to: Date) -> i64 {
    i64::from(from.until(to).map_or(0, |span| span.get_days()))
}

/// The date this many days later; none beyond the calendar.
pub(crate) fn days_after(date: Date, days: u32) -> Option<Date> {
    date.checked_add(i64::from(days).days()).ok()
}

/// A fiscal year (年度): 1 April to 31 March.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct FiscalYear(i16);

impl FiscalYear {
    /// The fiscal year that begins in this calendar year; none outside 1873–9998.
    pub fn beginning_in(year: i16) -> Option<Self> {
        (1873..=9998).contains(&year).then_some(Self(year))
    }

    /// The fiscal year that holds this date.
    pub fn of(date: Date) -> Self {
        Self(if date.month() >= 4 { date.year() } else { date.year() - 1 })
    }

    /// The calendar year in which it begins.
    pub fn year(self) -> i16 {
        self.0
    }

    /// 1 April.
    pub fn first_day(self) -> Date {
        Date::constant(self.0, 4, 1)
    }

    /// 31 March of the next year.
    pub fn last_day(self) -> Date {
        Date::constant(self.0 + 1, 3, 31)
    }

    /// Whether the date lies in it.
    pub fn contains(self, date: Date) -> bool {
        (self.first_day()..=self.last_day()).contains(&date)
    }

    /// 令和7年度
    pub fn label(self) -> String {
        let (era, year) = era_of(self.first_day());
        format!("{era}{}年度", year_in_words(year))
    }
}

/// 令和7年4月1日, and the Western date before 1873, when Japan took over the Gregorian calendar.
pub fn wareki(date: Date) -> String {
    if date.year() < 1873 {
        return format!("西暦{}年{}月{}日", date.year(), date.month(), date.day());
    }
    let (era, year) = era_of(date);
    format!("{era}{}年{}月{}日", year_in_words(year), date.month(), date.day())
}

/// The first day of each era, the latest first. 明治 is counted from 1868.
const ERAS: [(&str, Date); 5] = [
    ("令和", Date::constant(2019, 5, 1)),
    ("平成", Date::constant(1989, 1, 8)),
    ("昭和", Date::constant(1926, 12, 25)),
    ("大正", Date::constant(1912, 7, 30)),
    ("明治", Date::constant(1868, 1, 1)),
];

fn era_of(date: Date) -> (&'static str, i16) {
    let (name, first_day) =
        ERAS.into_iter().find(|(_, first_day)| date >= *first_day).unwrap_or(ERAS[4]);
    (name, date.year() - first_day.year() + 1)
}

fn year_in_words(year: i16) -> String {
    if year == 1 { "元".to_owned() } else { year.to_string() }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn tokyo_is_nine_hours_ahead() {
        let evening: Timestamp = "2026-03-31T14:59:59Z".parse().unwrap();
        let midnight: Timestamp = "2026-03-31T15:00:00Z".parse().unwrap();
        assert_eq!(today(evening), date(2026, 3, 31));
        assert_eq!(today(midnight), date(2026, 4, 1));
    }

    #[test]
    fn a_fiscal_year_begins_in_april() {
        let year = FiscalYear::of(date(2026, 3, 31));
        assert_eq!(year.year(), 2025);
        assert_eq!(FiscalYear::of(date(2026, 4, 1)).year(), 2026);
        assert!(year.contains(date(2025, 4, 1)) && year.contains(date(2026, 3, 31)));
        assert!(!year.contains(date(2025, 3, 31)) && !year.contains(date(2026, 4, 1)));
        assert_eq!(year.label(), "令和7年度");
        assert_eq!(FiscalYear::beginning_in(2019).unwrap().label(), "平成31年度");
    }

    #[test]
    fn eras_change_on_their_day() {
        assert_eq!(wareki(date(2019, 4, 30)), "平成31年4月30日");
        assert_eq!(wareki(date(2019, 5, 1)), "令和元年5月1日");
        assert_eq!(wareki(date(1989, 1, 7)), "昭和64年1月7日");
        assert_eq!(wareki(date(1926, 12, 24)), "大正15年12月24日");
        assert_eq!(wareki(date(1912, 7, 29)), "明治45年7月29日");
    }

    #[test]
    fn days_are_counted_across_years() {
        assert_eq!(days_between(date(2025, 5, 8), date(2025, 11, 4)), 180);
        assert_eq!(days_between(date(2021, 9, 6), date(2025, 11, 4)), 1520);
        assert_eq!(days_between(date(2025, 1, 2), date(2025, 1, 1)), -1);
    }
}
