/** Makes a placement real: the check and the rows in one transaction, with a few statements for any number of tasks. */
import type { Granted, ReserveInput, ReserveResult } from '../../model/reservation.ts';
import type { LogDriverMode, Task } from '../../model/task.ts';
import type { Database, Queries, Statement } from '../base/database.ts';
import { insertTaskEvents } from '../history/events.ts';
import { putDecisions, withTasks } from '../history/decisions.ts';
import { type LedgerEntry, lockInstances, writeEntries } from './ledger.ts';
import { provisioningRoom } from './assign.ts';
import { logDriverModeOf, logDriverModes, type LogDriverModes, principalsOf } from './log-driver-modes.ts';
import { addPending } from './pending-counts.ts';
import { withCurrentTags } from './propagated-tags.ts';
import { putRunTaskRequest } from './run-task-requests.ts';
import { splitTask } from '../rows/task-rows.ts';
import { toJson } from '../base/storable.ts';

interface Reserved {
  readonly task: Task;
  readonly granted: Granted;
}

/** At least one row: without an id if no task exists. */
const EXISTING: Statement = {
  name: 'reserve-existing',
  text: `SELECT t.id, t.held_gpus, t.spec ->> 'logDriverMode' AS mode, m.modes
         FROM (SELECT ${logDriverModes('$2')} AS modes) m LEFT JOIN tasks t ON t.id = ANY($1) ORDER BY t.id`,
};

interface ExistingRow {
  readonly id: string | null;
  readonly held_gpus: readonly string[];
  readonly mode: LogDriverMode | null;
  readonly modes: LogDriverModes;
}

const INSERT: Statement = {
  name: 'reserve-insert',
  text: `WITH changed AS (INSERT INTO tasks (id, cluster, owner, service, family, revision, task_group, started_by, instance_id, launch_type,
           last_status, desired_status, held_cpu, held_memory, held_ports, held_gpus, version, spec, state, tags)
         SELECT id, cluster, owner, service, family, revision, task_group, started_by, instance_id, launch_type,
           last_status, desired_status, held_cpu, held_memory, held_ports, held_gpus, version, spec, state, tags
         FROM json_to_recordset($1) AS t (id text, cluster text, owner text, service text, family text, revision integer,
           task_group text, started_by text, instance_id text, launch_type text, last_status text, desired_status text,
           held_cpu integer, held_memory integer, held_ports text[], held_gpus text[], version bigint,
           spec json, state json, tags jsonb) RETURNING cluster, id, state)
         ${insertTaskEvents('changed')}`,
};

/**
 * Reserves each task completely or not at all. A repeat changes nothing: an id that exists already counts as reserved.
 */
export function reserveTasks(db: Database, input: ReserveInput): Promise<ReserveResult> {
  return db.transaction(async (queries) => {
    const instanceIds = input.tasks.flatMap((task) => task.containerInstanceId ?? []);
    const entries = await lockInstances(queries, instanceIds);
    // Read after the locks are held, so that a simultaneous repeat is seen.
    const { existing, modes } = await findExisting(queries, input.tasks);
    const roomToWait = await provisioningRoom(queries, input);
    const { reserved, refused } = decide(input, { entries, existing, modes, roomToWait });
    if (reserved.length > 0) await insert(queries, reserved);
    const touched = new Set(reserved.map(({ task }) => task.containerInstanceId));
    await writeEntries(
      queries,
      [...entries.values()].filter((entry) => touched.has(entry.id)),
    );
    await addPending(
      queries,
      reserved.map(({ task }) => task),
    );
    // The other tasks were counted when their rows were created.
    const fresh = new Set(reserved.map(({ task }) => task.taskId));
    await putDecisions(
      queries,
      (input.decisions ?? []).flatMap((decision) => withTasks(decision, ({ taskId }) => fresh.has(taskId))),
    );
    if (input.runTaskRequest) await putRunTaskRequest(queries, input.runTaskRequest);
    return {
      reserved: [
        ...[...existing].map(([taskId, granted]) => ({ taskId, ...granted })),
        ...reserved.map(({ task, granted }) => ({ taskId: task.taskId, ...granted })),
      ],
      refused,
    };
  });
}

async function insert(queries: Queries, reserved: readonly Reserved[]): Promise<void> {
  const granted = new Map(reserved.map((one) => [one.task.taskId, one.granted]));
  const tasks = await withCurrentTags(
    queries,
    reserved.map(({ task }) => task),
  );
  await queries.run(INSERT, [
    toJson(tasks.map((task) => toRow({ task, granted: granted.get(task.taskId) ?? { gpuIds: [] } }))),
  ]);
}

/**
 * What the tasks were given that exist already, because the activity is being repeated, and the modes for the others.
 */
async function findExisting(queries: Queries, tasks: readonly Task[]): Promise<Pick<Found, 'existing' | 'modes'>> {
  const ids = tasks.map((task) => task.taskId);
  const rows = await queries.rows<ExistingRow>(EXISTING, [ids, principalsOf(tasks)]);
  const existing = rows.flatMap(({ id, held_gpus: gpuIds, mode }) =>
    id === null ? [] : [[id, { gpuIds, ...(mode === null ? {} : { logDriverMode: mode }) }] as const],
  );
  return { existing: new Map(existing), modes: rows[0]?.modes ?? null };
}

interface Found {
  readonly entries: ReadonlyMap<string, LedgerEntry>;
  readonly existing: ReadonlyMap<string, Granted>;
  readonly modes: LogDriverModes;
  /** How many tasks of the cluster may still begin to wait for an instance. */
  readonly roomToWait: number;
}

/** Goes through the tasks in order: what earlier ones take, later ones lack. */
function decide(
  input: ReserveInput,
  { entries, existing, modes, roomToWait }: Found,
): { readonly reserved: readonly Reserved[]; readonly refused: ReserveResult['refused'] } {
  const reserved: Reserved[] = [];
  const refused: ReserveResult['refused'][number][] = [];
  let waiting = 0;
  for (const task of input.tasks) {
    if (existing.has(task.taskId)) continue;
    const { taskId, containerInstanceId } = task;
    if (containerInstanceId === undefined) {
      waiting += 1;
      if (waiting > roomToWait) refused.push({ taskId, containerInstanceId: '', reason: 'PROVISIONING' });
      else reserved.push({ task, granted: { gpuIds: [] } });
      continue;
    }
    const entry = entries.get(containerInstanceId);
    const isHere = entry?.clusterName === input.clusterName;
    const reason = isHere ? entry.refusal(task.held) : 'INACTIVE';
    if (reason !== undefined) refused.push({ taskId, containerInstanceId, reason });
    else if (entry)
      reserved.push({ task, granted: { gpuIds: entry.hold(task.held), ...logDriverModeOf(modes, task) } });
  }
  return { reserved, refused };
}

function toRow({ task, granted }: Reserved): Readonly<Record<string, unknown>> {
  const { spec, state } = splitTask(task, granted);
  return {
    id: task.taskId,
    cluster: task.clusterName,
    owner: task.ownerWorkflowId,
    service: task.serviceName,
    family: task.family,
    revision: task.revision,
    task_group: task.group,
    started_by: task.startedBy,
    instance_id: task.containerInstanceId,
    launch_type: task.launchType,
    last_status: task.lastStatus,
    desired_status: task.desiredStatus,
    held_cpu: task.held.cpu,
    held_memory: task.held.memoryMiB,
    held_ports: task.held.ports,
    held_gpus: granted.gpuIds,
    version: task.version,
    spec,
    state,
    tags: task.tags,
  };
}
