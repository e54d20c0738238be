-- API calls that changed something or were refused. A call has one event, whose id is that of the request.

CREATE TABLE audit_events (
  id uuid PRIMARY KEY,
  -- Milliseconds since the epoch.
  at bigint NOT NULL,
  -- What people look for, each with its kind: 'user=ada', 'name=RunTask', 'resource=arn:…'.
  terms text[] COLLATE "C" NOT NULL,
  -- In CloudTrail's form. Text, because it is returned as it was written.
  event text NOT NULL,
  -- What policies said; null where none was asked.
  judgements json
);
CREATE INDEX audit_events_by_time ON audit_events (at, id);
CREATE INDEX audit_events_by_term ON audit_events USING gin (terms);
