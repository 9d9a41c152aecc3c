-- Everything that the directory keeps, whole, beside the columns that lists and finders need.
CREATE TABLE record (
    name       TEXT   PRIMARY KEY,
    kind       TEXT   NOT NULL
               CHECK (kind IN ('ENTERPRISE', 'DEPARTMENT', 'STAFF', 'CATALOGUE', 'CALENDAR_YEAR')),
    -- The department of staff who have one.
    department TEXT,
    -- The version of a catalogue or of a calendar year.
    version    BIGINT,
    body       TEXT   NOT NULL
);
CREATE INDEX record_by_kind ON record (kind, name);
CREATE INDEX record_by_version ON record (kind, version) WHERE version IS NOT NULL;
CREATE INDEX record_by_department ON record (department, name) WHERE department IS NOT NULL;

-- For which enterprise a person acts: one only.
CREATE TABLE handler (
    person     TEXT PRIMARY KEY,
    enterprise TEXT NOT NULL
);
CREATE INDEX handler_by_enterprise ON handler (enterprise);
