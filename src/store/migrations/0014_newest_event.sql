-- Every request asks whether something came since: the newest event of a dataset, found without reading the others.
CREATE INDEX event_newest ON event (dataset_group, dataset);
