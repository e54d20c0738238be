/** Snapshots of a cluster's capacity: one statement whose result is in columns. */
import type { AttributeColumn, CapacitySnapshot, SnapshotRequest } from '../../model/capacity.ts';
import { DEFAULT_RESERVED_PORTS, SNAPSHOT_LIMIT } from '../../model/capacity.ts';
import type { DaemonLookRequest } from '../../model/daemon.ts';
import type { InstanceStatus } from '../../model/status.ts';
import { defined } from '../../model/defined.ts';
import type { Database, Statement } from '../base/database.ts';
import { CAPACITY_PROVIDER, RUNNING_ON_INSTANCE } from '../rows/instance-rows.ts';

type AttributeValues = readonly (string | null)[];
type GroupCell = readonly [group: string, instanceId: string, tasks: number];

/** Every JSON member is a column in the order of the ids; null stands for an empty one. */
interface SnapshotRow {
  readonly taken_at: number;
  readonly total: number;
  readonly of_provider: number;
  readonly ids: readonly string[] | null;
  readonly statuses: readonly InstanceStatus[] | null;
  readonly connected: readonly boolean[] | null;
  readonly cpu: readonly number[] | null;
  readonly memory: readonly number[] | null;
  readonly ports: readonly (readonly string[] | null)[] | null;
  readonly gpus: readonly (readonly string[] | null)[] | null;
  readonly held_gpus: readonly (number | null)[] | null;
  readonly versions: readonly string[] | null;
  readonly registered: readonly number[] | null;
  readonly running: readonly number[] | null;
  /** For each instance, the values of the requested attributes; null if it has none. */
  readonly attributes: readonly AttributeValues[] | null;
  readonly group_tasks: readonly GroupCell[] | null;
}

/** Values of the requested attributes, in their order; null if the instance has none. */
const ATTRIBUTE_VALUES = `ARRAY(SELECT coalesce(i.custom_attributes ->> n, i.agent_attributes ->> n)
  FROM unnest($4::text[]) WITH ORDINALITY AS w (n, o) ORDER BY o)`;

/**
 * $1 cluster, $2 statuses (null: any), $3 ids (null: all), $4 attribute names, $5 default reserved ports, $6 groups (null: all),
 * $7 limit (null: none), $8 cpu, $9 memory, $10 whether claims of DAEMON services count as held,
 * $11 capacity provider (null: any). Written so that no plan depends on statistics, because these may be far behind.
 *
 * Above the limit, instances with room come first, evenly over zones; within a zone, evenly over the combinations of the
 * attributes and groups that the request names, so that a rare one that a constraint asks for is always included.
 */
