//! Rows of either database as values of this crate.
//!
//! Databases count in signed numbers and know no UUID, date or hash that both would spell alike;
//! so ids and hashes lie there as bytes, days as text, times as microseconds. What does not fit
//! was not written by this crate, and is named by its position.

use jiff::Timestamp;
use sqlx::{ColumnIndex, Database, Decode, Row, Type};
use uuid::Uuid;

use crate::append::KnownRequest;
use crate::error::LogError;
use crate::event::{StoredEvent, StreamKey};
use crate::store::{StreamState, Tail};

/// Positions, versions and numbers are counted from 0 by this crate and never come near 2^63.
pub(crate) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A type that this database reads.
pub(crate) trait Readable<'r, D: Database>: Decode<'r, D> + Type<D> {}
impl<'r, D: Database, T: Decode<'r, D> + Type<D>> Readable<'r, D> for T {}

/// A row, and the position that an error about it names.
struct Reading<'r, R> {
    row: &'r R,
    position: u64,
}

impl<'r, R: Row> Reading<'r, R>
where
    &'static str: ColumnIndex<R>,
    i64: Readable<'r, R::Database>,
    Vec<u8>: Readable<'r, R::Database>,
    String: Readable<'r, R::Database>,
{
    fn new(row: &'r R) -> Self {
        Self { row, position: 0 }
    }

    fn malformed(&self, column: &'static str) -> LogError {
        LogError::Malformed { position: self.position, column }
    }

    fn get<T: Readable<'r, R::Database>>(&self, column: &'static str) -> Result<T, LogError> {
        self.row.try_get(column).map_err(|_| self.malformed(column))
    }

    fn number(&self, column: &'static str) -> Result<u64, LogError> {
        u64::try_from(self.get::<i64>(column)?).map_err(|_| self.malformed(column))
    }

    fn hash(&self, column: &'static str) -> Result<[u8; 32], LogError> {
        let bytes: Vec<u8> = self.get(column)?;
        bytes.try_into().map_err(|_| self.malformed(column))
    }

    fn id(&self, column: &'static str) -> Result<Uuid, LogError> {
        let bytes: Vec<u8> = self.get(column)?;
        Uuid::from_slice(&bytes).map_err(|_| self.malformed(column))
    }

    fn optional_id(&self, column: &'static str) -> Result<Option<Uuid>, LogError> {
        let bytes: Option<Vec<u8>> = self.get(column)?;
        let id = bytes.map(|bytes| Uuid::from_slice(&bytes)).transpose();
        id.map_err(|_| self.malformed(column))
    }

    fn event(mut self) -> Result<StoredEvent, LogError> {
        self.position = self.number("position")?;
        Ok(StoredEvent {
            position: self.position,
            stream: StreamKey { category: self.get("category")?, key: self.get("key")? },
            version: self.number("version")?,
            event_id: self.id("event_id")?,
            type_no: self.type_no()?,
            case_id: self.optional_id("case_id")?,
            agency: self.get("agency")?,
            staff: self.get("staff")?,
            on_behalf_of: self.get("on_behalf_of")?,
            correlation_id: self.id("correlation_id")?,
            causation_id: self.optional_id("causation_id")?,
            occurred_on: self.occurred_on()?,
            recorded_at: self.recorded_at()?,
            body: self.get("body")?,
            sealed: self.get("sealed")?,
            content_hash: self.hash("content_hash")?,
            chain_hash: self.hash("chain_hash")?,
        })
    }

    fn type_no(&self) -> Result<u32, LogError> {
        u32::try_from(self.number("type_no")?).map_err(|_| self.malformed("type_no"))
    }

    /// A day has one spelling here. jiff reads others as well, such as one with a time of day; if
    /// they passed, a column could be altered without altering the hash.
    fn occurred_on(&self) -> Result<jiff::civil::Date, LogError> {
        let text: String = self.get("occurred_on")?;
        let day = text.parse::<jiff::civil::Date>().ok();
        let day = day.filter(|day| is_usual_spelling(&text) || day.to_string() == text);
        day.ok_or_else(|| self.malformed("occurred_on"))
    }

    fn recorded_at(&self) -> Result<Timestamp, LogError> {
        let microseconds = self.get("recorded_at")?;
        Timestamp::from_microsecond(microseconds).map_err(|_| self.malformed("recorded_at"))
    }
}

/// `2026-04-01`: this shape has no second spelling.
fn is_usual_spelling(day: &str) -> bool {
    matches!(day.as_bytes(), [_, _, _, _, b'-', _, _, b'-', _, _])
}

/// Writes one decoding function for both kinds of rows, so that no caller repeats the bounds.
macro_rules! decode {
    ($(#[$doc:meta])* $name:ident($reading:ident) -> $answer:ty $body:block) => {
        $(#[$doc])*
        pub(crate) fn $name<'r, R: Row>(row: &'r R) -> Result<$answer, LogError>
        where
            &'static str: ColumnIndex<R>,
            i64: Readable<'r, R::Database>,
            Vec<u8>: Readable<'r, R::Database>,
            String: Readable<'r, R::Database>,
        {
            let $reading = Reading::new(row);
            $body
        }
    };
}

decode!(stored_event(row) -> StoredEvent { row.event() });

decode!(known_request(row) -> KnownRequest {
    Ok(KnownRequest {
        digest: row.hash("digest")?,
        first_position: row.number("first_position")?,
        last_position: row.number("last_position")?,
    })
});

decode!(head(row) -> u64 { row.number("head") });

decode!(
    /// A row that was pushed in before the first position counts as position 0.
    misfit(row) -> u64 {
        let position: i64 = row.get("position")?;
        Ok(u64::try_from(position).unwrap_or(0))
    }
);

decode!(recorded_at(row) -> i64 { row.get("recorded_at") });

decode!(tail(row) -> Tail {
    Ok(Tail {
        position: row.number("position")?,
        chain_hash: row.hash("chain_hash")?,
        recorded_at: row.get("recorded_at")?,
        request_no: row.number("request_no")?,
        stream_no: row.number("stream_no")?,
    })
});

decode!(
    /// An answer to an array lookup: the index into the array, and where the stream stands.
    stream_state(row) -> (usize, StreamState) {
        let state = StreamState {
            stream_no: row.number("stream_no")?,
            version: row.number("version")?,
            position: row.number("position")?,
        };
        Ok((index(row.number("wanted_index")?), state))
    }
);

decode!(
    /// An answer to an array lookup: the index into the array, and what is known.
    indexed_request(row) -> (usize, KnownRequest) {
        Ok((index(row.number("wanted_index")?), known_request(row.row)?))
    }
);

/// The database counts through an array that lies in memory.
fn index(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
