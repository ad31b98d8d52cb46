-- Who saw whom, by the record of reads. Every row can be computed from that log again.

PRAGMA user_version = 1;

CREATE TABLE checkpoint (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    -- The last position that was taken in, and its link of the log's hash chain.
    position INTEGER NOT NULL,
    chain_hash BLOB NOT NULL
) STRICT;

INSERT INTO checkpoint (one, position, chain_hash) VALUES (1, 0, x'');

-- One answer to one reader about one person.
CREATE TABLE access (
    position INTEGER PRIMARY KEY,
    -- Whom it was about; when it was refused, what was asked for.
    person_id TEXT NOT NULL,
    agency TEXT NOT NULL,
    staff TEXT NOT NULL,
    -- In microseconds since 1970.
    recorded_at INTEGER NOT NULL,
    -- Numbers, as the record has them.
    door INTEGER NOT NULL,
    purpose INTEGER NOT NULL,
    purpose_id TEXT NOT NULL,
    outcome INTEGER NOT NULL,
    -- How many events were shown, and of how many of them something personal was opened.
    shown INTEGER NOT NULL,
    opened INTEGER NOT NULL,
    -- The numbers of the types of these events, as a JSON array.
    types TEXT NOT NULL
) STRICT;

CREATE INDEX access_to_person ON access (person_id, position);
CREATE INDEX access_by_staff ON access (agency, staff, position);
CREATE INDEX access_by_agency ON access (agency, position);
