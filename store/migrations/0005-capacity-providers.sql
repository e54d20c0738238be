-- Capacity providers of the account, AWS's own two among them; a deleted one stays as INACTIVE until its name is used again.
CREATE TABLE capacity_providers (
  name text COLLATE "C" PRIMARY KEY,
  status text NOT NULL,
  created_at bigint NOT NULL,
  doc jsonb NOT NULL DEFAULT '{}',
  tags jsonb NOT NULL DEFAULT '[]'
);
INSERT INTO capacity_providers (name, status, created_at)
SELECT name, 'ACTIVE', (extract(epoch FROM now()) * 1000)::bigint FROM unnest('{FARGATE,FARGATE_SPOT}'::text[]) name;

-- The cluster that is there from the first start can be used with both at once.
UPDATE clusters SET doc = doc || '{"capacityProviders": ["FARGATE", "FARGATE_SPOT"]}'
WHERE name = 'default' AND doc -> 'capacityProviders' = '[]';

-- Tasks that wait for capacity: few, and looked at whenever some appears.
CREATE INDEX tasks_provisioning ON tasks (cluster, id) WHERE instance_id IS NULL AND last_status = 'PROVISIONING';
