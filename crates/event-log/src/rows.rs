//! Rows of either database as values of this crate.
//!
//! Databases count in signed numbers and know no UUID, date or hash that both would spell alike;
//! so ids and hashes lie there as bytes, days as text, times as microseconds. What does not fit
//! was not written by this crate, and is named by its position.
//!
//! Columns are read by their place, which spares a look-up by name for each of an event's eighteen.

use jiff::Timestamp;
use sqlx::{ColumnIndex, Database, Decode, Row, Type};
use uuid::Uuid;

use crate::append::KnownRequest;
use crate::error::LogError;
use crate::event::{StoredEvent, StreamKey};
use crate::store::{Move, StreamState, Stretch, Tail};

/// Positions, versions and numbers are counted from 0 by this crate and never come near 2^63.
pub(crate) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A type that this database reads.
pub(crate) trait Readable<'r, D: Database>: Decode<'r, D> + Type<D> {}
impl<'r, D: Database, T: Decode<'r, D> + Type<D>> Readable<'r, D> for T {}

/// A row being read from left to right, and the position that an error about it names.
struct Reading<'r, R> {
    row: &'r R,
    next: usize,
    position: u64,
}

impl<'r, R: Row> Reading<'r, R>
where
    usize: ColumnIndex<R>,
    i64: Readable<'r, R::Database>,
    &'r [u8]: Readable<'r, R::Database>,
    &'r str: Readable<'r, R::Database>,
{
    fn new(row: &'r R) -> Self {
        Self { row, next: 0, position: 0 }
    }

    fn malformed(&self, column: &'static str) -> LogError {
        LogError::Malformed { position: self.position, column }
    }

    /// The next column; its name is for the error.
    fn get<T: Readable<'r, R::Database>>(&mut self, column: &'static str) -> Result<T, LogError> {
        let index = self.next;
        self.next += 1;
        self.row.try_get(index).map_err(|_| self.malformed(column))
    }

    fn number(&mut self, column: &'static str) -> Result<u64, LogError> {
        u64::try_from(self.get::<i64>(column)?).map_err(|_| self.malformed(column))
    }

    fn text(&mut self, column: &'static str) -> Result<String, LogError> {
        Ok(self.get::<&str>(column)?.to_owned())
    }

    fn bytes(&mut self, column: &'static str) -> Result<Vec<u8>, LogError> {
        Ok(self.get::<&[u8]>(column)?.to_vec())
    }

    fn hash(&mut self, column: &'static str) -> Result<[u8; 32], LogError> {
        let bytes: &[u8] = self.get(column)?;
        bytes.try_into().map_err(|_| self.malformed(column))
    }

    fn id(&mut self, column: &'static str) -> Result<Uuid, LogError> {
        let bytes: &[u8] = self.get(column)?;
        Uuid::from_slice(bytes).map_err(|_| self.malformed(column))
    }

    fn optional_id(&mut self, column: &'static str) -> Result<Option<Uuid>, LogError> {
        let bytes: Option<&[u8]> = self.get(column)?;
        bytes.map(Uuid::from_slice).transpose().map_err(|_| self.malformed(column))
    }

    fn stream(&mut self) -> Result<StreamKey, LogError> {
        Ok(StreamKey { category: self.text("category")?, key: self.text("key")? })
    }

    /// In the order of `select_events!`.
    fn event(mut self) -> Result<StoredEvent, LogError> {
        self.position = self.number("position")?;
        Ok(StoredEvent {
            position: self.position,
            stream: self.stream()?,
            version: self.number("version")?,
            type_no: self.type_no()?,
            event_id: self.id("event_id")?,
            case_id: self.optional_id("case_id")?,
            agency: self.text("agency")?,
            staff: self.text("staff")?,
            on_behalf_of: self
                .get("on_behalf_of")
                .map(|text: Option<&str>| text.map(str::to_owned))?,
            correlation_id: self.id("correlation_id")?,
            causation_id: self.optional_id("causation_id")?,
            occurred_on: self.occurred_on()?,
            recorded_at: self.recorded_at()?,
            body: self.bytes("body")?,
            sealed: self.bytes("sealed")?,
            content_hash: self.hash("content_hash")?,
            chain_hash: self.hash("chain_hash")?,
        })
    }

    fn type_no(&mut self) -> Result<u32, LogError> {
        u32::try_from(self.number("type_no")?).map_err(|_| self.malformed("type_no"))
    }

    /// A day has one spelling here. jiff reads others as well, such as one with a time of day; if
    /// they passed, a column could be altered without altering the hash.
    fn occurred_on(&mut self) -> Result<jiff::civil::Date, LogError> {
        let text: &str = self.get("occurred_on")?;
        let day = text.parse::<jiff::civil::Date>().ok();
        let day = day.filter(|day| is_usual_spelling(text) || day.to_string() == text);
        day.ok_or_else(|| self.malformed("occurred_on"))
    }

    fn recorded_at(&mut self) -> Result<Timestamp, LogError> {
        let microseconds = self.get("recorded_at")?;
        Timestamp::from_microsecond(microseconds).map_err(|_| self.malformed("recorded_at"))
    }

    fn known_request(&mut self) -> Result<KnownRequest, LogError> {
        Ok(KnownRequest {
            digest: self.hash("digest")?,
            first_position: self.number("first_position")?,
            last_position: self.number("last_position")?,
        })
    }

    /// An array lookup tells for which entry of the array a row is; the array lies in memory.
    fn index(&mut self) -> Result<usize, LogError> {
        Ok(usize::try_from(self.number("wanted_index")?).unwrap_or(usize::MAX))
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
            usize: ColumnIndex<R>,
            i64: Readable<'r, R::Database>,
            &'r [u8]: Readable<'r, R::Database>,
            &'r str: Readable<'r, R::Database>,
        {
            #[allow(unused_mut, reason = "some are read as a whole")]
            let mut $reading = Reading::new(row);
            $body
        }
    };
}

