-- Experiments on simulated users, whole ones only: what was asked and what came of it.
CREATE TABLE simulation (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    dataset_group INTEGER NOT NULL REFERENCES dataset_group (id) ON DELETE CASCADE,
    -- What kind of experiment: the form of the outcome.
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    spec TEXT NOT NULL,
    seed INTEGER NOT NULL,
    -- What it came to, in a sentence.
    summary TEXT NOT NULL,
    outcome TEXT NOT NULL,
    seconds REAL NOT NULL,
    created_at INTEGER NOT NULL
);
CREATE INDEX simulation_group ON simulation (dataset_group);
