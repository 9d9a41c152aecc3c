-- What witnesses signed of a checkpoint: one cosignature of each key.
CREATE TABLE cosignature (
    size         BIGINT NOT NULL REFERENCES checkpoint (size),
    verifier_key TEXT   NOT NULL,
    witness      TEXT   NOT NULL,
    line         TEXT   NOT NULL,
    cosigned_at  BIGINT NOT NULL,
    added_at     BIGINT NOT NULL,
    PRIMARY KEY (size, verifier_key)
);
