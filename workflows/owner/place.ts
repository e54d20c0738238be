/** From "n tasks wanted" to rows that hold capacity: snapshot, place, reserve; again for what the store refused. */
import type { ReserveResult, RunTaskRequestRecord } from '../../activities/control/types.ts';
import type { SnapshotRequest } from '../../model/capacity.ts';
import type { LaunchType } from '../../model/status.ts';
import type { Task } from '../../model/task.ts';
import { snapshotAttributeNames, snapshotGroups } from '../../model/task-requirements.ts';
import { placeTasks } from '../../scheduler/placement/place-tasks.ts';
import type { Placed, PlacementRequest, Refusal, RefusalReason } from '../../scheduler/placement/types.ts';
import { callControl } from './control.ts';

/** Rounds without a single reservation before the refusal stands: someone else is taking the same capacity. */
const MAX_FRUITLESS_ROUNDS = 5;

export interface ReservationOutcome {
  /** Reserved rows, as the store now has them. */
  readonly tasks: readonly Task[];
  /** Why the rest found no place. */
  readonly refusal?: Refusal;
  /** Instances of the cluster that are not INACTIVE. */
  readonly totalInstances: number;
  /** What `requestFor` gave last is in the store, and true. */
  readonly requestKept: boolean;
}

/** What a snapshot must hold for this request. */
export function snapshotRequest(clusterName: string, request: PlacementRequest): SnapshotRequest {
  return {
    clusterName,
    group: request.group,
    cpu: request.resources.cpu,
    memoryMiB: request.resources.memoryMiB,
    attributeNames: snapshotAttributeNames(request),
    ...snapshotGroups(request.constraints),
  };
}

export interface ReserveOptions {
  readonly clusterName: string;
  readonly request: PlacementRequest;
  /** A complete row for one placed task; called once per try, with a fresh id each. */
  readonly buildTask: (placed: Placed) => Task;
  /** The answer to a call that would follow if all these tasks are reserved: written in the same transaction. */
  readonly requestFor?: (taskIds: readonly string[], refusal: Refusal | undefined) => RunTaskRequestRecord | undefined;
}

/** Places and reserves up to `request.count` tasks. */
export async function placeAndReserve(options: ReserveOptions): Promise<ReservationOutcome> {
  const { clusterName, request } = options;
  const reserved: Task[] = [];
  let fruitless = 0;
  for (;;) {
    const snapshot = await callControl((activities) =>
      activities.snapshotCapacity(snapshotRequest(clusterName, request)),
    );
    const wanted = request.count - reserved.length;
    const result = placeTasks({ ...request, count: wanted }, snapshot, Math.floor(Math.random() * 2 ** 31));
    const outcome = { tasks: reserved, totalInstances: snapshot.totalInstances, requestKept: false };
    if (result.placed.length === 0) return { ...outcome, ...(result.refusal ? { refusal: result.refusal } : {}) };

    const tasks = result.placed.map((placed) => options.buildTask(placed));
    const ids = [...reserved, ...tasks].map((task) => task.taskId);
    const runTaskRequest = options.requestFor?.(ids, result.refusal);
    const answer = await reserve(clusterName, tasks, runTaskRequest);
    reserved.push(...answer.tasks);
    const requestKept = runTaskRequest !== undefined && answer.refused.length === 0;
    if (reserved.length === request.count) return { ...outcome, requestKept };
    if (answer.refused.length === 0 && result.refusal) return { ...outcome, requestKept, refusal: result.refusal };
    fruitless = answer.tasks.length > 0 ? 0 : fruitless + 1;
    if (fruitless === MAX_FRUITLESS_ROUNDS)
      return { ...outcome, refusal: contested(answer.refused, request.launchType) };
  }
}

/** The tasks that hold capacity now, with the GPUs they were given, and what the store refused. */
export async function reserve(
  clusterName: string,
  tasks: readonly Task[],
  runTaskRequest?: RunTaskRequestRecord,
): Promise<ReserveAnswer> {
  const input = { clusterName, tasks, ...(runTaskRequest ? { runTaskRequest } : {}) };
  const answer = await callControl((activities) => activities.reserveTasks(input));
  const gpuIds = new Map(answer.reserved.map((row) => [row.taskId, row.gpuIds]));
  const held = tasks.flatMap((task) => {
    const gpus = gpuIds.get(task.taskId);
    return gpus ? [gpus.length > 0 ? { ...task, gpuIds: gpus } : task] : [];
  });
  return { tasks: held, refused: answer.refused };
}

interface ReserveAnswer {
  readonly tasks: readonly Task[];
  readonly refused: ReserveResult['refused'];
}

const STORE_REASONS: readonly RefusalReason[] = ['RESOURCE:CPU', 'RESOURCE:MEMORY', 'RESOURCE:PORTS', 'RESOURCE:GPU'];

/** The refusal after the last round: the store's own reason for the last instance. Anything but a resource means it takes no work now. FARGATE names no instance. */
function contested(refused: ReserveResult['refused'], launchType: LaunchType): Refusal {
  const last = refused[refused.length - 1];
  const reason = STORE_REASONS.find((known) => known === last?.reason) ?? 'AGENT';
  return {
    reason,
    counts: [{ reason, instances: refused.length }],
    ...(last && launchType !== 'FARGATE' ? { nearestInstanceId: last.containerInstanceId } : {}),
  };
}
