-- The last write of each owner of tasks. Who writes next names it: when another one is here, a workflow step was lost after
-- it had written, and the rows may not be what the owner holds.
CREATE TABLE owner_marks (
  owner text PRIMARY KEY,
  run text NOT NULL,
  mark text NOT NULL,
  written_at timestamptz NOT NULL DEFAULT now()
);
