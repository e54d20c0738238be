-- The history of a service's rollouts. Rows belong to one incarnation of a service and go with it.

CREATE TABLE service_revisions (
  cluster text COLLATE "C" NOT NULL,
  service text COLLATE "C" NOT NULL,
  incarnation text NOT NULL,
  id text COLLATE "C" NOT NULL,
  created_at bigint NOT NULL,
  -- How many of the images have a digest in the document; it changes by these alone.
  resolved integer NOT NULL,
  doc jsonb NOT NULL,
  PRIMARY KEY (cluster, service, id)
);

CREATE TABLE service_deployments (
  cluster text COLLATE "C" NOT NULL,
  service text COLLATE "C" NOT NULL,
  incarnation text NOT NULL,
  id text COLLATE "C" NOT NULL,
  version bigint NOT NULL,
  status text NOT NULL,
  created_at bigint NOT NULL,
  doc jsonb NOT NULL,
  PRIMARY KEY (cluster, service, id)
);
CREATE INDEX service_deployments_newest ON service_deployments (cluster, service, incarnation, created_at, id);
