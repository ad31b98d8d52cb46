-- What this gateway knows of the log. Every row can be computed from the log again.

PRAGMA user_version = 1;

CREATE TABLE checkpoint (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    -- The last position that was taken in, and its link of the log's hash chain: it tells whether
    -- this file was made from this log.
    position INTEGER NOT NULL,
    chain_hash BLOB NOT NULL,
    -- How many events of persons this version could not read.
    unreadable INTEGER NOT NULL
) STRICT;

INSERT INTO checkpoint (one, position, chain_hash, unreadable) VALUES (1, 0, x'', 0);

-- One row for each event in a person's stream. What is sealed stays sealed.
CREATE TABLE history (
    position INTEGER PRIMARY KEY,
    person_id TEXT NOT NULL,
    version INTEGER NOT NULL,
    event_id TEXT NOT NULL,
    type_no INTEGER NOT NULL,
    case_id TEXT,
    agency TEXT NOT NULL,
    staff TEXT NOT NULL,
    on_behalf_of TEXT,
    occurred_on TEXT NOT NULL,
    recorded_at INTEGER NOT NULL,
    body BLOB NOT NULL,
    sealed BLOB NOT NULL,
    flags TEXT NOT NULL
) STRICT;

CREATE INDEX history_of_person ON history (person_id, position);
-- Whose course belongs to a fiscal year.
CREATE INDEX history_by_kind ON history (type_no, occurred_on, person_id);

CREATE TABLE case_index (
    case_id TEXT PRIMARY KEY,
    person_id TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- The day for which a person's work items were computed last: some come with the calendar.
CREATE TABLE person (
    person_id TEXT PRIMARY KEY,
    worked_on TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX person_by_day ON person (worked_on);

-- What waits for whom, in the order in which it is shown.
CREATE TABLE work_item (
    agency TEXT NOT NULL,
    since TEXT NOT NULL,
    person_id TEXT NOT NULL,
    ordinal INTEGER NOT NULL,
    case_id TEXT,
    kind TEXT NOT NULL,
    PRIMARY KEY (agency, since, person_id, ordinal)
) STRICT, WITHOUT ROWID;

CREATE INDEX work_of_person ON work_item (person_id);
