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
CREATE INDEX work_order_by_state ON work_order (state, reply_due, name);
CREATE INDEX work_order_by_department ON work_order (department, reply_due, name);
CREATE INDEX work_order_open_by_department ON work_order (department, reply_due, name)
    WHERE state <> 'COMPLETED';
CREATE INDEX work_order_by_asker ON work_order (asked_by, reply_due, name)
    WHERE asked_by IS NOT NULL;
CREATE INDEX work_order_by_source ON work_order (source, reply_due, name);
-- Who assists sees the order that is assisted.
CREATE INDEX work_order_by_assistant ON work_order (department, parent) WHERE parent IS NOT NULL;
