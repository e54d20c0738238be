-- What EventBridge is told, written in the transaction of the change. An event keeps what may change; what never does is
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

-- Positions are drawn before their transactions commit, so a reader could meet 8 while 7 is still to come, and never go
-- back for it. Hence each writer first holds, until its end, a shared lock on the position that was last when it began:
-- everything up to the lowest lock held is settled. Readers look at the locks and take none.
CREATE FUNCTION announce_ecs_events() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock_shared((19539::bigint << 48) | (SELECT last_value FROM ecs_events_position_seq));
  RETURN NULL;
END $$;
CREATE TRIGGER announce_ecs_events BEFORE INSERT ON ecs_events
  FOR EACH STATEMENT EXECUTE FUNCTION announce_ecs_events();

-- The newest event up to which nothing is missing; 0 when there is none. In this order: what is drawn after the first
-- look is above it, what was drawn before it shows its lock in the second or is seen by the third.
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

-- What the API and the events show: rises with changes of what is held, too.
ALTER TABLE container_instances ADD COLUMN event_version bigint NOT NULL DEFAULT 0;
UPDATE container_instances SET event_version = version;
