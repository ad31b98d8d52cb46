-- What this gateway knows of the log. Every row can be computed from the log again.

PRAGMA user_version = 6;

CREATE TABLE checkpoint (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    -- The last position that was taken in, and its link of the log's hash chain: it tells whether
    -- this file was made from this log.
    position INTEGER NOT NULL,
    chain_hash BLOB NOT NULL
) STRICT;

INSERT INTO checkpoint (one, position, chain_hash) VALUES (1, 0, x'');

-- Pieces of the persons' streams, each with some events of one person as `packed.rs` writes them.
-- Pieces are named by the position of their first event; put together in that order they are the
-- whole stream. What is sealed stays sealed.
CREATE TABLE history (
    first_position INTEGER PRIMARY KEY,
    person_id TEXT NOT NULL,
    events BLOB NOT NULL
) STRICT;

CREATE INDEX history_of_person ON history (person_id, first_position);

CREATE TABLE person (
    person_id TEXT PRIMARY KEY,
    last_position INTEGER NOT NULL,
    -- Pieces written since some were last joined into one.
    loose_pieces INTEGER NOT NULL,
    -- The day for which the work items were computed last, as some come with the calendar; empty
    -- when the history has grown since.
    worked_on TEXT NOT NULL,
    -- The first event that this version cannot read or take in. The history is kept all the same.
    parked_at INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX person_by_day ON person (worked_on);
-- Whose latest pieces are to be joined.
CREATE INDEX person_loose ON person (loose_pieces) WHERE loose_pieces > 16;
CREATE INDEX person_parked ON person (parked_at) WHERE parked_at IS NOT NULL;

-- Persons whose streams a merge has brought together at some time, each way round. Whose an event
-- is, the events themselves say.
CREATE TABLE kinship (
    person_id TEXT NOT NULL,
    other_id TEXT NOT NULL,
    PRIMARY KEY (person_id, other_id)
) STRICT, WITHOUT ROWID;

-- The agencies that a person's stream names in any way. Whoever is not among them sees nothing of the
-- person, whatever the rules say of the others.
CREATE TABLE mentioned (
    person_id TEXT NOT NULL,
    agency TEXT NOT NULL,
    PRIMARY KEY (person_id, agency)
) STRICT, WITHOUT ROWID;

-- In whose stream a case began.
CREATE TABLE case_index (
    case_id TEXT PRIMARY KEY,
    person_id TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Whose course belongs to a fiscal year.
CREATE TABLE person_of_year (
    fiscal_year INTEGER NOT NULL,
    person_id TEXT NOT NULL,
    PRIMARY KEY (fiscal_year, person_id)
) STRICT, WITHOUT ROWID;

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

-- What lies in no person's stream: what agencies record about their own work, providers, inquiries.
CREATE TABLE record (
    position INTEGER PRIMARY KEY,
    category TEXT NOT NULL,
    -- Which agency or resource of that category.
    subject TEXT NOT NULL,
    agency TEXT NOT NULL,
    type_no INTEGER NOT NULL,
    -- As `packed.rs` writes it. What is sealed stays sealed.
    event BLOB NOT NULL
) STRICT;

CREATE INDEX record_of_subject ON record (subject, position);
CREATE INDEX record_of_type ON record (type_no, position);
