-- What the league needs besides: whether a verdict counts, why an order was cancelled, by when the
-- answer was promised to the enterprise (empty where nothing is closed afterwards: decision work), and
-- whether the matter was closed in time.
ALTER TABLE work_order ADD COLUMN rating_counted TEXT NOT NULL DEFAULT 'COUNTS'
    CHECK (rating_counted IN ('COUNTS', 'AWAITS_VERIFICATION', 'LEFT_OUT'));
ALTER TABLE work_order ADD COLUMN cancelled_reason TEXT NOT NULL DEFAULT '';
ALTER TABLE work_order ADD COLUMN promised_due BIGINT;
ALTER TABLE work_order ADD COLUMN closed_late BIGINT CHECK (closed_late IN (0, 1));

ALTER TABLE work_order_round ADD COLUMN rating_counted TEXT NOT NULL DEFAULT 'COUNTS'
    CHECK (rating_counted IN ('COUNTS', 'AWAITS_VERIFICATION', 'LEFT_OUT'));
ALTER TABLE work_order_round ADD COLUMN cancelled_reason TEXT NOT NULL DEFAULT '';
ALTER TABLE work_order_round ADD COLUMN promised_due BIGINT;
ALTER TABLE work_order_round ADD COLUMN closed_late BIGINT CHECK (closed_late IN (0, 1));
