-- How agents get in: the authority of the agent door, tokens by which hosts join, and the certificates of those that did.
CREATE TABLE agent_authority (
  single boolean PRIMARY KEY DEFAULT true CHECK (single),
  certificate text NOT NULL,
  -- Only the api role can open it.
  sealed_key text NOT NULL,
  created_at bigint NOT NULL
);

-- The secret of a token is in the token alone.
CREATE TABLE join_tokens (
  id text COLLATE "C" PRIMARY KEY,
  cluster text COLLATE "C" NOT NULL,
  -- NULL: agents say where they are.
  zone text,
  uses integer NOT NULL,
  uses_left integer NOT NULL CHECK (uses_left BETWEEN 0 AND uses),
  created_at bigint NOT NULL,
  expires_at bigint NOT NULL,
  revoked_at bigint,
  created_by text NOT NULL
);
CREATE INDEX join_tokens_by_cluster ON join_tokens (cluster, id);
CREATE INDEX join_tokens_by_end ON join_tokens (expires_at);

-- Container instances that joined by a token. A key that joined with a token is the same instance however often it asks.
CREATE TABLE joined_agents (
  instance_id text COLLATE "C" PRIMARY KEY,
  cluster text COLLATE "C" NOT NULL,
  zone text,
  token_id text COLLATE "C" NOT NULL,
  key_digest text NOT NULL,
  joined_at bigint NOT NULL,
  revoked_at bigint,
  UNIQUE (token_id, key_digest)
);

-- revocation: rises with every revocation, in the order in which they are committed, so that whoever asks for those after
-- the last one it knows misses none.
CREATE TABLE agent_certificates (
  serial text COLLATE "C" PRIMARY KEY,
  instance_id text COLLATE "C" NOT NULL REFERENCES joined_agents (instance_id) ON DELETE CASCADE,
  issued_at bigint NOT NULL,
  expires_at bigint NOT NULL,
  revoked_at bigint,
  revocation bigint
);
CREATE INDEX agent_certificates_by_instance ON agent_certificates (instance_id);
CREATE INDEX agent_certificates_by_end ON agent_certificates (expires_at);
CREATE INDEX agent_certificates_revoked ON agent_certificates (revocation) WHERE revocation IS NOT NULL;

CREATE TABLE agent_revocations (
  single boolean PRIMARY KEY DEFAULT true CHECK (single),
  version bigint NOT NULL
);
INSERT INTO agent_revocations (version) VALUES (0);
