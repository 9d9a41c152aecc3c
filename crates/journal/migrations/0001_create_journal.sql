-- The one append-only table of a service: its history, what it publishes, the leaves of its tree.
CREATE TABLE journal (
    position    BIGINT PRIMARY KEY,
    event_id    TEXT   NOT NULL UNIQUE,
    subject     TEXT   NOT NULL,
    kind        TEXT   NOT NULL,
    correlation TEXT   NOT NULL,
    recorded_at BIGINT NOT NULL,
    envelope    BYTEA  NOT NULL
);
CREATE INDEX journal_by_subject ON journal (subject, position);
CREATE INDEX journal_by_correlation ON journal (correlation, position);

-- The one row whose lock gives positions in the order of commits.
CREATE TABLE journal_head (
    only_row    INTEGER PRIMARY KEY CHECK (only_row = 1),
    position    BIGINT  NOT NULL,
    recorded_at BIGINT  NOT NULL
);
INSERT INTO journal_head (only_row, position, recorded_at) VALUES (1, 0, 0);

-- How far this service has published, and heard each source. Moved by compare-and-set.
CREATE TABLE progress (
    name     TEXT   PRIMARY KEY,
    position BIGINT NOT NULL
);

-- Events that could not be applied, and those of the same subject behind them.
CREATE TABLE parked (
    source    TEXT   NOT NULL,
    position  BIGINT NOT NULL,
    subject   TEXT   NOT NULL,
    kind      TEXT   NOT NULL,
    envelope  BYTEA  NOT NULL,
    problem   TEXT   NOT NULL,
    parked_at BIGINT NOT NULL,
    PRIMARY KEY (source, position)
);
CREATE INDEX parked_by_subject ON parked (source, subject, position);

-- What time will do. One alarm for a thing and a kind.
CREATE TABLE alarm (
    thing  TEXT   NOT NULL,
    kind   TEXT   NOT NULL,
    due_at BIGINT NOT NULL,
    PRIMARY KEY (thing, kind)
);
CREATE INDEX alarm_by_due ON alarm (due_at, thing, kind);

-- What a caller was answered, so that asking twice is asking once.
CREATE TABLE remembered (
    caller     TEXT   NOT NULL,
    request_id TEXT   NOT NULL,
    digest     BYTEA  NOT NULL,
    answer     BYTEA,
    at         BIGINT NOT NULL,
    PRIMARY KEY (caller, request_id)
);
CREATE INDEX remembered_by_age ON remembered (at);

-- The complete subtrees of the Merkle tree over the journal.
CREATE TABLE tree_node (
    level INTEGER NOT NULL,
    place BIGINT  NOT NULL,
    hash  BYTEA   NOT NULL,
    PRIMARY KEY (level, place)
);

-- Signed checkpoints, unique by size.
CREATE TABLE checkpoint (
    size      BIGINT PRIMARY KEY,
    note      TEXT   NOT NULL,
    sealed_at BIGINT NOT NULL
);

-- Who signs: a journal refuses any other origin or key.
CREATE TABLE seal (
    only_row     INTEGER PRIMARY KEY CHECK (only_row = 1),
    origin       TEXT    NOT NULL,
    verifier_key TEXT    NOT NULL
);

-- Who does a task that one replica does for all. It saves work; compare-and-set keeps it right.
-- The beat rises while the holder lives.
CREATE TABLE lease (
    task   TEXT   PRIMARY KEY,
    holder TEXT   NOT NULL,
    beat   BIGINT NOT NULL
);

-- Rising numbers that people say on the phone, for each year and kind.
CREATE TABLE counter (
    name  TEXT   PRIMARY KEY,
    value BIGINT NOT NULL
);

-- Personal values: encrypted, with their salt. Only a commitment ever leaves.
CREATE TABLE personal (
    thing  TEXT  NOT NULL,
    field  TEXT  NOT NULL,
    sealed BYTEA NOT NULL,
    PRIMARY KEY (thing, field)
);

-- What this service knows of the zone, as the directory told it.
CREATE TABLE known (
    kind     TEXT   NOT NULL,
    name     TEXT   NOT NULL,
    version  BIGINT NOT NULL,
    body     BYTEA  NOT NULL,
    PRIMARY KEY (kind, name)
);
