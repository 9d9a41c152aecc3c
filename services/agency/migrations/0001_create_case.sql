-- The cases 帮代办件. The body is the whole case; the columns are what lists and finders need.
CREATE TABLE agency_case (
    name       TEXT   PRIMARY KEY,
    number     TEXT   NOT NULL UNIQUE,
    enterprise TEXT   NOT NULL,
    agent      TEXT   NOT NULL,
    state      TEXT   NOT NULL CHECK (state IN
        ('CONSULTING', 'MANDATED', 'RUNNING', 'SUSPENDED', 'DELIVERED', 'FOLLOWED_UP', 'ARCHIVED')),
    opened_at  BIGINT NOT NULL,
    body       TEXT   NOT NULL
);

-- Each list has the order of its pages.
CREATE INDEX agency_case_by_opening ON agency_case (opened_at, name);
CREATE INDEX agency_case_by_state ON agency_case (state, opened_at, name);
CREATE INDEX agency_case_by_enterprise ON agency_case (enterprise, opened_at, name);
CREATE INDEX agency_case_by_agent ON agency_case (agent, opened_at, name);

-- Which departments decide items of a case, and whether work was asked of them.
CREATE TABLE case_department (
    department TEXT   NOT NULL,
    of_case    TEXT   NOT NULL,
    opened_at  BIGINT NOT NULL,
    begun      BIGINT NOT NULL CHECK (begun IN (0, 1)),
    PRIMARY KEY (of_case, department)
);
CREATE INDEX case_department_by_opening ON case_department (department, begun, opened_at, of_case);

-- No certificate number is used twice, in whatever case.
CREATE TABLE certificate (
    number  TEXT PRIMARY KEY,
    of_case TEXT NOT NULL
);

-- What was handed in 材料: which files cases name, and what an enterprise need not give again.
CREATE TABLE material (
    of_case    TEXT   NOT NULL,
    material   TEXT   NOT NULL,
    version    BIGINT NOT NULL,
    enterprise TEXT   NOT NULL,
    sha256     TEXT   NOT NULL,
    added_at   BIGINT NOT NULL,
    PRIMARY KEY (of_case, material, version)
);
CREATE INDEX material_by_file ON material (sha256);
CREATE INDEX material_by_enterprise ON material (enterprise, material, added_at, of_case);

-- The procedures 办理流程, in every version. None is ever changed.
CREATE TABLE procedure_version (
    name         TEXT   NOT NULL,
    version      BIGINT NOT NULL,
    published_at BIGINT NOT NULL,
    body         TEXT   NOT NULL,
    PRIMARY KEY (name, version)
);
