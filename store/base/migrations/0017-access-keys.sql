-- Keys with which callers sign. Only the api role can open a sealed secret.
CREATE TABLE access_keys (
  id            text PRIMARY KEY,
  -- NULL: the account's root.
  user_name     text,
  sealed_secret text NOT NULL,
  status        text NOT NULL CHECK (status IN ('Active', 'Inactive')),
  created_at    timestamptz NOT NULL,
  last_used_at  timestamptz,
  last_used_for jsonb
);
CREATE INDEX access_keys_of_user ON access_keys (user_name);
