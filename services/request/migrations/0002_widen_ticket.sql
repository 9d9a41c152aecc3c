-- Every state of a ticket; the department that a complaint is about; whether it waits with a due instant of its own.
CREATE TABLE ticket_widened (
    name          TEXT   PRIMARY KEY,
    number        TEXT   NOT NULL UNIQUE,
    origin_system TEXT,
    origin_number TEXT,
    enterprise    TEXT   NOT NULL,
    submitted_by  TEXT   NOT NULL,
    state         TEXT   NOT NULL CHECK (state IN
        ('SUBMITTED', 'ACCEPTED', 'ON_PLAN', 'ANSWERED', 'CONFIRMED', 'DISSATISFIED', 'CLOSED',
         'CLOSED_UNRESOLVED', 'REJECTED', 'MERGED', 'WITHDRAWN')),
    lead          TEXT,
    department    TEXT,
    complained    TEXT,
    waits         BIGINT NOT NULL CHECK (waits IN (0, 1)),
    submitted_at  BIGINT NOT NULL,
    body          TEXT   NOT NULL,
    CHECK ((origin_system IS NULL) = (origin_number IS NULL))
);

INSERT INTO ticket_widened (name, number, origin_system, origin_number, enterprise, submitted_by, state, lead,
                            department, waits, submitted_at, body)
SELECT name, number, origin_system, origin_number, enterprise, submitted_by, state, lead, department,
       CASE WHEN state IN ('SUBMITTED', 'ANSWERED', 'CONFIRMED', 'DISSATISFIED') THEN 1 ELSE 0 END,
       submitted_at, body
FROM ticket;

DROP TABLE ticket;
ALTER TABLE ticket_widened RENAME TO ticket;

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

-- What is reckoned anew when a year is published, and what goes to a successor.
CREATE INDEX ticket_waiting ON ticket (name) WHERE waits = 1;
CREATE INDEX ticket_by_complained ON ticket (complained, name) WHERE complained IS NOT NULL;