decode!(stored_event(row) -> StoredEvent { row.event() });

decode!(known_request(row) -> KnownRequest { row.known_request() });

decode!(head(row) -> u64 { row.number("head") });

decode!(
    /// A row that was pushed in before the first position counts as position 0.
    misfit(row) -> u64 {
        let position: i64 = row.get("position")?;
        Ok(u64::try_from(position).unwrap_or(0))
    }
);

decode!(recorded_at(row) -> i64 { row.get("recorded_at") });

decode!(
    /// In the order of `sql::TAIL`.
    tail(row) -> Tail {
        Ok(Tail {
            position: row.number("position")?,
            chain_hash: row.hash("chain_hash")?,
            recorded_at: row.get("recorded_at")?,
            request_no: row.number("request_no")?,
            stream_no: row.number("stream_no")?,
        })
    }
);

decode!(
    /// In the order of `sql::STRETCH`.
    stretch(row) -> Stretch {
        Ok(Stretch { count: row.number("count")?, last: row.number("last")? })
    }
);

decode!(
    /// In the order of `sql::MOVES_FROM`.
    moved(row) -> Move {
        row.position = row.number("position")?;
        let state = StreamState {
            position: row.position,
            stream_no: row.number("stream_no")?,
            version: row.number("version")?,
        };
        Ok(Move { state, chain_hash: row.hash("chain_hash")?, stream: row.stream()? })
    }
);

decode!(
    /// In the order of `sql::REQUESTS_AFTER`.
    numbered_request(row) -> (u64, String, Uuid) {
        Ok((row.number("request_no")?, row.text("producer")?, row.id("request_id")?))
    }
);

decode!(
    /// An answer to an array lookup: the index into the array, and where the stream stands.
    stream_state(row) -> (usize, StreamState) {
        let index = row.index()?;
        let state = StreamState {
            stream_no: row.number("stream_no")?,
            version: row.number("version")?,
            position: row.number("position")?,
        };
        Ok((index, state))
    }
);

decode!(
    /// An answer to an array lookup: the index into the array, and what is known.
    indexed_request(row) -> (usize, KnownRequest) {
        Ok((row.index()?, row.known_request()?))
    }
);
