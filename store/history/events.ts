/**
 * The events in EventBridge's form: written with the change that they describe, and read in the order of their
 * positions.
 */
import type { ServiceActionRecord } from '../../model/service-action.ts';
import type { OwnerRecord } from '../../model/owner-record.ts';
import { isDeploymentChange } from '../../model/service-action.ts';
import type { StoredEvent } from '../../model/event.ts';
import type { EpochMs } from '../../model/time.ts';
import type { Database, Queries, Statement } from '../base/database.ts';
import { toInstance, type InstanceRow } from '../rows/instance-rows.ts';
import { toTask, type TaskRow } from '../rows/task-rows.ts';
import type { EventFilter, EventPage, EventStore } from '../contract/events.ts';
import { toJson } from '../base/storable.ts';

/** How many rows a purge removes in one statement. */
const PURGE_BATCH = 10_000;

/**
 * Statements that change tasks or instances end in one of these; `changed` names their RETURNING. Positions are taken
 * row by row while the rows are locked, so that the events of one resource are in the order of its changes. The rows
 * come in the order of their ids, however Postgres found them.
 */
export const insertTaskEvents = (changed: string): string =>
  `INSERT INTO ecs_events (kind, cluster, resource, detail) SELECT 'task', cluster, id, state FROM ${changed} ORDER BY id`;
export const insertInstanceEvents = (changed: string): string =>
  `INSERT INTO ecs_events (kind, cluster, resource, detail)
   SELECT 'container-instance', cluster, id, row_to_json(${changed}) FROM ${changed} ORDER BY id`;
/** The columns of an instance that `changed` returns. */
export const INSTANCE_EVENT_COLUMNS = `i.id, i.cluster, i.status, i.status_reason, i.agent_connected, i.registered_at,
  i.event_version AS version, i.cpu, i.memory, i.reserved_ports, i.gpus, i.held_cpu, i.held_memory, i.held_ports,
  i.held_gpus, i.agent_version, i.agent_hash, i.docker_version, i.agent_update_status`;

/** Runs only if the service's row was new, so that a repeat adds nothing. */
export async function addServiceActions(queries: Queries, writes: OwnerRecord): Promise<void> {
  const { service, actions = [] } = writes;
  if (!service) throw new Error('A record has service actions but no service.');
  const { clusterName, serviceName } = service.definition;
  const told = await lastChanges(queries, writes);
  const fresh = actions.filter((action) => isNews(action, told));
  const rows = fresh.map((action) => ({ kind: kindOf(action), detail: action }));
  await queries.run(
    `INSERT INTO ecs_events (kind, cluster, resource, detail)
     SELECT a.value ->> 'kind', $1, $2, a.value -> 'detail'
     FROM json_array_elements($3) WITH ORDINALITY AS a (value, place) ORDER BY place`,
    [clusterName, serviceName, toJson(rows)],
  );
}

/** The last recorded state change of each deployment. */
async function lastChanges(queries: Queries, { service, actions = [] }: OwnerRecord): Promise<Map<string, string>> {
  const ids = actions.filter(isDeploymentChange).map(({ deploymentId }) => deploymentId);
  if (ids.length === 0) return new Map();
  const rows = await queries.rows<{ deployment: string; name: string }>(
    `SELECT DISTINCT ON (deployment) detail ->> 'deploymentId' AS deployment, detail ->> 'eventName' AS name
     FROM ecs_events WHERE kind = 'deployment' AND cluster = $1 AND resource = $2 AND detail ->> 'deploymentId' = ANY($3)
     ORDER BY deployment, position DESC`,
    [service?.definition.clusterName, service?.definition.serviceName, ids],
  );
  return new Map(rows.map(({ deployment, name }) => [deployment, name]));
}

/** A lost workflow task of the owner that had already written reports a change again. Notes what is reported. */
function isNews(action: ServiceActionRecord, told: Map<string, string>): boolean {
  const { deploymentId, eventName } = action;
  if (!isDeploymentChange(action) || deploymentId === undefined) return true;
  if (told.get(deploymentId) === eventName) return false;
  told.set(deploymentId, eventName);
  return true;
}

const kindOf = (action: ServiceActionRecord): StoredEvent['kind'] =>
  isDeploymentChange(action) ? 'deployment' : 'service-action';

const HORIZON: Statement = { name: 'events-horizon', text: 'SELECT ecs_event_horizon() AS position' };

