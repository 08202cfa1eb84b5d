-- What events are worth: metrics of a group.
CREATE TABLE attribution_metric (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    dataset_group INTEGER NOT NULL REFERENCES dataset_group (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    event_type TEXT NOT NULL,
    expression TEXT NOT NULL,
    UNIQUE (dataset_group, name)
);