const SNAPSHOT: Statement = {
  name: 'snapshot',
  text: `
  WITH group_tasks AS MATERIALIZED (
    SELECT task_group, instance_id, count(*) AS n FROM tasks
    WHERE cluster = $1 AND ($6::text[] IS NULL OR task_group = ANY ($6)) AND desired_status = 'RUNNING'
      AND last_status <> 'STOPPED' AND instance_id IS NOT NULL GROUP BY 1, 2),
  holders AS MATERIALIZED (
    SELECT jsonb_object_agg(instance_id, groups) AS of_instance FROM (
      SELECT instance_id, array_agg(task_group ORDER BY task_group) AS groups FROM group_tasks GROUP BY 1) g),
  claims AS MATERIALIZED (
    SELECT c.id, s.daemon_cpu, s.daemon_memory, s.daemon_ports FROM services s
    CROSS JOIN LATERAL (SELECT DISTINCT split_part(m, '/', 1) AS id FROM unnest(s.daemon_missing || s.daemon_unseen) m) c
    WHERE $10::boolean AND s.cluster = $1 AND s.scheduling_strategy = 'DAEMON' AND s.status = 'ACTIVE'
      AND NOT EXISTS (SELECT FROM tasks t WHERE t.cluster = $1 AND t.task_group = 'service:' || s.name
        AND t.instance_id = c.id AND t.last_status <> 'STOPPED' AND t.desired_status = 'RUNNING')),
  claimed AS MATERIALIZED (
    SELECT jsonb_object_agg(id, jsonb_build_array(cpu, memory)) AS room FROM (
      SELECT id, sum(daemon_cpu) AS cpu, sum(daemon_memory) AS memory FROM claims GROUP BY 1) c),
  free AS (
    SELECT i.*, i.cpu - held_cpu - coalesce(((SELECT room FROM claimed) -> id ->> 0)::integer, 0) AS free_cpu,
      memory - held_memory - coalesce(((SELECT room FROM claimed) -> id ->> 1)::integer, 0) AS free_memory,
      held_ports || CASE WHEN (SELECT room FROM claimed) ? id
        THEN ARRAY(SELECT unnest(daemon_ports) FROM claims c WHERE c.id = i.id) ELSE '{}' END AS taken_ports
    FROM container_instances i
    WHERE cluster = $1 AND ($2::text[] IS NULL OR status = ANY ($2)) AND ($3::text[] IS NULL OR id = ANY ($3))
      AND ($11::text IS NULL OR ${CAPACITY_PROVIDER} = $11)),
  candidates AS MATERIALIZED (
    SELECT id, status, agent_connected, free_cpu AS cpu, free_memory AS memory, zone, agent_version, registered_at,
      agent_connected AND free_cpu >= $8::integer AND free_memory >= $9::integer AS fits,
      CASE WHEN taken_ports <> '{}' OR NOT (reserved_ports <@ $5::text[] AND reserved_ports @> $5::text[])
        THEN reserved_ports || taken_ports END AS ports,
      CASE WHEN gpus <> '{}' THEN ARRAY(SELECT g FROM unnest(gpus) g WHERE g <> ALL (held_gpus)) END AS gpus,
      nullif(cardinality(held_gpus), 0) AS held_gpus,
      ${ATTRIBUTE_VALUES} AS attributes, (SELECT of_instance FROM holders) -> id AS groups
    FROM free i),
  ranked AS (
    SELECT *, row_number() OVER (PARTITION BY fits, zone, attributes, groups ORDER BY random()) AS turn FROM candidates),
  ordered AS (
    SELECT *, row_number() OVER (PARTITION BY fits, zone ORDER BY turn, random()) AS zone_turn FROM ranked),
  picked AS MATERIALIZED (
    SELECT *, (SELECT count(*) FILTER (WHERE ${RUNNING_ON_INSTANCE}) FROM tasks t
      WHERE t.instance_id = ordered.id AND last_status <> 'STOPPED') AS running
    FROM (SELECT * FROM ordered ORDER BY fits DESC, zone_turn LIMIT $7::integer) ordered)
  SELECT (extract(epoch FROM now()) * 1000)::bigint AS taken_at,
    (SELECT count(*) FROM container_instances WHERE cluster = $1 AND status <> 'INACTIVE') AS total,
    (SELECT count(*) FROM container_instances i WHERE cluster = $1 AND status <> 'INACTIVE'
      AND ${CAPACITY_PROVIDER} = $11) AS of_provider,
    (SELECT json_agg(json_build_array(task_group, instance_id, n) ORDER BY task_group, instance_id) FROM group_tasks) AS group_tasks,
    json_agg(id ORDER BY id) AS ids, json_agg(status ORDER BY id) AS statuses, json_agg(agent_connected ORDER BY id) AS connected,
    json_agg(cpu ORDER BY id) AS cpu, json_agg(memory ORDER BY id) AS memory,
    json_agg(ports ORDER BY id) AS ports, json_agg(gpus ORDER BY id) AS gpus, json_agg(held_gpus ORDER BY id) AS held_gpus,
    json_agg(agent_version ORDER BY id) AS versions, json_agg(registered_at ORDER BY id) AS registered,
    json_agg(running ORDER BY id) AS running, json_agg(attributes ORDER BY id) AS attributes
  FROM picked`,
};

