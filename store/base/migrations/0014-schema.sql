-- The schema of the store. Times are milliseconds since the epoch (bigint). Keys sort bytewise, so that paging is the same on
-- every database.
-- Task documents are json, not jsonb: they are read far more often than searched, and json is returned as it is.

CREATE TABLE clusters (
  name text COLLATE "C" PRIMARY KEY,
  status text NOT NULL,
  created_at bigint NOT NULL,
  doc jsonb NOT NULL,
  tags jsonb NOT NULL DEFAULT '[]'
);

-- The default cluster exists from the first start; if somebody deletes it, it does not return.
INSERT INTO clusters (name, status, created_at, doc)
VALUES ('default', 'ACTIVE', (extract(epoch FROM now()) * 1000)::bigint,
  '{"settings": [{"name": "containerInsights", "value": "disabled"}], "capacityProviders": ["FARGATE", "FARGATE_SPOT"], "defaultCapacityProviderStrategy": []}');

-- A family outlives its definitions, so that no revision number is used twice.
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
  -- The API and the events show it. It also rises when what is held changes.
  event_version bigint NOT NULL DEFAULT 0,
  cpu integer NOT NULL,
  memory integer NOT NULL,
  reserved_ports text[] NOT NULL,
  gpus text[] NOT NULL,
  held_cpu integer NOT NULL DEFAULT 0,
  held_memory integer NOT NULL DEFAULT 0,
  held_ports text[] NOT NULL DEFAULT '{}',
  held_gpus text[] NOT NULL DEFAULT '{}',
  -- Values by name; '' stands for an attribute without a value. Custom ones come from PutAttributes and survive registration.
  agent_attributes jsonb NOT NULL,
  custom_attributes jsonb NOT NULL DEFAULT '{}',
  zone text,
  agent_version text NOT NULL,
  agent_hash text NOT NULL,
  docker_version text NOT NULL,
  tags jsonb NOT NULL DEFAULT '[]',
  inactive_since timestamptz,
  -- After the notice of a spot interruption: when the remaining tasks are stopped, in ms since the epoch. An instance whose
  -- workflow is started again from its row keeps that time.
  stop_tasks_at bigint
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
  -- spec changes only when a waiting task gets its instance; state changes.
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
-- Tasks that wait for capacity. They are few, and are read whenever capacity appears.
CREATE INDEX tasks_provisioning ON tasks (cluster, id) WHERE instance_id IS NULL AND last_status = 'PROVISIONING';
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

-- One row per name: a new service replaces its INACTIVE predecessor.
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
  -- What a DAEMON service claims ahead of other tasks: room for one task on each instance in daemon_missing, and on each that
  -- has changed since it last looked (daemon_unseen: `instance/number`; the number makes each mark a new one).
  daemon_cpu integer NOT NULL DEFAULT 0,
  daemon_memory integer NOT NULL DEFAULT 0,
  daemon_ports text[] NOT NULL DEFAULT '{}',
  daemon_missing text[] NOT NULL DEFAULT '{}',
  daemon_unseen text[] NOT NULL DEFAULT '{}',
  PRIMARY KEY (cluster, name)
);
CREATE SEQUENCE daemon_marks;
CREATE INDEX services_daemon ON services (cluster, name) WHERE scheduling_strategy = 'DAEMON' AND status = 'ACTIVE';
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

-- The history of a service's rollouts. Rows belong to one incarnation of a service and are removed with it.

CREATE TABLE service_revisions (
  cluster text COLLATE "C" NOT NULL,
  service text COLLATE "C" NOT NULL,
  incarnation text NOT NULL,
  id text COLLATE "C" NOT NULL,
  created_at bigint NOT NULL,
  -- How many of the images have a digest in the document; the document changes only by these.
  resolved integer NOT NULL,
  doc jsonb NOT NULL,
  PRIMARY KEY (cluster, service, id)
);

CREATE TABLE service_deployments (
  cluster text COLLATE "C" NOT NULL,
  service text COLLATE "C" NOT NULL,
  incarnation text NOT NULL,
  id text COLLATE "C" NOT NULL,
  version bigint NOT NULL,
  status text NOT NULL,
  created_at bigint NOT NULL,
  doc jsonb NOT NULL,
  PRIMARY KEY (cluster, service, id)
);
CREATE INDEX service_deployments_newest ON service_deployments (cluster, service, incarnation, created_at, id);

