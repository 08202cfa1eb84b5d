-- Blobs, dataset groups, datasets and what importing them needs.
CREATE TABLE blob (
    id INTEGER PRIMARY KEY,
    bytes INTEGER NOT NULL,
    -- CRC-32 over all chunks in order.
    checksum INTEGER NOT NULL
);
CREATE TABLE blob_chunk (
    id INTEGER PRIMARY KEY,
    blob INTEGER NOT NULL REFERENCES blob (id) ON DELETE CASCADE,
    ordinal INTEGER NOT NULL,
    data BLOB NOT NULL,
    UNIQUE (blob, ordinal)
);

CREATE TABLE dataset_group (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    created_at INTEGER NOT NULL
);

CREATE TABLE dataset (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    dataset_group INTEGER NOT NULL REFERENCES dataset_group (id) ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind IN ('Interactions', 'Items', 'Users')),
    UNIQUE (dataset_group, kind)
);

CREATE TABLE schema (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    dataset INTEGER NOT NULL REFERENCES dataset (id) ON DELETE CASCADE,
    document TEXT NOT NULL,
    created_at INTEGER NOT NULL
);
CREATE INDEX schema_dataset ON schema (dataset);

-- The newest ordinal of a dataset is the one in use; older ones stay while a test set or a solution version needs them.
CREATE TABLE dataset_version (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    dataset INTEGER NOT NULL REFERENCES dataset (id) ON DELETE CASCADE,
    ordinal INTEGER NOT NULL,
    schema INTEGER NOT NULL REFERENCES schema (id),
    mapping TEXT NOT NULL,
    source TEXT NOT NULL,
    row_count INTEGER NOT NULL,
    user_count INTEGER NOT NULL,
    item_count INTEGER NOT NULL,
    -- Parquet.
    content INTEGER NOT NULL REFERENCES blob (id),
    created_at INTEGER NOT NULL,
    UNIQUE (dataset, ordinal)
);
CREATE INDEX dataset_version_schema ON dataset_version (schema);
CREATE INDEX dataset_version_content ON dataset_version (content);

CREATE TABLE import_job (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    dataset_group INTEGER NOT NULL REFERENCES dataset_group (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    source TEXT NOT NULL,
    mode TEXT NOT NULL CHECK (mode IN ('FULL', 'INCREMENTAL')),
    status TEXT NOT NULL,
    failure_reason TEXT,
    row_count INTEGER NOT NULL DEFAULT 0,
    accepted INTEGER NOT NULL DEFAULT 0,
    rejected INTEGER NOT NULL DEFAULT 0,
    seconds REAL NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL
);
CREATE INDEX import_job_group ON import_job (dataset_group);

CREATE TABLE problem (
    import_job INTEGER NOT NULL REFERENCES import_job (id) ON DELETE CASCADE,
    ordinal INTEGER NOT NULL,
    row_number INTEGER NOT NULL,
    column_name TEXT NOT NULL,
    value TEXT NOT NULL,
    rule TEXT NOT NULL,
    PRIMARY KEY (import_job, ordinal)
) WITHOUT ROWID;

-- What a person chose for files with the same header.
CREATE TABLE remembered_mapping (
    header TEXT PRIMARY KEY,
    mapping TEXT NOT NULL,
    used_at INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE setting (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;
