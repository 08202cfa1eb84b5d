-- How far the training of a version has come that was stopped: what it goes on from.
CREATE TABLE checkpoint (
    solution_version INTEGER NOT NULL REFERENCES solution_version (id) ON DELETE CASCADE,
    -- The part of the training.
    name TEXT NOT NULL,
    content INTEGER NOT NULL REFERENCES blob (id),
    PRIMARY KEY (solution_version, name)
) WITHOUT ROWID;
CREATE INDEX checkpoint_content ON checkpoint (content);