/** Attributes ($2) of the instances ($1) that a sample left out although they have tasks of the group. */
const LEFT_OUT: Statement = {
  name: 'snapshot-left-out',
  text: `SELECT id, ${ATTRIBUTE_VALUES.replaceAll('$4', '$2')} AS attributes FROM container_instances i WHERE id = ANY ($1)`,
};

interface Selection {
  readonly clusterName: string;
  readonly statuses: readonly InstanceStatus[] | null;
  readonly ids: readonly string[] | null;
  readonly attributeNames: readonly string[];
  /** null: every group that has tasks. */
  readonly groups: readonly string[] | null;
  readonly group: string | null;
  readonly limit: number | null;
  readonly cpu: number;
  readonly memoryMiB: number;
  /** Whether to read the column of statuses, too. */
  readonly withStatus?: boolean;
  /** Whether room that DAEMON services claim counts as held. */
  readonly afterDaemons?: boolean;
  readonly capacityProviderName?: string;
}

/** The facts behind a placement; see model/capacity.ts for its contents. */
export function snapshotCapacity(db: Database, request: SnapshotRequest): Promise<CapacitySnapshot> {
  const named = request.instanceIds;
  return take(db, {
    clusterName: request.clusterName,
    statuses: named ? null : ['ACTIVE'],
    ids: named ?? null,
    attributeNames: request.attributeNames,
    groups: request.everyGroup ? null : [...new Set([request.group, ...request.otherGroups])],
    group: request.group,
    limit: named ? null : SNAPSHOT_LIMIT,
    cpu: request.cpu,
    memoryMiB: request.memoryMiB,
    ...defined({ capacityProviderName: request.capacityProviderName }),
    withStatus: named !== undefined,
    afterDaemons: named === undefined,
  });
}

/** Every ACTIVE or DRAINING instance, however many. */
export function snapshotForDaemon(db: Database, request: DaemonLookRequest): Promise<CapacitySnapshot> {
  return take(db, {
    clusterName: request.clusterName,
    statuses: ['ACTIVE', 'DRAINING'],
    withStatus: true,
    ids: null,
    attributeNames: request.attributeNames,
    groups: request.everyGroup ? null : request.otherGroups,
    group: null,
    limit: null,
    cpu: 0,
    memoryMiB: 0,
  });
}

/** Every instance with the status, or every one that is not INACTIVE, with all attributes and groups. */
export async function snapshotForQuery(
  db: Database,
  clusterName: string,
  status?: InstanceStatus,
): Promise<CapacitySnapshot> {
  const names = await db.rows<{ name: string }>(
    `SELECT DISTINCT jsonb_object_keys(agent_attributes || custom_attributes) AS name
     FROM container_instances WHERE cluster = $1 ORDER BY 1`,
    [clusterName],
  );
  return take(db, {
    clusterName,
    statuses: status ? [status] : ['REGISTERING', 'ACTIVE', 'DRAINING', 'DEREGISTERING', 'REGISTRATION_FAILED'],
    ids: null,
    attributeNames: names.map((row) => row.name),
    groups: null,
    group: null,
    limit: null,
    cpu: 0,
    memoryMiB: 0,
  });
}

async function take(db: Database, selection: Selection): Promise<CapacitySnapshot> {
  const [row] = await db.rows<SnapshotRow>(SNAPSHOT, [
    selection.clusterName,
    selection.statuses,
    selection.ids,
    selection.attributeNames,
    DEFAULT_RESERVED_PORTS,
    selection.groups,
    selection.limit,
    selection.cpu,
    selection.memoryMiB,
    selection.afterDaemons === true,
    selection.capacityProviderName ?? null,
  ]);
  if (!row) throw new Error('A snapshot is always one row.');
  const ids = new Set(row.ids);
  const leftOut = (row.group_tasks ?? []).filter(([group, id]) => group === selection.group && !ids.has(id));
  return { ...toSnapshot(row, selection), elsewhere: await countElsewhere(db, selection.attributeNames, leftOut) };
}

