-- Lists that another tool made, which take part in every comparison of a group.
CREATE TABLE foreign_lists (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    dataset_group INTEGER NOT NULL REFERENCES dataset_group (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    -- The file they were read from.
    source TEXT NOT NULL,
    users INTEGER NOT NULL,
    content INTEGER NOT NULL REFERENCES blob (id),
    created_at INTEGER NOT NULL,
    UNIQUE (dataset_group, name)
);
CREATE INDEX foreign_lists_content ON foreign_lists (content);
