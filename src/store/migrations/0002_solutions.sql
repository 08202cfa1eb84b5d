-- Test sets, solutions, their versions and metrics.
CREATE TABLE test_set (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    dataset_group INTEGER NOT NULL REFERENCES dataset_group (id) ON DELETE CASCADE,
    interactions INTEGER NOT NULL REFERENCES dataset_version (id) ON DELETE CASCADE,
    items INTEGER REFERENCES dataset_version (id) ON DELETE CASCADE,
    spec TEXT NOT NULL,
    content INTEGER NOT NULL REFERENCES blob (id),
    users INTEGER NOT NULL,
    skipped_users INTEGER NOT NULL,
    training_rows INTEGER NOT NULL,
    truth_items INTEGER NOT NULL,
    active INTEGER NOT NULL CHECK (active IN (0, 1)),
    created_at INTEGER NOT NULL
);
CREATE INDEX test_set_group ON test_set (dataset_group);
CREATE INDEX test_set_interactions ON test_set (interactions);
CREATE INDEX test_set_items ON test_set (items);
CREATE INDEX test_set_content ON test_set (content);
CREATE UNIQUE INDEX test_set_active ON test_set (dataset_group) WHERE active = 1;

CREATE TABLE solution (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    dataset_group INTEGER NOT NULL REFERENCES dataset_group (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    recipe TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    UNIQUE (dataset_group, name)
);

CREATE TABLE solution_version (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    solution INTEGER NOT NULL REFERENCES solution (id) ON DELETE CASCADE,
    ordinal INTEGER NOT NULL,
    config TEXT NOT NULL,
    status TEXT NOT NULL,
    failure_reason TEXT,
    test_set INTEGER NOT NULL REFERENCES test_set (id),
    -- Set when active: what was used and dropped, as JSON.
    report TEXT,
    seconds REAL NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL,
    UNIQUE (solution, ordinal)
);
CREATE INDEX solution_version_test_set ON solution_version (test_set);

-- A version's model as trained for evaluation, and where asked for, the one trained on everything.
CREATE TABLE model (
    solution_version INTEGER NOT NULL REFERENCES solution_version (id) ON DELETE CASCADE,
    full_data INTEGER NOT NULL CHECK (full_data IN (0, 1)),
    settings TEXT NOT NULL,
    -- Safetensors.
    tensors INTEGER NOT NULL REFERENCES blob (id),
    PRIMARY KEY (solution_version, full_data)
) WITHOUT ROWID;
CREATE INDEX model_tensors ON model (tensors);

CREATE TABLE score_set (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    solution_version INTEGER NOT NULL REFERENCES solution_version (id) ON DELETE CASCADE,
    exclude_seen INTEGER NOT NULL CHECK (exclude_seen IN (0, 1)),
    user_count INTEGER NOT NULL,
    -- Every metric of every test user.
    per_user INTEGER NOT NULL REFERENCES blob (id),
    UNIQUE (solution_version, exclude_seen)
);
CREATE INDEX score_set_per_user ON score_set (per_user);

CREATE TABLE metric (
    score_set INTEGER NOT NULL REFERENCES score_set (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    value REAL,
    low REAL,
    high REAL,
    PRIMARY KEY (score_set, name)
) WITHOUT ROWID;
