//! Moments and dates, as written and as they fall on the day of playing.

use jiff::{
    Timestamp, ToSpan,
    civil::{Date, Time},
    tz::{Offset, TimeZone},
};
use serde_json::Value;

/// Japan has had no summer time since 1951, so its offset is a constant.
const TOKYO: TimeZone = TimeZone::fixed(Offset::constant(9));

/// The date in Asia/Tokyo at this moment.
pub fn today(now: Timestamp) -> Date {
    now.to_zoned(TOKYO).date()
}

/// `2025-05-08T10:00` or `today-12T10:00`.
pub(crate) fn moment(text: &str, today: Date) -> Option<Timestamp> {
    let (day, time) = text.split_once('T')?;
    let time: Time = time.parse().ok()?;
    let day = relative(day, today).or_else(|| day.parse().ok())?;
    Some(day.to_datetime(time).to_zoned(TOKYO).ok()?.timestamp())
}

/// Puts dates in the place of `today`, `today-12` and `today+30`, however deep they lie.
pub(crate) fn expand(value: &mut Value, today: Date) {
    match value {
        Value::String(text) => {
            if let Some(date) = relative(text, today) {
                *text = date.to_string();
            }
        }
        Value::Array(values) => values.iter_mut().for_each(|value| expand(value, today)),
        Value::Object(fields) => fields.values_mut().for_each(|value| expand(value, today)),
        _ => {}
    }
}

fn relative(text: &str, today: Date) -> Option<Date> {
    let days = text.strip_prefix("today")?;
    if days.is_empty() {
        return Some(today);
    }
    let signed = days.starts_with(['+', '-']);
    let days: i32 = signed.then(|| days.parse().ok())??;
    today.checked_add(days.days()).ok()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use serde_json::json;

    use super::*;

    const TODAY: Date = Date::constant(2026, 3, 5);

    #[test]
    fn moments_are_told_in_tokyo() {
        let evening = moment("2025-05-08T10:00", TODAY).unwrap();
        assert_eq!(evening.to_string(), "2025-05-08T01:00:00Z");
        assert_eq!(moment("today-5T00:30", TODAY), moment("2026-02-28T00:30", TODAY));
        assert_eq!(today(moment("today-5T00:30", TODAY).unwrap()), date(2026, 2, 28));
    }

    #[test]
    fn what_is_no_moment_is_none() {
        for text in ["today", "2025-02-30T10:00", "today-xT10:00", "today5T10:00", "T10:00"] {
            assert_eq!(moment(text, TODAY), None, "{text}");
        }
    }

    #[test]
    fn dates_in_a_request_expand_wherever_they_stand() {
        let mut request = json!({ "on": "today", "plan": { "days": ["today+30", "today-365"] },
            "text": "today is fine", "today": "2025-01-01" });
        expand(&mut request, TODAY);
        let days = json!(["2026-04-04", "2025-03-05"]);
        assert_eq!(
            request,
            json!({ "on": "2026-03-05", "plan": { "days": days },
            "text": "today is fine", "today": "2025-01-01" })
        );
    }
}
