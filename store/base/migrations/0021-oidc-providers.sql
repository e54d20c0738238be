-- OpenID Connect providers, whose tokens AssumeRoleWithWebIdentity takes.
CREATE TABLE iam_oidc_providers (
  -- The issuer: its URL without https://.
  id text COLLATE "C" PRIMARY KEY,
  client_ids jsonb NOT NULL,
  thumbprints jsonb NOT NULL,
  created_at bigint NOT NULL,
  tags jsonb NOT NULL DEFAULT '[]'
);
