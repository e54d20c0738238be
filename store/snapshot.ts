/** Snapshots of a cluster's capacity: one statement, answered in columns. */
import type { AttributeColumn, CapacitySnapshot, SnapshotRequest } from '../model/capacity.ts';
import { SNAPSHOT_LIMIT } from '../model/capacity.ts';
import type { InstanceStatus } from '../model/status.ts';
import type { Database, Statement } from './database.ts';
import { RUNNING_ON_INSTANCE } from './instances.ts';

/**
 * What ECS reserves on every instance. Placement knows these, so an instance with just these and none taken is left out
 * of `usedPorts`.
 */
const DEFAULT_RESERVED_PORTS = ['22/tcp', '2375/tcp', '2376/tcp', '51678/tcp', '51679/tcp'];

/** Every JSON member is a column in the order of the ids; null stands for an empty one. */
interface SnapshotRow {
  readonly taken_at: number;
  readonly total: number;
  readonly ids: readonly string[] | null;
  readonly connected: readonly boolean[] | null;
  readonly cpu: readonly number[] | null;
  readonly memory: readonly number[] | null;
  readonly ports: readonly (readonly string[] | null)[] | null;
  readonly gpus: readonly (readonly string[] | null)[] | null;
  readonly versions: readonly string[] | null;
  readonly registered: readonly number[] | null;
  readonly running: readonly number[] | null;
  /** Per instance the values of the requested attributes, null where it has none. */
  readonly attributes: readonly (readonly (string | null)[])[] | null;
  readonly group_tasks: readonly (readonly [group: string, instanceId: string, tasks: number])[] | null;
  readonly elsewhere: readonly { readonly values: readonly (string | null)[]; readonly tasks: number }[] | null;
}

/**
 * $1 cluster, $2 statuses (null: any), $3 ids (null: all), $4 attribute names, $5 default reserved ports, $6 groups (null: all),
 * $7 limit (null: none), $8 cpu, $9 memory, $10 the requested group.
 *
 * Above the limit: those with room first, evenly over zones; within a zone evenly over the combinations of the attributes
 * and groups that the request names, so that a rare one which a constraint asks for is always among them.
 */
const SNAPSHOT: Statement = {
  name: 'snapshot',
  text: `
  WITH candidates AS (
    SELECT id, agent_connected, cpu - held_cpu AS cpu, memory - held_memory AS memory, zone, agent_version, registered_at,
      agent_connected AND cpu - held_cpu >= $8::integer AND memory - held_memory >= $9::integer AS fits,
      CASE WHEN held_ports <> '{}' OR NOT (reserved_ports <@ $5::text[] AND reserved_ports @> $5::text[])
        THEN reserved_ports || held_ports END AS ports,
      CASE WHEN gpus <> '{}' THEN ARRAY(SELECT g FROM unnest(gpus) g WHERE g <> ALL (held_gpus)) END AS gpus,
      ARRAY(SELECT coalesce(custom_attributes ->> n, agent_attributes ->> n)
        FROM unnest($4::text[]) WITH ORDINALITY AS w (n, o) ORDER BY o) AS attributes
    FROM container_instances
    WHERE cluster = $1 AND ($2::text[] IS NULL OR status = ANY ($2)) AND ($3::text[] IS NULL OR id = ANY ($3))),
  group_tasks AS (
    SELECT task_group, instance_id, count(*) AS n FROM tasks
    WHERE cluster = $1 AND ($6::text[] IS NULL OR task_group = ANY ($6)) AND desired_status = 'RUNNING'
      AND last_status <> 'STOPPED' AND instance_id IS NOT NULL GROUP BY 1, 2),
  holders AS (
    SELECT instance_id, array_agg(task_group ORDER BY task_group) AS groups FROM group_tasks GROUP BY 1),
  ranked AS (
    SELECT c.*, row_number() OVER (PARTITION BY fits, zone, attributes, h.groups ORDER BY random()) AS turn
    FROM candidates c LEFT JOIN holders h ON h.instance_id = c.id),
  ordered AS (
    SELECT *, row_number() OVER (PARTITION BY fits, zone ORDER BY turn, random()) AS zone_turn FROM ranked),
  picked AS MATERIALIZED (SELECT * FROM ordered ORDER BY fits DESC, zone_turn LIMIT $7::integer),
  running AS (
    SELECT instance_id, count(*) AS n FROM tasks
    WHERE instance_id IN (SELECT id FROM picked) AND last_status <> 'STOPPED' AND ${RUNNING_ON_INSTANCE} GROUP BY 1),
  columns AS (
    SELECT json_agg(id ORDER BY id) AS ids, json_agg(agent_connected ORDER BY id) AS connected,
      json_agg(cpu ORDER BY id) AS cpu, json_agg(memory ORDER BY id) AS memory,
      json_agg(ports ORDER BY id) AS ports, json_agg(gpus ORDER BY id) AS gpus,
      json_agg(agent_version ORDER BY id) AS versions, json_agg(registered_at ORDER BY id) AS registered,
      json_agg(coalesce(r.n, 0) ORDER BY id) AS running, json_agg(attributes ORDER BY id) AS attributes
    FROM picked LEFT JOIN running r ON r.instance_id = id)
  SELECT (extract(epoch FROM now()) * 1000)::bigint AS taken_at, columns.*,
    (SELECT count(*) FROM container_instances WHERE cluster = $1 AND status <> 'INACTIVE') AS total,
    (SELECT json_agg(json_build_array(task_group, instance_id, n)) FROM group_tasks
      WHERE instance_id IN (SELECT id FROM picked)) AS group_tasks,
    (SELECT json_agg(json_build_object('values', values, 'tasks', tasks)) FROM (
      SELECT ARRAY(SELECT coalesce(i.custom_attributes ->> n, i.agent_attributes ->> n)
          FROM unnest($4::text[]) WITH ORDINALITY AS w (n, o) ORDER BY o) AS values, sum(g.n) AS tasks
      FROM group_tasks g JOIN container_instances i ON i.id = g.instance_id
      WHERE g.task_group = $10::text AND i.id NOT IN (SELECT id FROM picked) GROUP BY 1) e) AS elsewhere
  FROM columns`,
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
}