export function createEventStore(db: Database): EventStore {
  return {
    listEvents: (filter, page) => listEvents(db, filter, page),
    eventHorizon: () => horizon(db),
    purgeEvents: (before) => purgeEvents(db, before),
  };
}

async function horizon(db: Database): Promise<number> {
  const [row] = await db.rows<{ position: number }>(HORIZON);
  return row?.position ?? 0;
}

interface EventRow {
  readonly position: number;
  readonly id: string;
  readonly at: number;
  readonly kind: StoredEvent['kind'];
  readonly cluster: string;
  readonly resource: string;
  readonly detail: unknown;
  readonly spec: unknown;
  readonly architecture: string | null;
}

const SELECT = `
  SELECT e.position, e.id, (extract(epoch FROM e.at) * 1000)::bigint AS at, e.kind, e.cluster, e.resource, e.detail,
    coalesce(t.spec, to_json(i.agent_attributes || i.custom_attributes), s.spec) AS spec,
    a.agent_attributes ->> 'ecs.cpu-architecture' AS architecture
  FROM ecs_events e
    LEFT JOIN tasks t ON e.kind = 'task' AND t.id = e.resource
    LEFT JOIN container_instances a ON a.id = t.instance_id
    LEFT JOIN container_instances i ON e.kind = 'container-instance' AND i.id = e.resource
    LEFT JOIN ecs_event_specs s ON s.id = e.resource`;

async function listEvents(
  db: Database,
  filter: EventFilter,
  { after, limit }: { readonly after: number; readonly limit: number },
): Promise<EventPage> {
  const upTo = await horizon(db);
  const values: unknown[] = [after, upTo, limit];
  const conditions = ['e.position > $1', 'e.position <= $2'];
  const equals = (column: string, value: unknown): void => {
    if (value === undefined) return;
    values.push(value);
    conditions.push(`${column} = ${Array.isArray(value) ? `ANY($${values.length})` : `$${values.length}`}`);
  };
  equals('e.cluster', filter.clusterName);
  equals('e.kind', filter.kinds);
  equals('e.resource', filter.resource);
  const text = `${SELECT} WHERE ${conditions.join(' AND ')} ORDER BY e.position LIMIT $3`;
  const rows = await db.rows<EventRow>(text, values);
  const last = rows.length === limit ? rows.at(-1)?.position : undefined;
  return { events: rows.map(toEvent), through: last ?? Math.max(after, upTo) };
}

function toEvent(row: EventRow): StoredEvent {
  const { position, id, at, cluster: clusterName } = row;
  const common = { position, id, at, clusterName };
  switch (row.kind) {
    case 'task': {
      const taskRow = { spec: row.spec, state: row.detail, tags: [] } as unknown as TaskRow;
      const architecture = row.architecture === null ? {} : { cpuArchitecture: row.architecture };
      return { ...common, kind: 'task', task: toTask(taskRow), ...architecture };
    }
    case 'container-instance': {
      const detail = row.detail as Omit<InstanceRow, 'attributes' | 'tags' | 'running' | 'pending'>;
      const attributes = row.spec as InstanceRow['attributes'];
      const instance = toInstance({ ...detail, attributes, tags: [], running: 0, pending: 0 });
      return { ...common, kind: 'container-instance', instance };
    }
    case 'service-action':
    case 'deployment':
      return { ...common, kind: row.kind, serviceName: row.resource, action: row.detail as ServiceActionRecord };
  }
}

/**
 * Positions rise with time, so the events before the first one to keep are removed. The newest stays, because readers
 * may be at its position.
 */
async function purgeEvents(db: Database, before: EpochMs): Promise<number> {
  const [bounds] = await db.rows<{ first: number | null; last: number | null; kept: number | null }>(
    `SELECT min(position) AS first, max(position) AS last,
       (SELECT position FROM ecs_events WHERE at >= to_timestamp($1::float8 / 1000) ORDER BY position LIMIT 1) AS kept
     FROM ecs_events`,
    [before],
  );
  if (!bounds || bounds.first === null || bounds.last === null) return 0;
  const end = bounds.kept ?? bounds.last;
  let removed = 0;
  for (let from = bounds.first; from < end; from += PURGE_BATCH) {
    removed += await db.run('DELETE FROM ecs_events WHERE position < $1', [Math.min(from + PURGE_BATCH, end)]);
  }
  await db.run('DELETE FROM ecs_event_specs s WHERE NOT EXISTS (SELECT FROM ecs_events e WHERE e.resource = s.id)');
  return removed;
}
