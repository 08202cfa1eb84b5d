-- What was recorded after the import, one event a row, and the answers that events refer to.
CREATE TABLE event (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    dataset_group INTEGER NOT NULL REFERENCES dataset_group (id) ON DELETE CASCADE,
    -- None while only the session is known.
    user TEXT,
    session TEXT NOT NULL,
    event_id TEXT NOT NULL,
    event_type TEXT NOT NULL,
    item TEXT,
    value REAL,
    sent_at INTEGER NOT NULL,
    -- Columns of Interactions and what they hold, as JSON.
    properties TEXT NOT NULL,
    recommendation TEXT,
    -- Items shown with it, as JSON.
    impression TEXT NOT NULL,
    -- What it is put down to.
    source TEXT,
    -- Whether the newest Interactions hold it.
    is_imported INTEGER NOT NULL DEFAULT 0 CHECK (is_imported IN (0, 1)),
    UNIQUE (dataset_group, event_id)
);
-- Two events of the same moment that say the same are one.
CREATE UNIQUE INDEX event_same ON event (
    dataset_group, coalesce(user, ''), session, event_type, coalesce(item, ''), coalesce(value, ''), sent_at, properties
);
CREATE INDEX event_waiting ON event (dataset_group) WHERE is_imported = 0;

CREATE TABLE recommendation (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    dataset_group INTEGER NOT NULL REFERENCES dataset_group (id) ON DELETE CASCADE,
    name TEXT NOT NULL UNIQUE,
    campaign TEXT NOT NULL,
    -- Items in their order, as JSON.
    items TEXT NOT NULL,
    made_at INTEGER NOT NULL
);
CREATE INDEX recommendation_group ON recommendation (dataset_group);
