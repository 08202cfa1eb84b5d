-- How a person has marked a version among the runs of a group.
CREATE TABLE run_mark (
    solution_version INTEGER PRIMARY KEY REFERENCES solution_version (id) ON DELETE CASCADE,
    -- The name it is shown under.
    alias TEXT,
    pinned INTEGER NOT NULL CHECK (pinned IN (0, 1)),
    hidden INTEGER NOT NULL CHECK (hidden IN (0, 1)),
    -- Its place in the palette.
    color INTEGER,
    note TEXT NOT NULL
);

-- What a version was made with. Versions made before this was kept have none.
CREATE TABLE run_origin (
    solution_version INTEGER PRIMARY KEY REFERENCES solution_version (id) ON DELETE CASCADE,
    -- The version of the program.
    program TEXT NOT NULL,
    -- The fingerprint of the datasets it was trained on.
    data TEXT NOT NULL
);

-- The fingerprint of a dataset's rows, taken once.
CREATE TABLE dataset_fingerprint (
    dataset_version INTEGER PRIMARY KEY REFERENCES dataset_version (id) ON DELETE CASCADE,
    fingerprint TEXT NOT NULL
);
