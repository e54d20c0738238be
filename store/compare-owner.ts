/** Where the rows of an owner's tasks are not what it holds. */
import type { HeldTask, OwnerDifferences, OwnerView, TaskDifference } from '../model/owner-view.ts';
import type { Database } from './database.ts';
import type { TaskState } from './task-rows.ts';

interface Row {
  readonly id: string;
  readonly instance_id: string | null;
  readonly zone: string | null;
  readonly held_gpus: readonly string[];
  readonly state: TaskState;
}

/** Only looks. Tasks that the owner does not name count while they are not STOPPED. */
export async function compareOwner(db: Database, view: OwnerView): Promise<OwnerDifferences> {
  const held = new Map(view.tasks.map((task) => [task.taskId, task]));
  const rows = await db.rows<Row>(
    `SELECT id, instance_id, spec ->> 'availabilityZone' AS zone, held_gpus, state FROM tasks
     WHERE cluster = $1 AND owner = $2 AND (last_status <> 'STOPPED' OR id = ANY($3)) ORDER BY id`,
    [view.clusterName, view.ownerWorkflowId, [...held.keys()]],
  );
  const tasks = rows.flatMap((row) => {
    const mine = held.get(row.id);
    return mine && isSame(row, mine) ? [] : [differenceOf(row, mine)];
  });
  if (view.serviceName === undefined) return { tasks };
  const [service] = await db.rows<{ version: number }>(
    'SELECT version FROM services WHERE cluster = $1 AND name = $2',
    [view.clusterName, view.serviceName],
  );
  return service ? { tasks, serviceVersion: service.version } : { tasks };
}

const isSame = ({ instance_id, state }: Row, held: HeldTask): boolean =>
  (instance_id ?? '') === held.containerInstanceId &&
  state.version === held.version &&
  state.lastStatus === held.lastStatus &&
  state.desiredStatus === held.desiredStatus &&
  state.healthStatus === held.healthStatus &&
  state.startedAt === held.startedAt;

function differenceOf({ id, instance_id, zone, held_gpus, state }: Row, held: HeldTask | undefined): TaskDifference {
  const { version, desiredStatus, stopCode, stoppedReason } = state;
  return {
    taskId: id,
    ...(held === undefined ? {} : { heldVersion: held.version }),
    row: {
      version,
      desiredStatus,
      ...(stopCode === undefined ? {} : { stopCode }),
      ...(stoppedReason === undefined ? {} : { stoppedReason }),
      ...(instance_id === null ? {} : { containerInstanceId: instance_id }),
      ...(zone === null ? {} : { availabilityZone: zone }),
      gpuIds: held_gpus,
    },
  };
}