-- Capacity providers of the account, including AWS's two. A deleted one stays as INACTIVE until its name is used again.
CREATE TABLE capacity_providers (
  name text COLLATE "C" PRIMARY KEY,
  status text NOT NULL,
  created_at bigint NOT NULL,
  doc jsonb NOT NULL DEFAULT '{}',
  tags jsonb NOT NULL DEFAULT '[]'
);
INSERT INTO capacity_providers (name, status, created_at)
SELECT name, 'ACTIVE', (extract(epoch FROM now()) * 1000)::bigint FROM unnest('{FARGATE,FARGATE_SPOT}'::text[]) name;

-- Events in EventBridge's form, written in the transaction of the change. An event stores what may change; the rest is
-- joined from the row of its task or instance when it is read, or from ecs_event_specs once that row is gone.
CREATE TABLE ecs_events (
  position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  kind text NOT NULL,
  cluster text COLLATE "C" NOT NULL,
  resource text COLLATE "C" NOT NULL,
  detail json NOT NULL
);
CREATE INDEX ecs_events_by_resource ON ecs_events (resource, position);

CREATE TABLE ecs_event_specs (
  id text COLLATE "C" PRIMARY KEY,
  spec json NOT NULL
);

-- Positions are taken before their transactions commit, so a reader could meet 8 while 7 is still to come, and never go
-- back for it. So each writer first holds, until its end, a shared lock on the position that was last when it began:
-- everything up to the lowest locked position is settled. Readers look at the locks and take none.
CREATE FUNCTION announce_ecs_events() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock_shared((19539::bigint << 48) | (SELECT last_value FROM ecs_events_position_seq));
  RETURN NULL;
END $$;
CREATE TRIGGER announce_ecs_events BEFORE INSERT ON ecs_events
  FOR EACH STATEMENT EXECUTE FUNCTION announce_ecs_events();

-- The newest event up to which nothing is missing; 0 if there is none. The order of the looks matters: positions taken after
-- the first look are above its result; for those taken before it, the second look sees the lock, or the third the event.
CREATE FUNCTION ecs_event_horizon() RETURNS bigint LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  drawn bigint;
  settled bigint;
BEGIN
  SELECT last_value INTO drawn FROM ecs_events_position_seq;
  SELECT min((classid::bigint & 65535) << 32 | objid::bigint) INTO settled FROM pg_locks
    WHERE locktype = 'advisory' AND objsubid = 1 AND classid::bigint >> 16 = 19539
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database());
  RETURN coalesce((SELECT max(position) FROM ecs_events WHERE position <= least(drawn, settled)), 0);
END $$;

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
  -- How often it was made.
  times integer NOT NULL,
  -- Everything that it names, so that it can be found.
  tasks text[] NOT NULL,
  instances text[] NOT NULL,
  doc json NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.05);
CREATE INDEX decisions_by_service ON decisions (cluster, service, at, seq) WHERE service IS NOT NULL;
CREATE INDEX decisions_by_deployment ON decisions (deployment, at, seq) WHERE deployment IS NOT NULL;
CREATE INDEX decisions_by_task ON decisions USING gin (tasks);
CREATE INDEX decisions_by_instance ON decisions USING gin (instances);
CREATE INDEX decisions_by_age ON decisions (last_at);
-- Calls that change a cluster for everything that is placed there later: they belong to no service.
CREATE INDEX decisions_of_cluster ON decisions (cluster, at, seq) WHERE service IS NULL AND kind = 'call';

-- The operator's receivers of events. The holder of the lease delivers; position is the last event that is done with.
CREATE TABLE webhooks (
  id text COLLATE "C" PRIMARY KEY,
  url text NOT NULL,
  pattern json,
  secret text,
  status text NOT NULL,
  created_at bigint NOT NULL,
  updated_at bigint NOT NULL,
  position bigint NOT NULL,
  delivered bigint NOT NULL DEFAULT 0,
  dropped bigint NOT NULL DEFAULT 0,
  last_delivered_at timestamptz,
  -- The number of failures since the last success.
  failures integer NOT NULL DEFAULT 0,
  failing_since timestamptz,
  last_error text,
  next_attempt_at timestamptz,
  leased_by text,
  leased_until timestamptz
);
