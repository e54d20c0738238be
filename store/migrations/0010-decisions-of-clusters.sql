-- Calls that change a cluster for all that is placed there from then on: they belong to no service.
CREATE INDEX decisions_of_cluster ON decisions (cluster, at, seq) WHERE service IS NULL AND kind = 'call';
