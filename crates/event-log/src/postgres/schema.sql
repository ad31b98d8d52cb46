-- The log. Nothing in it is ever updated or deleted, and the triggers below see to it.
-- Positions and numbers are written explicitly under the lock of the log, never by a sequence:
-- a sequence hands out numbers before the commit, and a reader would skip what commits late.

CREATE TABLE stream (
    stream_no BIGINT NOT NULL PRIMARY KEY,
    category  TEXT NOT NULL,
    key       TEXT NOT NULL,
    UNIQUE (category, key)
);

-- A request is recorded together with its first event, and only then.
CREATE TABLE append_request (
    request_no     BIGINT NOT NULL PRIMARY KEY,
    producer       TEXT NOT NULL,
    request_id     BYTEA NOT NULL,
    digest         BYTEA NOT NULL,
    first_position BIGINT NOT NULL,
    last_position  BIGINT NOT NULL,
    UNIQUE (request_id, producer)
);

CREATE TABLE event (
    position       BIGINT NOT NULL PRIMARY KEY,
    stream_no      BIGINT NOT NULL,
    version        BIGINT NOT NULL,
    type_no        BIGINT NOT NULL,
    event_id       BYTEA NOT NULL,
    request_no     BIGINT NOT NULL,
    case_id        BYTEA,
    agency         TEXT NOT NULL,
    staff          TEXT NOT NULL,
    on_behalf_of   TEXT,
    correlation_id BYTEA NOT NULL,
    causation_id   BYTEA,
    occurred_on    TEXT NOT NULL,
    recorded_at    BIGINT NOT NULL, -- microseconds since 1970
    body           BYTEA NOT NULL,
    sealed         BYTEA NOT NULL,
    content_hash   BYTEA NOT NULL,
    chain_hash     BYTEA NOT NULL,
    UNIQUE (stream_no, version)
);

CREATE FUNCTION log_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the log is append-only';
END
$$;

CREATE TRIGGER stream_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON stream
FOR EACH STATEMENT EXECUTE FUNCTION log_is_append_only();
CREATE TRIGGER append_request_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON append_request
FOR EACH STATEMENT EXECUTE FUNCTION log_is_append_only();
CREATE TRIGGER event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON event
FOR EACH STATEMENT EXECUTE FUNCTION log_is_append_only();
