-- Users, groups, roles and managed policies. Names are unique regardless of case. Inline policies, memberships and attachments
-- go by unique ids, so a rename changes one row. Documents are text: IAM returns them as they were written.

-- Every change raises the version in its transaction, and so also waits for any other: changes happen one after the other.
-- Whoever keeps policies in memory compares it.
CREATE TABLE iam_version (
  single boolean PRIMARY KEY DEFAULT true CHECK (single),
  version bigint NOT NULL,
  -- When the account began.
  began_at bigint NOT NULL
);
INSERT INTO iam_version (version, began_at) VALUES (1, (extract(epoch FROM now()) * 1000)::bigint);

-- boundary: the id of the managed policy that is the permissions boundary.
CREATE TABLE iam_users (
  id text PRIMARY KEY,
  name text COLLATE "C" NOT NULL UNIQUE,
  path text COLLATE "C" NOT NULL,
  created_at bigint NOT NULL,
  boundary text,
  tags jsonb NOT NULL DEFAULT '[]'
);
CREATE UNIQUE INDEX iam_users_by_folded_name ON iam_users (lower(name));

CREATE TABLE iam_groups (
  id text PRIMARY KEY,
  name text COLLATE "C" NOT NULL UNIQUE,
  path text COLLATE "C" NOT NULL,
  created_at bigint NOT NULL
);
CREATE UNIQUE INDEX iam_groups_by_folded_name ON iam_groups (lower(name));

CREATE TABLE iam_roles (
  id text PRIMARY KEY,
  name text COLLATE "C" NOT NULL UNIQUE,
  path text COLLATE "C" NOT NULL,
  created_at bigint NOT NULL,
  trust_policy text NOT NULL,
  description text,
  max_session_duration integer NOT NULL,
  boundary text,
  tags jsonb NOT NULL DEFAULT '[]'
);
CREATE UNIQUE INDEX iam_roles_by_folded_name ON iam_roles (lower(name));

CREATE TABLE iam_memberships (
  user_id text NOT NULL REFERENCES iam_users (id),
  group_id text NOT NULL REFERENCES iam_groups (id),
  PRIMARY KEY (user_id, group_id)
);
CREATE INDEX iam_memberships_by_group ON iam_memberships (group_id);

-- holder_id: the id of a user, group or role.
CREATE TABLE iam_inline_policies (
  holder_id text NOT NULL,
  name text COLLATE "C" NOT NULL,
  document text NOT NULL,
  PRIMARY KEY (holder_id, name)
);

CREATE TABLE iam_policies (
  id text PRIMARY KEY,
  name text COLLATE "C" NOT NULL UNIQUE,
  path text COLLATE "C" NOT NULL,
  description text,
  default_version integer NOT NULL,
  -- Numbers of deleted versions are not used again.
  last_version integer NOT NULL,
  created_at bigint NOT NULL,
  updated_at bigint NOT NULL,
  tags jsonb NOT NULL DEFAULT '[]'
);
CREATE UNIQUE INDEX iam_policies_by_folded_name ON iam_policies (lower(name));

CREATE TABLE iam_policy_versions (
  policy_id text NOT NULL REFERENCES iam_policies (id) ON DELETE CASCADE,
  version integer NOT NULL,
  document text NOT NULL,
  created_at bigint NOT NULL,
  PRIMARY KEY (policy_id, version)
);

-- policy_id: of a row of iam_policies, or of one of AWS's own policies, which are no rows.
CREATE TABLE iam_attachments (
  holder_id text NOT NULL,
  policy_id text NOT NULL,
  PRIMARY KEY (holder_id, policy_id)
);
CREATE INDEX iam_attachments_by_policy ON iam_attachments (policy_id);

-- Service-linked roles that were deleted, for whoever asks how that went.
CREATE TABLE iam_role_deletions (
  task_id text PRIMARY KEY,
  created_at bigint NOT NULL
);

-- A user who is renamed keeps the keys.
ALTER TABLE access_keys ALTER COLUMN user_name TYPE text COLLATE "C",
  ADD CONSTRAINT access_keys_of_known_user FOREIGN KEY (user_name) REFERENCES iam_users (name) ON UPDATE CASCADE;
