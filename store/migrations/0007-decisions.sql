-- Why things happened: one row for a decision about any number of tasks. Outlives the tasks, services and instances it names.
CREATE TABLE decisions (
  id text COLLATE "C" PRIMARY KEY,
  -- Orders decisions of the same millisecond.
  seq bigint GENERATED ALWAYS AS IDENTITY,
  cluster text COLLATE "C" NOT NULL,
  kind text NOT NULL,
  service text COLLATE "C",
  deployment text COLLATE "C",
  at bigint NOT NULL,
  last_at bigint NOT NULL,
  -- How often it was taken.
  times integer NOT NULL,
  -- All that it names, to be found by.
  tasks text[] NOT NULL,
  instances text[] NOT NULL,
  doc json NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.05);
CREATE INDEX decisions_by_service ON decisions (cluster, service, at, seq) WHERE service IS NOT NULL;
CREATE INDEX decisions_by_deployment ON decisions (deployment, at, seq) WHERE deployment IS NOT NULL;
CREATE INDEX decisions_by_task ON decisions USING gin (tasks);
CREATE INDEX decisions_by_instance ON decisions USING gin (instances);
CREATE INDEX decisions_by_age ON decisions (last_at);
