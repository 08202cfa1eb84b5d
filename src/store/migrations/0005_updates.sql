-- The number of the version of the same solution that a version took over and brought up to date without learning anew;
-- NULL where it was trained in full.
ALTER TABLE solution_version ADD COLUMN updates INTEGER;
