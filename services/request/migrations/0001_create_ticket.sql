-- The tickets 诉求单. The body is the whole ticket; the columns are what lists and finders need.
CREATE TABLE ticket (
    name          TEXT   PRIMARY KEY,
    number        TEXT   NOT NULL UNIQUE,
    origin_system TEXT,
    origin_number TEXT,
    enterprise    TEXT   NOT NULL,
    submitted_by  TEXT   NOT NULL,
    state         TEXT   NOT NULL CHECK (state IN
        ('SUBMITTED', 'ACCEPTED', 'ANSWERED', 'CONFIRMED', 'DISSATISFIED', 'CLOSED')),
    lead          TEXT,
    department    TEXT,
    submitted_at  BIGINT NOT NULL,
    body          TEXT   NOT NULL,
    CHECK ((origin_system IS NULL) = (origin_number IS NULL))
);

-- Who asks again gets the first ticket, for ever.
CREATE UNIQUE INDEX ticket_by_origin ON ticket (origin_system, origin_number)
    WHERE origin_system IS NOT NULL;

-- Each list has the order of its pages.
CREATE INDEX ticket_by_submission ON ticket (submitted_at, name);
CREATE INDEX ticket_by_state ON ticket (state, submitted_at, name);
CREATE INDEX ticket_by_enterprise ON ticket (enterprise, submitted_at, name);
CREATE INDEX ticket_by_lead ON ticket (lead, submitted_at, name);
CREATE INDEX ticket_by_department ON ticket (department, submitted_at, name);
CREATE INDEX ticket_by_submitter ON ticket (submitted_by, submitted_at, name);

-- Who looks after which enterprise 企业特派员, as the directory told.
CREATE TABLE envoy (
    enterprise TEXT PRIMARY KEY,
    person     TEXT NOT NULL
);
CREATE INDEX envoy_by_person ON envoy (person, enterprise);
