-- Grants and deputies stand among the records, and records of people are found by whom they are of.
CREATE TABLE record_extended (
    name       TEXT   PRIMARY KEY,
    kind       TEXT   NOT NULL
               CHECK (kind IN ('ENTERPRISE', 'DEPARTMENT', 'STAFF', 'DEPUTY', 'GRANT', 'CATALOGUE',
                               'CALENDAR_YEAR')),
    -- The department of staff who have one.
    department TEXT,
    -- Of staff: the first account of the person. Of a deputation: the deputy. Of a grant: the grantee.
    person     TEXT,
    -- The version of a catalogue or of a calendar year.
    version    BIGINT,
    body       TEXT   NOT NULL
);
INSERT INTO record_extended (name, kind, department, person, version, body)
    SELECT name, kind, department, CASE kind WHEN 'STAFF' THEN name END, version, body FROM record;
DROP TABLE record;
ALTER TABLE record_extended RENAME TO record;
CREATE INDEX record_by_kind ON record (kind, name);
CREATE INDEX record_by_version ON record (kind, version) WHERE version IS NOT NULL;
CREATE INDEX record_by_department ON record (department, name) WHERE department IS NOT NULL;
CREATE INDEX record_by_person ON record (kind, person, name) WHERE person IS NOT NULL;
