-- Which files tickets name, so that what nothing names can be cleared away.
CREATE TABLE evidence (
    sha256 TEXT NOT NULL,
    ticket TEXT NOT NULL,
    PRIMARY KEY (sha256, ticket)
);
