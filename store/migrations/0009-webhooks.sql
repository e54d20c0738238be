-- The operator's receivers of events. Whoever holds the lease delivers; position is the last event that is done with.
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
  -- Of the failures since the last success.
  failures integer NOT NULL DEFAULT 0,
  failing_since timestamptz,
  last_error text,
  next_attempt_at timestamptz,
  leased_by text,
  leased_until timestamptz
);
