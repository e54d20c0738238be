/** Tasks that wait for an instance: how many may wait, who owns them, and the transaction that gives them one. */
import { MAX_PROVISIONING_TASKS } from '../../model/capacity-provider.ts';
import type { AssignInput, AssignResult, Assignment } from '../../model/reservation.ts';
import type { Task } from '../../model/task.ts';
import { defined } from '../../model/defined.ts';
import type { Database, Queries, Statement } from '../base/database.ts';
import { putDecisions, withTasks } from '../history/decisions.ts';
import { logDriverModeOf, logDriverModes, type LogDriverModes } from './log-driver-modes.ts';
import { type LedgerEntry, lockInstances, writeEntries } from './ledger.ts';
import type { TaskRow } from '../rows/task-rows.ts';
import { toJson } from '../base/storable.ts';

interface WaitingRow {
  readonly id: string;
  readonly instance_id: string | null;
  readonly desired_status: string;
  readonly held_gpus: readonly string[];
  readonly spec: TaskRow['spec'];
  readonly modes: LogDriverModes;
}

/** As everywhere, tasks are locked before instances, each in the order of their ids. */
const LOCK: Statement = {
  name: 'assign-lock',
  text: `SELECT id, instance_id, desired_status, held_gpus, spec,
           ${logDriverModes("ARRAY['root', spec ->> 'principal']")} AS modes FROM tasks
         WHERE id = ANY($1) AND cluster = $2 ORDER BY id FOR UPDATE`,
};

const WRITE: Statement = {
  name: 'assign-write',
  text: `UPDATE tasks t SET instance_id = a.instance_id, held_gpus = a.held_gpus, spec = a.spec
         FROM json_to_recordset($1) AS a (id text, instance_id text, held_gpus text[], spec json) WHERE t.id = a.id`,
};

export function assignTasks(db: Database, input: AssignInput): Promise<AssignResult> {
  return db.transaction(async (queries) => {
    const ids = input.assignments.map(({ taskId }) => taskId);
    const rows = await queries.rows<WaitingRow>(LOCK, [ids, input.clusterName]);
    const tasks = new Map(rows.map((row) => [row.id, row]));
    const entries = await lockInstances(
      queries,
      input.assignments.map(({ containerInstanceId }) => containerInstanceId),
    );
    const outcomes = input.assignments.map((assignment) => decide(input, { assignment, tasks, entries }));
    const fresh = outcomes.flatMap((decision) => (decision.kind === 'fresh' ? [decision] : []));
    if (fresh.length > 0) await queries.run(WRITE, [toJson(fresh.map(toRow))]);
    const touched = new Set(fresh.map(({ assigned }) => assigned.containerInstanceId));
    await writeEntries(
      queries,
      [...entries.values()].filter((entry) => touched.has(entry.id)),
    );
    const assigned = outcomes.flatMap((decision) => (decision.kind === 'refused' ? [] : [decision.assigned]));
    const places = new Map(fresh.map(({ assigned: { taskId, containerInstanceId } }) => [taskId, containerInstanceId]));
    await putDecisions(
      queries,
      (input.decisions ?? []).flatMap((decision) =>
        withTasks(decision, ({ taskId, containerInstanceId }) => places.get(taskId) === containerInstanceId),
      ),
    );
    return {
      assigned,
      refused: outcomes.flatMap((decision) => (decision.kind === 'refused' ? [decision.refused] : [])),
    };
  });
}

type Assigned = AssignResult['assigned'][number];

type Outcome =
  | { readonly kind: 'fresh'; readonly assigned: Assigned; readonly spec: TaskRow['spec'] }
  | { readonly kind: 'repeated'; readonly assigned: Assigned }
  | { readonly kind: 'refused'; readonly refused: AssignResult['refused'][number] };

interface Scene {
  readonly assignment: Assignment;
  readonly tasks: ReadonlyMap<string, WaitingRow>;
  readonly entries: ReadonlyMap<string, LedgerEntry>;
}

function decide({ clusterName }: AssignInput, { assignment, tasks, entries }: Scene): Outcome {
  const { taskId, containerInstanceId } = assignment;
  const refuse = (reason: string): Outcome => ({ kind: 'refused', refused: { taskId, reason } });
  const row = tasks.get(taskId);
  if (!row || row.desired_status === 'STOPPED') return refuse('STOPPED');
  if (row.instance_id !== null) return { kind: 'repeated', assigned: placeOf(row, row.instance_id) };
  const entry = entries.get(containerInstanceId);
  if (entry?.clusterName !== clusterName) return refuse('INACTIVE');
  const { held } = row.spec;
  const reason = entry.refusal(held);
  if (reason !== undefined) return refuse(reason);
  const gpuIds = entry.hold(held);
  const { taskId: _id, ...place } = assignment;
  const mode = logDriverModeOf(row.modes, row.spec);
  const spec = { ...row.spec, ...place, ...(gpuIds.length === 0 ? {} : { gpuIds }), ...mode };
  return { kind: 'fresh', assigned: { ...assignment, gpuIds, ...mode }, spec };
}

function placeOf({ id, spec, held_gpus: gpuIds }: WaitingRow, containerInstanceId: string): Assigned {
  const { availabilityZone, logDriverMode } = spec;
  return { taskId: id, containerInstanceId, gpuIds, ...defined({ availabilityZone, logDriverMode }) };
}

const toRow = ({ assigned, spec }: Extract<Outcome, { kind: 'fresh' }>): Readonly<Record<string, unknown>> => ({
  id: assigned.taskId,
  instance_id: assigned.containerInstanceId,
  held_gpus: assigned.gpuIds,
  spec,
});

/**
 * How many more tasks of the cluster may begin to wait. Only transactions with such tasks ask. Other transactions that
 * ask must wait, so that together they do not exceed the quota.
 */
export async function provisioningRoom(
  queries: Queries,
  { clusterName, tasks }: { readonly clusterName: string; readonly tasks: readonly Task[] },
): Promise<number> {
  if (tasks.every((task) => task.containerInstanceId !== undefined)) return 0;
  await queries.run('SELECT pg_advisory_xact_lock(5, hashtext($1))', [clusterName]);
  const [row] = await queries.rows<{ waiting: number }>(
    `SELECT count(*) AS waiting FROM tasks WHERE cluster = $1 AND instance_id IS NULL AND last_status = 'PROVISIONING'`,
    [clusterName],
  );
  return MAX_PROVISIONING_TASKS - (row?.waiting ?? 0);
}

/** See CapacityStore. The quota keeps the rows few, so there is no index by age. */
export async function listProvisioningOwners(
  db: Database,
  clusterName: string,
  limit: number,
): Promise<readonly string[]> {
  const rows = await db.rows<{ owner: string }>(
    `SELECT owner FROM (
       SELECT owner, since, row_number() OVER (PARTITION BY provider ORDER BY since, owner) AS turn FROM (
         SELECT owner, spec ->> 'capacityProviderName' AS provider, min((state ->> 'createdAt')::bigint) AS since
         FROM tasks WHERE cluster = $1 AND instance_id IS NULL AND last_status = 'PROVISIONING' AND service IS NULL
         GROUP BY 1, 2) waiting) ranked
     WHERE turn <= $2 GROUP BY owner ORDER BY min(since), owner`,
    [clusterName, limit],
  );
  return rows.map((row) => row.owner);
}
