-- Orders that no department has, that end without an answer, and that are wanted again. The tables
-- are made anew because what a state may be stands in a CHECK.
CREATE TABLE work_order_before AS SELECT * FROM work_order;
CREATE TABLE work_order_assistant_before AS SELECT * FROM work_order_assistant;
DROP TABLE work_order_assistant;
DROP TABLE work_order;

-- The work orders 工单. The body is the whole order; the columns are what lists, finders and the
-- league need. What is not yet due by any limit has the last instant there is; what no department
-- has, an empty one.
CREATE TABLE work_order (
    name             TEXT   PRIMARY KEY,
    number           TEXT   NOT NULL UNIQUE,
    source           TEXT   NOT NULL,
    kind             TEXT   NOT NULL CHECK (kind IN ('ANSWER', 'DECISION')),
    category         TEXT   NOT NULL,
    parent           TEXT,
    asked_by         TEXT,
    round            BIGINT NOT NULL CHECK (1 <= round),
    state            TEXT   NOT NULL CHECK (state IN
        ('UNROUTED', 'OFFERED', 'CLAIMED', 'IN_PROGRESS', 'RETURN_PENDING', 'ESCALATED', 'DECLINED',
         'SUSPENDED', 'AWAITING_SIGNATURE', 'COMPLETED', 'CANCELLED')),
    is_open          BIGINT NOT NULL CHECK (is_open IN (0, 1)),
    department       TEXT   NOT NULL,
    claimant         TEXT,
    zone_duty        TEXT,
    reply_due        BIGINT NOT NULL,
    contacted_late   BIGINT CHECK (contacted_late IN (0, 1)),
    answered_late    BIGINT CHECK (answered_late IN (0, 1)),
    rating_level     BIGINT CHECK (rating_level BETWEEN 1 AND 5),
    confirmed_solved BIGINT CHECK (confirmed_solved IN (0, 1)),
    returned_by      TEXT   NOT NULL,
    precedent_at     BIGINT,
    body             TEXT   NOT NULL
);

INSERT INTO work_order (name, number, source, kind, category, parent, asked_by, round, state,
    is_open, department, claimant, reply_due, contacted_late, answered_late, rating_level,
    confirmed_solved, returned_by, body)
SELECT name, number, source, 'ANSWER', '', parent, asked_by, 1, state,
    CASE WHEN state = 'COMPLETED' THEN 0 ELSE 1 END, department, claimant, reply_due,
    contacted_late, answered_late, rating_level, confirmed_solved, returned_by, body
FROM work_order_before;

-- Each list has the order of its pages: the most urgent at the top.
CREATE INDEX work_order_by_due ON work_order (reply_due, name);
CREATE INDEX work_order_open ON work_order (reply_due, name) WHERE is_open = 1;
CREATE INDEX work_order_by_state ON work_order (state, reply_due, name);
CREATE INDEX work_order_by_department ON work_order (department, reply_due, name);
CREATE INDEX work_order_open_by_department ON work_order (department, reply_due, name)
    WHERE is_open = 1;
CREATE INDEX work_order_to_claim ON work_order (department, reply_due, name)
    WHERE state = 'OFFERED';
CREATE INDEX work_order_by_asker ON work_order (asked_by, reply_due, name)
    WHERE asked_by IS NOT NULL;
CREATE INDEX work_order_open_by_asker ON work_order (asked_by, reply_due, name)
    WHERE asked_by IS NOT NULL AND is_open = 1;
CREATE INDEX work_order_by_source ON work_order (source, reply_due, name);
CREATE INDEX work_order_by_claimant ON work_order (claimant, reply_due, name)
    WHERE claimant IS NOT NULL;
CREATE INDEX work_order_by_zone_duty ON work_order (zone_duty, reply_due, name)
    WHERE zone_duty IS NOT NULL;
CREATE INDEX work_order_precedent ON work_order (category, precedent_at)
    WHERE precedent_at IS NOT NULL;

-- Who assists sees the order that is assisted, in the order of its pages. The due instant and
-- whether it is open are the assisted order's, and change with it.
CREATE TABLE work_order_assistant (
    assisted  TEXT   NOT NULL REFERENCES work_order (name),
    assistant TEXT   NOT NULL,
    due       BIGINT NOT NULL,
    is_open   BIGINT NOT NULL CHECK (is_open IN (0, 1)),
    PRIMARY KEY (assisted, assistant)
);

INSERT INTO work_order_assistant (assisted, assistant, due, is_open)
SELECT assisted, assistant, due, is_open FROM work_order_assistant_before;

CREATE INDEX work_order_assistant_by_due ON work_order_assistant (assistant, due, assisted);
CREATE INDEX work_order_assistant_open ON work_order_assistant (assistant, due, assisted)
    WHERE is_open = 1;

-- Rounds 轮次 that are over, as the league counts them.
CREATE TABLE work_order_round (
    work_order       TEXT   NOT NULL REFERENCES work_order (name),
    round            BIGINT NOT NULL,
    state            TEXT   NOT NULL CHECK (state IN ('COMPLETED', 'CANCELLED')),
    department       TEXT   NOT NULL,
    parent           TEXT,
    reply_due        BIGINT NOT NULL,
    contacted_late   BIGINT CHECK (contacted_late IN (0, 1)),
    answered_late    BIGINT CHECK (answered_late IN (0, 1)),
    rating_level     BIGINT CHECK (rating_level BETWEEN 1 AND 5),
    confirmed_solved BIGINT CHECK (confirmed_solved IN (0, 1)),
    returned_by      TEXT   NOT NULL,
    PRIMARY KEY (work_order, round)
);

CREATE INDEX work_order_round_by_due ON work_order_round (reply_due, work_order);

DROP TABLE work_order_assistant_before;
DROP TABLE work_order_before;
