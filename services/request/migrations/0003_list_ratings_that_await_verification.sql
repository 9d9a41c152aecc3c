-- Whether a rating of the ticket waits for verification.
ALTER TABLE ticket ADD COLUMN verifies BIGINT NOT NULL DEFAULT 0 CHECK (verifies IN (0, 1));
CREATE INDEX ticket_verifying ON ticket (submitted_at, name) WHERE verifies = 1;
