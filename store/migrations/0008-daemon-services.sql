-- What a DAEMON service claims ahead of other tasks: room for one task on each instance in daemon_missing, and on each that
-- it has not seen since it changed (daemon_unseen: `instance/number`, the number makes each mark another).
ALTER TABLE services
  ADD COLUMN daemon_cpu integer NOT NULL DEFAULT 0,
  ADD COLUMN daemon_memory integer NOT NULL DEFAULT 0,
  ADD COLUMN daemon_ports text[] NOT NULL DEFAULT '{}',
  ADD COLUMN daemon_missing text[] NOT NULL DEFAULT '{}',
  ADD COLUMN daemon_unseen text[] NOT NULL DEFAULT '{}';
CREATE SEQUENCE daemon_marks;
CREATE INDEX services_daemon ON services (cluster, name) WHERE scheduling_strategy = 'DAEMON' AND status = 'ACTIVE';
