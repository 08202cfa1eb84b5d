-- Campaigns, filters and batch jobs.
CREATE TABLE campaign (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    dataset_group INTEGER NOT NULL REFERENCES dataset_group (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    solution_version INTEGER NOT NULL REFERENCES solution_version (id),
    config TEXT NOT NULL,
    status TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    UNIQUE (dataset_group, name)
);
CREATE INDEX campaign_version ON campaign (solution_version);

CREATE TABLE filter (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    dataset_group INTEGER NOT NULL REFERENCES dataset_group (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    expression TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    UNIQUE (dataset_group, name)
);

CREATE TABLE batch_job (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    dataset_group INTEGER NOT NULL REFERENCES dataset_group (id) ON DELETE CASCADE,
    solution_version INTEGER NOT NULL REFERENCES solution_version (id) ON DELETE CASCADE,
    input TEXT NOT NULL,
    output TEXT NOT NULL,
    status TEXT NOT NULL,
    failure_reason TEXT,
    lines INTEGER NOT NULL DEFAULT 0,
    errors INTEGER NOT NULL DEFAULT 0,
    seconds REAL NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL
);
CREATE INDEX batch_job_group ON batch_job (dataset_group);
CREATE INDEX batch_job_version ON batch_job (solution_version);
