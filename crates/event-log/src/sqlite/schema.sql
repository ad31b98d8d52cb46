-- The log. Nothing in it is ever updated or deleted, and the triggers below see to it.
-- Positions and numbers are written explicitly, so a transaction that fails leaves no gap.

CREATE TABLE IF NOT EXISTS stream (
    stream_no INTEGER NOT NULL PRIMARY KEY,
    category  TEXT NOT NULL,
    key       TEXT NOT NULL,
    UNIQUE (category, key)
) STRICT;

-- A request is recorded together with its first event, and only then.
CREATE TABLE IF NOT EXISTS append_request (
    request_no     INTEGER NOT NULL PRIMARY KEY,
    producer       TEXT NOT NULL,
    request_id     BLOB NOT NULL,
    digest         BLOB NOT NULL,
    first_position INTEGER NOT NULL,
    last_position  INTEGER NOT NULL,
    UNIQUE (request_id, producer)
) STRICT;

CREATE TABLE IF NOT EXISTS event (
    position       INTEGER NOT NULL PRIMARY KEY,
    stream_no      INTEGER NOT NULL,
    version        INTEGER NOT NULL,
    type_no        INTEGER NOT NULL,
    event_id       BLOB NOT NULL,
    request_no     INTEGER NOT NULL,
    case_id        BLOB,
    agency         TEXT NOT NULL,
    staff          TEXT NOT NULL,
    on_behalf_of   TEXT,
    correlation_id BLOB NOT NULL,
    causation_id   BLOB,
    occurred_on    TEXT NOT NULL,
    recorded_at    INTEGER NOT NULL, -- microseconds since 1970
    body           BLOB NOT NULL,
    sealed         BLOB NOT NULL,
    content_hash   BLOB NOT NULL,
    chain_hash     BLOB NOT NULL,
    UNIQUE (stream_no, version)
) STRICT;

CREATE TRIGGER IF NOT EXISTS stream_no_update BEFORE UPDATE ON stream
BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
CREATE TRIGGER IF NOT EXISTS stream_no_delete BEFORE DELETE ON stream
BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
CREATE TRIGGER IF NOT EXISTS append_request_no_update BEFORE UPDATE ON append_request
BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
CREATE TRIGGER IF NOT EXISTS append_request_no_delete BEFORE DELETE ON append_request
BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
CREATE TRIGGER IF NOT EXISTS event_no_update BEFORE UPDATE ON event
BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
CREATE TRIGGER IF NOT EXISTS event_no_delete BEFORE DELETE ON event
BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;

-- INSERT OR REPLACE deletes what it replaces without asking the triggers above.
CREATE TRIGGER IF NOT EXISTS stream_no_replace BEFORE INSERT ON stream
WHEN EXISTS (SELECT 1 FROM stream WHERE stream_no = NEW.stream_no)
  OR EXISTS (SELECT 1 FROM stream WHERE category = NEW.category AND key = NEW.key)
BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
CREATE TRIGGER IF NOT EXISTS append_request_no_replace BEFORE INSERT ON append_request
WHEN EXISTS (SELECT 1 FROM append_request WHERE request_no = NEW.request_no)
  OR EXISTS (SELECT 1 FROM append_request
             WHERE producer = NEW.producer AND request_id = NEW.request_id)
BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
CREATE TRIGGER IF NOT EXISTS event_no_replace BEFORE INSERT ON event
WHEN EXISTS (SELECT 1 FROM event WHERE position = NEW.position)
  OR EXISTS (SELECT 1 FROM event WHERE stream_no = NEW.stream_no AND version = NEW.version)
BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
