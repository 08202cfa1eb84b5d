-- The use case that a campaign was made for, where it was made ready.
ALTER TABLE campaign ADD COLUMN use_case TEXT;
