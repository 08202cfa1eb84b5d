-- Scores keep every tested user's list, of which all else can be taken; the values per user that stood here go. The
-- tables are made anew, the child first, so that nothing that refers to them is lost.
CREATE TABLE score_set_with_lists (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    solution_version INTEGER NOT NULL REFERENCES solution_version (id) ON DELETE CASCADE,
    exclude_seen INTEGER NOT NULL CHECK (exclude_seen IN (0, 1)),
    user_count INTEGER NOT NULL,
    -- Every tested user's list; none of scores made before lists were kept.
    lists INTEGER REFERENCES blob (id),
    UNIQUE (solution_version, exclude_seen)
);
INSERT INTO score_set_with_lists (id, solution_version, exclude_seen, user_count)
    SELECT id, solution_version, exclude_seen, user_count FROM score_set;
CREATE TABLE metric_of_lists (
    score_set INTEGER NOT NULL REFERENCES score_set_with_lists (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    value REAL,
    low REAL,
    high REAL,
    PRIMARY KEY (score_set, name)
) WITHOUT ROWID;
INSERT INTO metric_of_lists SELECT score_set, name, value, low, high FROM metric;
DROP TABLE metric;
DROP TABLE score_set;
ALTER TABLE score_set_with_lists RENAME TO score_set;
ALTER TABLE metric_of_lists RENAME TO metric;
CREATE INDEX score_set_lists ON score_set (lists);
