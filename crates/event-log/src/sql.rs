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

/// The first position for which not exactly one request accounts: an event outside the range of
/// its request; a request that begins before an earlier one has ended, or covers nothing; a
/// request that goes on after the last event. No row: the two tables fit. Numbers are only
/// compared, since a sum could leave their range once they were altered.
pub(crate) const REQUESTS_MISFIT: &str = "SELECT MIN(position) AS position FROM ( \
     SELECT event.position FROM event \
     LEFT JOIN append_request AS request ON request.request_no = event.request_no \
     WHERE request.request_no IS NULL \
     OR event.position NOT BETWEEN request.first_position AND request.last_position \
     UNION ALL \
     SELECT first_position FROM ( \
     SELECT first_position, last_position, MAX(last_position) OVER ( \
     ORDER BY first_position, request_no ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before \
     FROM append_request) AS request \
     WHERE first_position <= COALESCE(before, 0) OR last_position < first_position \
     UNION ALL \
     SELECT head + 1 FROM (SELECT COALESCE(MAX(position), 0) AS head FROM event) AS tail \
     WHERE EXISTS (SELECT 1 FROM append_request WHERE last_position > head) \
     ) AS misfit HAVING MIN(position) IS NOT NULL";
