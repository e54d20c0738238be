-- Secrets of Secrets Manager. Only the api role can open a sealed value.
CREATE TABLE secrets (
  arn         text PRIMARY KEY,
  name        text COLLATE "C" NOT NULL UNIQUE,
  description text,
  created_at  bigint NOT NULL,
  changed_at  bigint NOT NULL,
  -- Both or none: it is marked for deletion, and may be removed from purge_at on.
  marked_at   bigint,
  purge_at    bigint,
  tags        jsonb NOT NULL DEFAULT '[]'
);
CREATE INDEX secrets_by_creation ON secrets (created_at, arn);
CREATE INDEX secrets_to_purge ON secrets (purge_at) WHERE purge_at IS NOT NULL;

CREATE TABLE secret_versions (
  secret_arn  text NOT NULL REFERENCES secrets (arn) ON DELETE CASCADE,
  id          text COLLATE "C" NOT NULL,
  stages      jsonb NOT NULL,
  created_at  bigint NOT NULL,
  -- The day, at midnight UTC.
  accessed_at bigint,
  sealed      text NOT NULL,
  PRIMARY KEY (secret_arn, id)
);

-- Parameters of Parameter Store, each with one row a version.
CREATE TABLE parameters (
  name text COLLATE "C" PRIMARY KEY,
  tags jsonb NOT NULL DEFAULT '[]'
);

CREATE TABLE parameter_versions (
  name            text COLLATE "C" NOT NULL REFERENCES parameters (name) ON DELETE CASCADE,
  version         bigint NOT NULL,
  type            text NOT NULL,
  tier            text NOT NULL,
  description     text,
  allowed_pattern text,
  modified_at     bigint NOT NULL,
  modified_by     text NOT NULL,
  labels          jsonb NOT NULL DEFAULT '[]',
  sealed          text NOT NULL,
  PRIMARY KEY (name, version)
);
