-- Whether an answer named assistance that was overdue: the lateness is theirs. Of older rows it is not
-- known, and they stay as they were counted.
ALTER TABLE work_order ADD COLUMN assistance_overdue BIGINT NOT NULL DEFAULT 0
    CHECK (assistance_overdue IN (0, 1));
ALTER TABLE work_order_round ADD COLUMN assistance_overdue BIGINT NOT NULL DEFAULT 0
    CHECK (assistance_overdue IN (0, 1));
