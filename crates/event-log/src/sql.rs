//! The statements that both databases understand alike. Writing is where they differ.

/// Selects whole events, their columns in the order in which `rows` reads them; the rest of the
/// statement says which.
macro_rules! select_events {
    ($which:literal) => {
        concat!(
            "SELECT event.position, stream.category, stream.key, event.version, event.type_no, ",
            "event.event_id, event.case_id, event.agency, event.staff, event.on_behalf_of, ",
            "event.correlation_id, event.causation_id, event.occurred_on, event.recorded_at, ",
            "event.body, event.sealed, event.content_hash, event.chain_hash ",
            "FROM event JOIN stream ON stream.stream_no = event.stream_no ",
            $which
        )
    };
}
pub(crate) use select_events;

pub(crate) const PAGE: &str =
    select_events!("WHERE event.position > $1 ORDER BY event.position LIMIT $2");

pub(crate) const PAGE_OF_STREAM: &str = select_events!(
    "WHERE stream.category = $1 AND stream.key = $2 AND event.version > $3 \
     ORDER BY event.version LIMIT $4"
);

/// How far the log goes after a position, looking at so many positions, and how many lie there.
pub(crate) const STRETCH: &str = "SELECT COUNT(*) AS count, COALESCE(MAX(position), 0) AS last \
     FROM (SELECT position FROM event WHERE position > $1 ORDER BY position LIMIT $2) AS stretch";

/// Events from a position on, as far as they move their streams.
pub(crate) const MOVES_FROM: &str = "SELECT event.position, event.stream_no, event.version, \
     event.chain_hash, stream.category, stream.key \
     FROM event JOIN stream ON stream.stream_no = event.stream_no \
     WHERE event.position >= $1 ORDER BY event.position LIMIT $2";

pub(crate) const REQUESTS_AFTER: &str = "SELECT request_no, producer, request_id \
     FROM append_request WHERE request_no > $1 ORDER BY request_no LIMIT $2";

pub(crate) const HEAD: &str = "SELECT COALESCE(MAX(position), 0) AS head FROM event";

pub(crate) const RECORDED_AT: &str = "SELECT recorded_at FROM event WHERE position = $1";

pub(crate) const KNOWN_REQUEST: &str = "SELECT digest, first_position, last_position \
     FROM append_request WHERE producer = $1 AND request_id = $2";

/// The end of the log, as the writer needs it. No row: the log is empty.
pub(crate) const TAIL: &str = "SELECT position, chain_hash, recorded_at, request_no, \
     (SELECT COALESCE(MAX(stream_no), 0) FROM stream) AS stream_no \
     FROM event ORDER BY position DESC LIMIT 1";
