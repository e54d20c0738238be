/** Writes the tasks, the row and the events of a service or a RunTask call, in one transaction that may be repeated. */
import type { TaskPatch } from '../../model/task.ts';
import type { OwnerRecord } from '../../model/owner-record.ts';
import type { Database, Queries, Statement } from '../base/database.ts';
import { putDecisions } from '../history/decisions.ts';
import { addServiceActions, insertTaskEvents } from '../history/events.ts';
import { type Holding, lockInstances, writeEntries } from '../capacity/ledger.ts';
import { putRollout } from './service-deployments.ts';
import { addServiceEvents, putService } from './services.ts';
import { applyPatch } from './task-patch.ts';
import type { HeldColumns } from '../rows/instance-rows.ts';
import type { TaskState } from '../rows/task-rows.ts';
import { toJson } from '../base/storable.ts';

interface LockedTask extends HeldColumns {
  readonly id: string;
  readonly instance_id: string | null;
  readonly state: TaskState;
}

const LOCK: Statement = {
  name: 'owner-lock',
  text: `SELECT id, instance_id, held_cpu, held_memory, held_ports, held_gpus, state
         FROM tasks WHERE id = ANY($1) ORDER BY id FOR UPDATE`,
};

/** As in ECS, a task loses its tags when it stops. */
const WRITE: Statement = {
  name: 'owner-write',
  text: `WITH changed AS (
           UPDATE tasks t SET version = p.version, last_status = p.last_status, desired_status = p.desired_status,
             state = p.state, tags = CASE WHEN p.last_status = 'STOPPED' THEN '[]' ELSE t.tags END,
             stopped_at = CASE WHEN p.last_status = 'STOPPED'
               THEN coalesce(p.stopped_at, t.stopped_at, (extract(epoch FROM now()) * 1000)::bigint) END
           FROM json_to_recordset($1) AS p (id text, version integer, last_status text, desired_status text,
             stopped_at bigint, state json)
           WHERE t.id = p.id RETURNING t.cluster, t.id, p.state)
         ${insertTaskEvents('changed')}`,
};

/** A version that is already there, or an unknown task, changes nothing. */
export function recordOwner(db: Database, writes: OwnerRecord): Promise<{ readonly freedCapacity: boolean }> {
  return db.transaction(async (queries) => {
    const freedCapacity = writes.tasks.length > 0 && (await patchTasks(queries, writes.tasks));
    const isNew = writes.service !== undefined && (await putService(queries, writes.service));
    await putRollout(queries, writes);
    if (writes.decisions) await putDecisions(queries, writes.decisions);
    if (writes.events.length > 0) await addServiceEvents(queries, writes);
    if (isNew && (writes.actions?.length ?? 0) > 0) await addServiceActions(queries, writes);
    return { freedCapacity };
  });
}

interface Change {
  readonly task: LockedTask;
  readonly state: TaskState;
}

async function patchTasks(queries: Queries, patches: readonly TaskPatch[]): Promise<boolean> {
  const tasks = await queries.rows<LockedTask>(LOCK, [[...new Set(patches.map((patch) => patch.taskId))]]);
  const ordered = patches.toSorted((a, b) => a.version - b.version);
  const changes = tasks.map((task): Change => {
    const mine = ordered.filter((patch) => patch.taskId === task.id);
    return { task, state: mine.reduce(applyPatch, task.state) };
  });
  const changed = changes.filter(({ task, state }) => state !== task.state);
  if (changed.length === 0) return false;
  await queries.run(WRITE, [toJson(changed.map(toRow))]);
  const stopped = changed.filter(({ task, state }) => hasJustStopped(task.state, state));
  await freeCapacity(
    queries,
    stopped.map(({ task }) => task),
  );
  return stopped.length > 0;
}

const hasJustStopped = (before: TaskState, after: TaskState): boolean =>
  before.lastStatus !== 'STOPPED' && after.lastStatus === 'STOPPED';

const toRow = ({ task, state }: Change): Readonly<Record<string, unknown>> => ({
  id: task.id,
  version: state.version,
  last_status: state.lastStatus,
  desired_status: state.desiredStatus,
  stopped_at: state.stoppedAt,
  state,
});

async function freeCapacity(queries: Queries, tasks: readonly LockedTask[]): Promise<void> {
  const entries = await lockInstances(
    queries,
    tasks.flatMap((task) => task.instance_id ?? []),
  );
  for (const task of tasks) {
    if (task.instance_id !== null) entries.get(task.instance_id)?.release(holdingOf(task));
  }
  await writeEntries(queries, entries.values());
}

const holdingOf = (task: LockedTask): Holding => ({
  cpu: task.held_cpu,
  memoryMiB: task.held_memory,
  ports: task.held_ports,
  gpuIds: task.held_gpus,
});
