-- Times are milliseconds since the epoch (bigint). Keys sort bytewise, so that paging is the same on every database.
-- Task documents are json, not jsonb: they are read far more often than searched, and json is handed out as it is.

CREATE TABLE clusters (
  name text COLLATE "C" PRIMARY KEY,
  status text NOT NULL,
  created_at bigint NOT NULL,
  doc jsonb NOT NULL,
  tags jsonb NOT NULL DEFAULT '[]'
);

-- The default cluster exists from the first start; who deletes it has deleted it.
INSERT INTO clusters (name, status, created_at, doc)
VALUES ('default', 'ACTIVE', (extract(epoch FROM now()) * 1000)::bigint,
  '{"settings": [{"name": "containerInsights", "value": "disabled"}], "capacityProviders": [], "defaultCapacityProviderStrategy": []}');

-- Outlives its definitions: a revision number is never given twice.
CREATE TABLE task_definition_families (
  family text COLLATE "C" PRIMARY KEY,
  last_revision integer NOT NULL
);

CREATE TABLE task_definitions (
  family text COLLATE "C" NOT NULL,
  revision integer NOT NULL,
  status text NOT NULL,
  doc json NOT NULL,
  tags jsonb NOT NULL DEFAULT '[]',
  PRIMARY KEY (family, revision)
);
CREATE INDEX task_definitions_by_status ON task_definitions (status, family, revision);

-- held_cpu, held_memory, held_ports and held_gpus change only in the transaction that changes the tasks that hold them.
CREATE TABLE container_instances (
  id text COLLATE "C" PRIMARY KEY,
  cluster text COLLATE "C" NOT NULL,
  status text NOT NULL,
  status_reason text,
  agent_connected boolean NOT NULL,
  registered_at bigint NOT NULL,
  version bigint NOT NULL,
  cpu integer NOT NULL,
  memory integer NOT NULL,
  reserved_ports text[] NOT NULL,
  gpus text[] NOT NULL,
  held_cpu integer NOT NULL DEFAULT 0,
  held_memory integer NOT NULL DEFAULT 0,
  held_ports text[] NOT NULL DEFAULT '{}',
  held_gpus text[] NOT NULL DEFAULT '{}',
  -- By name; '' stands for an attribute without a value. Custom ones come from PutAttributes and survive registration.
  agent_attributes jsonb NOT NULL,
  custom_attributes jsonb NOT NULL DEFAULT '{}',
  zone text,
  agent_version text NOT NULL,
  agent_hash text NOT NULL,
  docker_version text NOT NULL,
  tags jsonb NOT NULL DEFAULT '[]',
  inactive_since timestamptz
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.05);
CREATE INDEX container_instances_by_cluster ON container_instances (cluster, status, id);

CREATE TABLE tasks (
  id text COLLATE "C" PRIMARY KEY,
  cluster text COLLATE "C" NOT NULL,
  owner text NOT NULL,
  service text COLLATE "C",
  family text COLLATE "C" NOT NULL,
  revision integer NOT NULL,
  task_group text COLLATE "C" NOT NULL,
  started_by text COLLATE "C",
  instance_id text COLLATE "C" REFERENCES container_instances (id),
  launch_type text NOT NULL,
  last_status text NOT NULL,
  desired_status text NOT NULL,
  held_cpu integer NOT NULL,
  held_memory integer NOT NULL,
  held_ports text[] NOT NULL,
  held_gpus text[] NOT NULL,
  version bigint NOT NULL,
  stopped_at bigint,
  -- What never changes after reservation, and what does.
  spec json NOT NULL,
  state json NOT NULL,
  tags jsonb NOT NULL DEFAULT '[]'
) WITH (autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.05);
CREATE INDEX tasks_by_cluster ON tasks (cluster, desired_status, id);
CREATE INDEX tasks_by_service ON tasks (cluster, service, id) WHERE service IS NOT NULL;
CREATE INDEX tasks_by_family ON tasks (cluster, family, id);
CREATE INDEX tasks_by_starter ON tasks (cluster, started_by, id) WHERE started_by IS NOT NULL;
CREATE INDEX tasks_by_instance ON tasks (instance_id, id);
CREATE INDEX tasks_alive_by_cluster ON tasks (cluster, last_status, launch_type) WHERE last_status <> 'STOPPED';
CREATE INDEX tasks_alive_by_instance ON tasks (instance_id, last_status, desired_status) WHERE last_status <> 'STOPPED';
CREATE INDEX tasks_alive_by_group ON tasks (cluster, task_group, instance_id)
  WHERE last_status <> 'STOPPED' AND desired_status = 'RUNNING';
CREATE INDEX tasks_alive_by_definition ON tasks (family, revision) WHERE last_status <> 'STOPPED';
CREATE INDEX tasks_stopped ON tasks (stopped_at) WHERE last_status = 'STOPPED';

CREATE TABLE run_task_requests (
  cluster text COLLATE "C" NOT NULL,
  client_token text COLLATE "C" NOT NULL,
  digest text NOT NULL,
  task_ids text[] NOT NULL,
  failures jsonb NOT NULL,
  created_at bigint NOT NULL,
  PRIMARY KEY (cluster, client_token)
);
CREATE INDEX run_task_requests_by_age ON run_task_requests (created_at);

-- One row per name: a service created anew replaces its INACTIVE predecessor.
CREATE TABLE services (
  cluster text COLLATE "C" NOT NULL,
  name text COLLATE "C" NOT NULL,
  incarnation text NOT NULL,
  version bigint NOT NULL,
  status text NOT NULL,
  launch_type text,
  scheduling_strategy text NOT NULL,
  created_at bigint NOT NULL,
  waiting_since timestamptz,
  inactive_since timestamptz,
  doc jsonb NOT NULL,
  tags jsonb NOT NULL DEFAULT '[]',
  PRIMARY KEY (cluster, name)
);
CREATE INDEX services_waiting ON services (cluster, waiting_since) WHERE waiting_since IS NOT NULL;

CREATE TABLE service_events (
  cluster text COLLATE "C" NOT NULL,
  service text COLLATE "C" NOT NULL,
  incarnation text NOT NULL,
  id text NOT NULL,
  created_at bigint NOT NULL,
  -- Orders events of the same millisecond.
  seq bigint GENERATED ALWAYS AS IDENTITY,
  message text NOT NULL,
  PRIMARY KEY (cluster, service, incarnation, id)
);
CREATE INDEX service_events_newest ON service_events (cluster, service, incarnation, created_at, seq);
