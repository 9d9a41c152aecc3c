-- The policies 惠企政策. The body is the whole policy; the columns are what lists and finders need.
CREATE TABLE policy (
    name       TEXT PRIMARY KEY,
    department TEXT NOT NULL,
    state      TEXT NOT NULL CHECK (state IN
        ('DRAFT', 'FILED', 'PUBLISHED', 'OPEN', 'CLOSED', 'EXPIRED', 'REPEALED')),
    body       TEXT NOT NULL
);
CREATE INDEX policy_by_state ON policy (state, name);
CREATE INDEX policy_by_department ON policy (department, name);

-- What each version said that was published. None is ever changed.
CREATE TABLE policy_version (
    name    TEXT   NOT NULL,
    version BIGINT NOT NULL,
    body    TEXT   NOT NULL,
    PRIMARY KEY (name, version)
);

-- The applications 申请. Two reviews are by two people, and who reviewed first approves nothing (M7):
-- the engine holds that as well as the rules do.
CREATE TABLE application (
    name              TEXT   PRIMARY KEY,
    number            TEXT   NOT NULL UNIQUE,
    policy            TEXT   NOT NULL,
    enterprise        TEXT   NOT NULL,
    department        TEXT   NOT NULL,
    second_department TEXT   NOT NULL,
    state             TEXT   NOT NULL CHECK (state IN
        ('MATCHED', 'SUBMITTED', 'SUPPLEMENT_DUE', 'RESUBMITTED', 'ACCEPTED', 'UNDER_REVIEW',
         'REVIEWED', 'QUEUED', 'ON_NOTICE', 'APPROVED', 'WITHDRAWN', 'REJECTED', 'LAPSED')),
    amount            BIGINT NOT NULL CHECK (0 <= amount),
    opened_at         BIGINT NOT NULL,
    reviewed_at       BIGINT,
    queued_at         BIGINT,
    ended_at          BIGINT,
    reviewer          TEXT,
    second_reviewer   TEXT,
    approver          TEXT,
    body              TEXT   NOT NULL,
    CONSTRAINT two_people_review CHECK (reviewer <> second_reviewer),
    CONSTRAINT reviewer_approves_nothing CHECK (reviewer <> approver)
);

-- Each list has the order of its pages.
CREATE INDEX application_by_opening ON application (opened_at, name);
CREATE INDEX application_by_policy ON application (policy, opened_at, name);
CREATE INDEX application_by_enterprise ON application (enterprise, opened_at, name);
CREATE INDEX application_by_department ON application (department, opened_at, name);
CREATE INDEX application_by_second ON application (second_department, opened_at, name);
CREATE INDEX application_by_state ON application (state, opened_at, name);
CREATE INDEX application_by_end ON application (ended_at, name);
-- The queue 排队 of each policy, in its order.
CREATE INDEX application_in_queue ON application (policy, queued_at, name) WHERE state = 'QUEUED';
-- What of an enterprise was reviewed lately (M12).
CREATE INDEX application_by_review ON application (enterprise, reviewed_at);

-- What each application uses of a cap 限额 (M3), from its acceptance on while it lives.
CREATE TABLE application_charge (
    application TEXT   NOT NULL,
    line        TEXT   NOT NULL,
    amount      BIGINT NOT NULL CHECK (0 < amount),
    PRIMARY KEY (application, line)
);

-- The disbursements 拨付.
CREATE TABLE disbursement (
    name         TEXT   PRIMARY KEY,
    application  TEXT   NOT NULL,
    policy       TEXT   NOT NULL,
    enterprise   TEXT   NOT NULL,
    payer        TEXT   NOT NULL,
    state        TEXT   NOT NULL CHECK (state IN
        ('PAYABLE', 'BATCHED', 'ORDERED', 'SENT', 'UNKNOWN', 'PAID', 'CONFIRMED', 'RETURNED', 'LAPSED',
         'EXCEPTION', 'CLAWBACK_OPENED', 'REPAYING', 'REPAID', 'REFERRED')),
    amount       BIGINT NOT NULL CHECK (0 < amount),
    approved_at  BIGINT NOT NULL,
    stranded_at  BIGINT,
    body         TEXT   NOT NULL
);
CREATE INDEX disbursement_by_approval ON disbursement (approved_at, name);
CREATE INDEX disbursement_by_application ON disbursement (application, name);
-- What waits to be ordered: stranded from then on.
CREATE INDEX disbursement_by_stranding ON disbursement (stranded_at, name)
    WHERE stranded_at IS NOT NULL;

-- Who is barred after a fraud 禁申 (M6), until which day, it included.
CREATE TABLE bar (
    enterprise   TEXT NOT NULL,
    disbursement TEXT NOT NULL,
    until        TEXT NOT NULL,
    PRIMARY KEY (enterprise, disbursement)
);

-- The batches 批次. Who made one does not check it (M7).
CREATE TABLE batch (
    name       TEXT   PRIMARY KEY,
    number     TEXT   NOT NULL UNIQUE,
    message    TEXT   NOT NULL UNIQUE,
    payer      TEXT   NOT NULL,
    state      TEXT   NOT NULL CHECK (state IN
        ('CREATED', 'APPROVED', 'REJECTED', 'SENT', 'SETTLED')),
    maker      TEXT   NOT NULL,
    checker    TEXT,
    created_at BIGINT NOT NULL,
    body       TEXT   NOT NULL,
    CONSTRAINT maker_is_not_checker CHECK (maker <> checker)
);
CREATE INDEX batch_by_creation ON batch (created_at, name);
CREATE INDEX batch_by_state ON batch (state, created_at, name);
CREATE INDEX batch_by_payer ON batch (payer, created_at, name);

-- Who read accounts, data packs and exports.
CREATE TABLE access (
    id      TEXT   PRIMARY KEY,
    reader  TEXT   NOT NULL,
    method  TEXT   NOT NULL,
    subject TEXT   NOT NULL,
    fields  TEXT   NOT NULL,
    read_at BIGINT NOT NULL
);
CREATE INDEX access_by_time ON access (read_at, id);
CREATE INDEX access_by_reader ON access (reader, read_at, id);
CREATE INDEX access_by_subject ON access (subject, read_at, id);
