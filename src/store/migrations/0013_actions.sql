-- Actions and action interactions are datasets, too. The table is made anew for its check of kinds; references to it go by
-- its name and are not followed meanwhile.
CREATE TABLE dataset_of_any_kind (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    dataset_group INTEGER NOT NULL REFERENCES dataset_group (id) ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind IN ('Interactions', 'Items', 'Users', 'Actions', 'Action_Interactions')),
    UNIQUE (dataset_group, kind)
);
INSERT INTO dataset_of_any_kind SELECT id, dataset_group, kind FROM dataset;
-- Ids are never used twice, those of deleted datasets among them.
UPDATE sqlite_sequence SET seq = (SELECT seq FROM sqlite_sequence WHERE name = 'dataset')
    WHERE name = 'dataset_of_any_kind' AND EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'dataset');
DROP TABLE dataset;
ALTER TABLE dataset_of_any_kind RENAME TO dataset;

-- The dataset that an event is an interaction of. Of an action interaction `item` is the action.
ALTER TABLE event ADD COLUMN dataset TEXT NOT NULL DEFAULT 'Interactions'
    CHECK (dataset IN ('Interactions', 'Action_Interactions'));
DROP INDEX event_same;
CREATE UNIQUE INDEX event_same ON event (
    dataset_group, dataset, coalesce(user, ''), session, event_type, coalesce(item, ''), coalesce(value, ''), sent_at,
    properties
);
DROP INDEX event_waiting;
CREATE INDEX event_waiting ON event (dataset_group, dataset) WHERE is_imported = 0;