/** Counts tasks by combination of attributes. */
async function countElsewhere(
  db: Database,
  attributeNames: readonly string[],
  leftOut: readonly GroupCell[],
): Promise<CapacitySnapshot['elsewhere']> {
  if (leftOut.length === 0) return [];
  const ids = leftOut.map(([, id]) => id);
  const rows = await db.rows<{ id: string; attributes: AttributeValues }>(LEFT_OUT, [ids, attributeNames]);
  const attributesOf = new Map(rows.map((row) => [row.id, row.attributes]));
  const counts = new Map<string, { attributes: Readonly<Record<string, string>>; tasks: number }>();
  for (const [, id, tasks] of leftOut) {
    const values = attributesOf.get(id) ?? [];
    const key = JSON.stringify(values);
    const found = counts.get(key) ?? { attributes: nameValues(attributeNames, values), tasks: 0 };
    counts.set(key, { ...found, tasks: found.tasks + tasks });
  }
  return [...counts.values()];
}

function nameValues(names: readonly string[], values: AttributeValues): Readonly<Record<string, string>> {
  return Object.fromEntries(
    names.flatMap((name, place) => {
      const value = values[place] ?? null;
      return value === null ? [] : [[name, value]];
    }),
  );
}

function toSnapshot(row: SnapshotRow, selection: Selection): Omit<CapacitySnapshot, 'elsewhere'> {
  const ids = row.ids ?? [];
  const attributes = row.attributes ?? [];
  const { attributeNames, group } = selection;
  const groups = selection.groups ?? (group === null ? [] : [group]);
  return {
    takenAt: row.taken_at,
    totalInstances: row.total,
    ids,
    agentConnected: row.connected ?? [],
    cpu: row.cpu ?? [],
    memoryMiB: row.memory ?? [],
    usedPorts: toSparse(row.ports ?? []),
    gpuIds: toSparse(row.gpus ?? []),
    heldGpus: toSparse(row.held_gpus ?? []),
    attributes: Object.fromEntries(
      attributeNames.map((name, place) => [name, toColumn(attributes.map((values) => values[place] ?? null))]),
    ),
    agentVersion: toColumn(row.versions ?? []),
    registeredAt: row.registered ?? [],
    runningTasksCount: row.running ?? [],
    ...(selection.capacityProviderName === undefined ? {} : { providerInstances: row.of_provider }),
    ...(selection.withStatus ? { status: row.statuses ?? [] } : {}),
    groupTasks: toGroupColumns(ids, groups, row.group_tasks ?? []),
  };
}

function toSparse<T>(column: readonly (T | null)[]): Readonly<Record<number, T>> {
  return Object.fromEntries(column.flatMap((value, i) => (value === null ? [] : [[i, value]])));
}

/** Each distinct value once, and for each instance its index among them. */
function toColumn(column: readonly (string | null)[]): AttributeColumn {
  const places = new Map<string, number>();
  const index = column.map((value) => {
    if (value === null) return -1;
    const place = places.get(value) ?? places.size;
    places.set(value, place);
    return place;
  });
  return { values: [...places.keys()], index };
}

function toGroupColumns(
  ids: readonly string[],
  groups: readonly string[],
  cells: readonly GroupCell[],
): Readonly<Record<string, readonly number[]>> {
  const places = new Map(ids.map((id, i) => [id, i]));
  const columns: Record<string, number[]> = {};
  for (const group of groups) columns[group] = ids.map(() => 0);
  for (const [group, instanceId, tasks] of cells) {
    const column = (columns[group] ??= ids.map(() => 0));
    const place = places.get(instanceId);
    if (place !== undefined) column[place] = tasks;
  }
  return columns;
}
