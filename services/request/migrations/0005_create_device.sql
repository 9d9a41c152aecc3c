-- Whom each device was seen with, as far as ratings from it are doubtful for that: whether with the zone's own people,
-- and with which enterprises, as a list of their names of which no more is kept than proves the doubt. The device is the
-- hash that stands for it.
CREATE TABLE device (
    device      TEXT   PRIMARY KEY,
    staff       BIGINT NOT NULL CHECK (staff IN (0, 1)),
    enterprises TEXT   NOT NULL
);
