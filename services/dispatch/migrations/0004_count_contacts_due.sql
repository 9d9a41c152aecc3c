-- By when first contact is due, where none was made; empty where it was, or is not awaited. Of older
-- rows it is known that contact was due no later than the answer.
ALTER TABLE work_order ADD COLUMN contact_due BIGINT;
ALTER TABLE work_order_round ADD COLUMN contact_due BIGINT;
UPDATE work_order SET contact_due = reply_due WHERE contacted_late IS NULL;
UPDATE work_order_round SET contact_due = reply_due WHERE contacted_late IS NULL;
