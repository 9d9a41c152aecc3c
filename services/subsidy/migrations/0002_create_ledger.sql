-- The budget lines 预算额度: one of a policy, a year and a payer. The body is the whole line; the columns
-- are what lists need, and the amounts again, so that the engine holds M2 as well as the rules do.
CREATE TABLE budget (
    name         TEXT   PRIMARY KEY,
    policy       TEXT   NOT NULL,
    year         BIGINT NOT NULL,
    payer        TEXT   NOT NULL,
    state        TEXT   NOT NULL CHECK (state IN ('OPEN', 'CLOSED')),
    appropriated BIGINT NOT NULL CHECK (0 <= appropriated),
    held         BIGINT NOT NULL CHECK (0 <= held),
    reserved     BIGINT NOT NULL CHECK (0 <= reserved),
    in_payment   BIGINT NOT NULL CHECK (0 <= in_payment),
    paid         BIGINT NOT NULL CHECK (0 <= paid),
    returned     BIGINT NOT NULL CHECK (0 <= returned),
    receivable   BIGINT NOT NULL CHECK (0 <= receivable),
    changes      BIGINT NOT NULL CHECK (0 < changes),
    body         TEXT   NOT NULL,
    UNIQUE (policy, year, payer),
    CONSTRAINT budget_is_never_exceeded
        CHECK (held + reserved + in_payment + paid + returned + receivable <= appropriated)
);
CREATE INDEX budget_by_payer ON budget (payer, year, name);
CREATE INDEX budget_by_year ON budget (year, name);

-- The ledger 总账: each posting is one amount, from the account that is credited to the one that is
-- debited, so that none can be out of balance. The number is the change of the line that made it.
CREATE TABLE posting (
    budget       TEXT   NOT NULL REFERENCES budget (name),
    number       BIGINT NOT NULL CHECK (0 < number),
    movement     TEXT   NOT NULL,
    credit       TEXT   NOT NULL,
    debit        TEXT   NOT NULL,
    amount       BIGINT NOT NULL CHECK (0 < amount),
    disbursement TEXT,
    application  TEXT,
    document     TEXT,
    at           BIGINT NOT NULL,
    day          TEXT   NOT NULL,
    PRIMARY KEY (budget, number),
    CONSTRAINT posting_has_a_cause CHECK (disbursement IS NOT NULL OR document IS NOT NULL),
    CONSTRAINT posting_goes_where_it_may CHECK (movement || ' ' || credit || ' ' || debit IN (
        'APPROPRIATE BUDGET AVAILABLE',
        'RAISE BUDGET AVAILABLE',
        'CARRY_IN BUDGET AVAILABLE',
        'CUT AVAILABLE BUDGET',
        'LAPSE_YEAR AVAILABLE BUDGET',
        'CARRY_OUT AVAILABLE BUDGET',
        'COMMIT AVAILABLE RESERVED',
        'ORDER RESERVED IN_PAYMENT',
        'PAY IN_PAYMENT PAID',
        'BOUNCE IN_PAYMENT RETURNED',
        'REVERSE PAID RETURNED',
        'REISSUE RETURNED RESERVED',
        'LAPSE_RESERVED RESERVED AVAILABLE',
        'LAPSE_RETURNED RETURNED AVAILABLE',
        'WITHHOLD RESERVED PAID',
        'OPEN_RECEIVABLE PAID RECEIVABLE',
        'WAIVE RECEIVABLE PAID',
        'REPAY RECEIVABLE AVAILABLE',
        'OFFSET RECEIVABLE AVAILABLE'))
);
-- The order of lists and exports; and which was a line's last as of an instant.
CREATE INDEX posting_by_instant ON posting (at, budget, number);
CREATE INDEX posting_of_budget_by_instant ON posting (budget, at, number);
CREATE INDEX posting_by_disbursement ON posting (disbursement, at, budget, number);

-- Both legs of each posting, debits above zero and credits below.
CREATE VIEW posting_leg AS
    SELECT budget, number, debit AS account, amount, at, day FROM posting
    UNION ALL
    SELECT budget, number, credit AS account, -amount AS amount, at, day FROM posting;

-- The roll-up: what was debited and credited to an account of a line in a month. A version holds
-- from the posting `since` on, and until the posting `until`: no longer than that, or still.
CREATE TABLE ledger_total (
    budget   TEXT   NOT NULL REFERENCES budget (name),
    account  TEXT   NOT NULL CHECK (account IN
        ('BUDGET', 'AVAILABLE', 'RESERVED', 'IN_PAYMENT', 'PAID', 'RETURNED', 'RECEIVABLE')),
    month    TEXT   NOT NULL,
    since    BIGINT NOT NULL,
    until    BIGINT CHECK (since < until),
    debit    BIGINT NOT NULL CHECK (0 <= debit),
    credit   BIGINT NOT NULL CHECK (0 <= credit),
    postings BIGINT NOT NULL CHECK (0 < postings),
    PRIMARY KEY (budget, account, month, since)
);
CREATE UNIQUE INDEX ledger_total_now ON ledger_total (budget, account, month) WHERE until IS NULL;

-- What stands where of each disbursement, but for what is free: none is paid twice, nor taken back
-- twice, whatever the rules say (M9).
CREATE TABLE standing (
    disbursement TEXT   NOT NULL,
    budget       TEXT   NOT NULL REFERENCES budget (name),
    account      TEXT   NOT NULL CHECK (account IN
        ('RESERVED', 'IN_PAYMENT', 'PAID', 'RETURNED', 'RECEIVABLE')),
    amount       BIGINT NOT NULL CHECK (0 <= amount),
    PRIMARY KEY (disbursement, budget, account)
);

-- What is set aside for each application 软预留.
CREATE TABLE set_aside (
    application TEXT   NOT NULL,
    budget      TEXT   NOT NULL REFERENCES budget (name),
    amount      BIGINT NOT NULL CHECK (0 <= amount),
    PRIMARY KEY (application, budget)
);

-- At which position of the journal each change of a line was told: its n-th event is its n-th change.
CREATE TABLE budget_position (
    budget   TEXT   NOT NULL,
    number   BIGINT NOT NULL,
    position BIGINT NOT NULL,
    PRIMARY KEY (budget, number)
);
CREATE UNIQUE INDEX budget_position_by_position ON budget_position (budget, position);

-- What an enterprise may get under a cap 限额, whatever the policy (M3), and what of it is used.
CREATE TABLE cap_line (
    name TEXT   PRIMARY KEY,
    cap  BIGINT NOT NULL CHECK (0 <= cap),
    used BIGINT NOT NULL CHECK (0 <= used),
    CONSTRAINT cap_is_never_exceeded CHECK (used <= cap)
);

-- Who has what is given once (M4): enterprise, item, subject, year, in one key.
CREATE TABLE entitlement (
    duplicate_key TEXT   PRIMARY KEY,
    application   TEXT   NOT NULL,
    taken_at      BIGINT NOT NULL
);
CREATE INDEX entitlement_by_application ON entitlement (application);

-- The ids of payment instructions, unique for ever (M8), and which of a disbursement's tries each is.
CREATE TABLE instruction (
    id           TEXT   PRIMARY KEY,
    disbursement TEXT   NOT NULL,
    attempt      BIGINT NOT NULL CHECK (0 < attempt),
    given_at     BIGINT NOT NULL,
    UNIQUE (disbursement, attempt)
);
