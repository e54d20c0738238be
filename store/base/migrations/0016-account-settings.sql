-- Values of account settings that somebody set. The principal is the end of an IAM ARN (root, user/NAME, role/NAME); root's
-- values are the defaults of all others.
CREATE TABLE account_settings (
  principal text COLLATE "C" NOT NULL,
  name text COLLATE "C" NOT NULL,
  value text NOT NULL,
  PRIMARY KEY (name, principal)
);
