//! Where the person lived, by the days from which it held: what is recorded late about earlier days
//! changes nothing about today.

use jiff::civil::Date;

/// The wards of residence.
#[derive(Debug, Clone, Default)]
pub struct Residence(Vec<(Date, String)>);

impl Residence {
    /// From this day the person is known to live in this ward. Of two on one day the one noted later
    /// holds.
    pub(super) fn note(&mut self, since: Date, ward: &str) {
        if !ward.is_empty() {
            let at = self.0.partition_point(|(day, _)| *day <= since);
            self.0.insert(at, (since, ward.to_owned()));
        }
    }

    /// The ward on this day; before the first that is known, the first.
    pub fn on(&self, day: Date) -> Option<&str> {
        let known = self.0.iter().rev().find(|(since, _)| *since <= day);
        known.or(self.0.first()).map(|(_, ward)| ward.as_str())
    }

    /// The latest ward.
    pub fn latest(&self) -> Option<&str> {
        self.0.last().map(|(_, ward)| ward.as_str())
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn days_count_and_not_the_order_of_recording() {
        let mut residence = Residence::default();
        assert_eq!((residence.on(date(2025, 4, 1)), residence.latest()), (None, None));
        residence.note(date(2025, 4, 1), "14107");
        residence.note(date(2019, 1, 1), "14101");
        residence.note(date(2018, 1, 1), "");
        assert_eq!(residence.latest(), Some("14107"));
        let on =
            [date(2017, 1, 1), date(2025, 3, 31), date(2025, 4, 1)].map(|day| residence.on(day));
        assert_eq!(on, [Some("14101"), Some("14101"), Some("14107")]);
        residence.note(date(2025, 4, 1), "14109");
        assert_eq!(residence.latest(), Some("14109"));
    }
}
