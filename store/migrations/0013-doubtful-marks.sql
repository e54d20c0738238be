-- What the last write was told. Its answer may be lost: when it is tried again, it is told the same.
ALTER TABLE owner_marks ADD COLUMN step_was_lost boolean NOT NULL DEFAULT false;
