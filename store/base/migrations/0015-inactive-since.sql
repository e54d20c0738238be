-- When a cluster or a capacity provider was deleted. It is removed a day later.
ALTER TABLE clusters ADD COLUMN inactive_since timestamptz;
UPDATE clusters SET inactive_since = now() WHERE status = 'INACTIVE';
ALTER TABLE capacity_providers ADD COLUMN inactive_since timestamptz;
UPDATE capacity_providers SET inactive_since = now() WHERE status = 'INACTIVE';
