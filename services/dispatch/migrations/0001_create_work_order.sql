-- The work orders 工单. The body is the whole order; the columns are what lists, finders and the
-- league need. What is not yet due by any limit has the last instant there is.
CREATE TABLE work_order (
    name             TEXT   PRIMARY KEY,
    number           TEXT   NOT NULL UNIQUE,
    source           TEXT   NOT NULL,
    parent           TEXT,
    asked_by         TEXT,
    state            TEXT   NOT NULL CHECK (state IN
        ('OFFERED', 'CLAIMED', 'IN_PROGRESS', 'RETURN_PENDING', 'SUSPENDED', 'COMPLETED')),
    department       TEXT   NOT NULL,
    claimant         TEXT,
    reply_due        BIGINT NOT NULL,
    contacted_late   BIGINT CHECK (contacted_late IN (0, 1)),
    answered_late    BIGINT CHECK (answered_late IN (0, 1)),
    rating_level     BIGINT CHECK (rating_level BETWEEN 1 AND 5),
    confirmed_solved BIGINT CHECK (confirmed_solved IN (0, 1)),
    returned_by      TEXT   NOT NULL,
    body             TEXT   NOT NULL
);

-- Each list has the order of its pages: those due first at the top.
CREATE INDEX work_order_by_due ON work_order (reply_due, name);
CREATE INDEX work_order_open ON work_order (reply_due, name) WHERE state <> 'COMPLETED';
CREATE INDEX work_order_by_state ON work_order (state, reply_due, name);
CREATE INDEX work_order_by_department ON work_order (department, reply_due, name);
CREATE INDEX work_order_open_by_department ON work_order (department, reply_due, name)
    WHERE state <> 'COMPLETED';
CREATE INDEX work_order_by_asker ON work_order (asked_by, reply_due, name)
    WHERE asked_by IS NOT NULL;
CREATE INDEX work_order_open_by_asker ON work_order (asked_by, reply_due, name)
    WHERE asked_by IS NOT NULL AND state <> 'COMPLETED';
CREATE INDEX work_order_by_source ON work_order (source, reply_due, name);

-- Who assists sees the order that is assisted, in the order of its pages. The due instant and
-- whether it is open are the assisted order's, and change with it.
CREATE TABLE work_order_assistant (
    assisted  TEXT   NOT NULL REFERENCES work_order (name),
    assistant TEXT   NOT NULL,
    due       BIGINT NOT NULL,
    is_open   BIGINT NOT NULL CHECK (is_open IN (0, 1)),
    PRIMARY KEY (assisted, assistant)
);

CREATE INDEX work_order_assistant_by_due ON work_order_assistant (assistant, due, assisted);
CREATE INDEX work_order_assistant_open ON work_order_assistant (assistant, due, assisted)
    WHERE is_open = 1;