/** What a placement is decided on; see model/capacity.ts for what it holds. */
export function snapshotCapacity(db: Database, request: SnapshotRequest): Promise<CapacitySnapshot> {
  const named = request.instanceIds;
  return take(db, {
    clusterName: request.clusterName,
    statuses: named ? null : ['ACTIVE'],
    ids: named ?? null,
    attributeNames: request.attributeNames,
    groups: [...new Set([request.group, ...request.otherGroups])],
    group: request.group,
    limit: named ? null : SNAPSHOT_LIMIT,
    cpu: request.cpu,
    memoryMiB: request.memoryMiB,
  });
}

/** Every instance of the status, or every one that is not INACTIVE, with all attributes and groups. */
export async function snapshotForQuery(
  db: Database,
  clusterName: string,
  status?: InstanceStatus,
): Promise<CapacitySnapshot> {
  const names = await db.rows<{ name: string }>(
    `SELECT DISTINCT jsonb_object_keys(agent_attributes || custom_attributes) AS name
     FROM container_instances WHERE cluster = $1`,
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
    selection.group,
  ]);
  if (!row) throw new Error('A snapshot is always one row.');
  return toSnapshot(row, selection);
}

function toSnapshot(row: SnapshotRow, { attributeNames, groups }: Selection): CapacitySnapshot {
  const ids = row.ids ?? [];
  const attributes = row.attributes ?? [];
  return {
    takenAt: row.taken_at,
    totalInstances: row.total,
    ids,
    agentConnected: row.connected ?? [],
    cpu: row.cpu ?? [],
    memoryMiB: row.memory ?? [],
    usedPorts: toSparse(row.ports ?? []),
    gpuIds: toSparse(row.gpus ?? []),
    attributes: Object.fromEntries(
      attributeNames.map((name, place) => [name, toColumn(attributes.map((values) => values[place] ?? null))]),
    ),
    agentVersion: toColumn(row.versions ?? []),
    registeredAt: row.registered ?? [],
    runningTasksCount: row.running ?? [],
    groupTasks: toGroupColumns(ids, groups ?? [], row.group_tasks ?? []),
    elsewhere: (row.elsewhere ?? []).map(({ values, tasks }) => ({
      attributes: Object.fromEntries(
        attributeNames.flatMap((name, place) => {
          const value = values[place] ?? null;
          return value === null ? [] : [[name, value]];
        }),
      ),
      tasks,
    })),
  };
}

function toSparse(column: readonly (readonly string[] | null)[]): Readonly<Record<number, readonly string[]>> {
  return Object.fromEntries(column.flatMap((value, i) => (value === null ? [] : [[i, value]])));
}

/** Each distinct value once, and per instance its place among them. */
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
  cells: readonly (readonly [group: string, instanceId: string, tasks: number])[],
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
