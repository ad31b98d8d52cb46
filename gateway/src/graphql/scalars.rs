//! Dates and times.

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value};
use jiff::{Timestamp, civil::Date};

/// A day in Asia/Tokyo, ISO 8601: `2026-04-01`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Day(pub(crate) Date);

/// A moment, RFC 3339: `2026-04-01T09:00:00Z`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Moment(pub(crate) Timestamp);

/// A day in Asia/Tokyo, ISO 8601: `2026-04-01`.
#[Scalar(name = "Date")]
impl ScalarType for Day {
    fn parse(value: Value) -> InputValueResult<Self> {
        let Value::String(text) = &value else { return Err(InputValueError::expected_type(value)) };
        // The parser also takes longer forms and would leave the rest of them out.
        let day = text.parse().ok().filter(|day: &Date| day.to_string() == *text);
        day.map(Self).ok_or_else(|| InputValueError::custom("a date is written 2026-04-01"))
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

/// A moment, RFC 3339: `2026-04-01T09:00:00Z`.
#[Scalar(name = "DateTime")]
impl ScalarType for Moment {
    fn parse(value: Value) -> InputValueResult<Self> {
        let Value::String(text) = &value else { return Err(InputValueError::expected_type(value)) };
        let moment = text.parse().map(Self);
        moment.map_err(|_| InputValueError::custom("a time is written 2026-04-01T09:00:00+09:00"))
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}
