/** From "n tasks wanted" to rows that hold capacity: snapshot, place, reserve; again for what the store refused. */
import { defined } from '../../model/defined.ts';
import { groupBy } from '../../model/group-by.ts';
import type { ReserveInput, ReserveResult, RunTaskRequestRecord } from '../../model/reservation.ts';
import type { Decision, PlacementExplanation } from '../../model/decision.ts';
import { packReservation } from '../../model/packed-writes.ts';
import type { SnapshotRequest } from '../../model/capacity.ts';
import { isFargateProvider } from '../../model/capacity-provider.ts';
import type { LaunchType } from '../../model/status.ts';
import type { Task } from '../../model/task.ts';
import { snapshotAttributeNames, snapshotGroups } from '../../model/task-requirements.ts';
import { placeTasks } from '../../scheduler/placement/place-tasks.ts';
import type { Placed, PlacementRequest, Refusal, RefusalReason } from '../../scheduler/placement/types.ts';
import type { Control } from './control.ts';
import { isControlFlow, messageOf } from './control-flow.ts';

/** Rounds without a single reservation before the refusal stands: someone else is taking the same capacity. */
const MAX_FRUITLESS_ROUNDS = 5;

export interface ReservationOutcome {
  /** Reserved rows, as the store now has them. */
  readonly tasks: readonly Task[];
  /** Why the rest found no place. */
  readonly refusal?: Refusal;
  /** How the last attempt to place went. */
  readonly explanation?: PlacementExplanation;
  /** Instances of the cluster that are not INACTIVE. Absent: the store refused before it told their number. */
  readonly totalInstances?: number;
  /** See CapacitySnapshot. */
  readonly expectsAgents?: boolean;
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
    ...ownProvider(request),
  };
}

/** AWS's own providers are no groups of instances. */
const ownProvider = ({
  capacityProviderName: name,
}: PlacementRequest): Pick<SnapshotRequest, 'capacityProviderName'> =>
  name === undefined || isFargateProvider(name) ? {} : { capacityProviderName: name };

/** Tasks that were placed and are about to be reserved, after `placed` others of the same request. */
export interface PlacementAttempt {
  readonly tasks: readonly Task[];
  readonly placed: number;
  /** Absent where the places were given. */
  readonly explanation?: PlacementExplanation;
  readonly refusal?: Refusal;
}

export interface ReserveOptions {
  readonly control: Control;
  readonly clusterName: string;
  readonly request: PlacementRequest;
  /** A complete row for one placed task; called once per try, with a fresh id each. */
  readonly buildTask: (placed: Placed) => Task;
  /** The answer to a call that would follow if all these tasks are reserved: written in the same transaction. */
  readonly requestFor?: (taskIds: readonly string[], refusal: Refusal | undefined) => RunTaskRequestRecord | undefined;
  /** The record of the decision: goes into the store with the tasks. */
  readonly decisionsFor: (attempt: PlacementAttempt) => readonly Decision[];
}

/** Above this number the workflow task ends first: what it has to say must not wait for so large a snapshot. */
const MANY_TASKS = 200;

/**
 * Places and reserves up to `request.count` tasks. What the store refuses for good becomes the refusal of the rest; so does an error
 * that nobody foresaw, since the tasks that are reserved already must reach their owner.
 */
export async function placeAndReserve(options: ReserveOptions): Promise<ReservationOutcome> {
  const progress: Progress = { tasks: [] };
  try {
    return await placeInRounds(options, progress);
  } catch (error) {
    if (isControlFlow(error)) throw error;
    return { ...progress, refusal: refusedFor(error), requestKept: false };
  }
}

/** How far the rounds have come: what stays true when the store refuses the next call. */
interface Progress {
  readonly tasks: Task[];
  totalInstances?: number;
}

/** See UNPLACEABLE. */
export const refusedFor = (error: unknown): Refusal => ({
  reason: 'UNPLACEABLE',
  message: messageOf(error),
  counts: [],
});

async function placeInRounds(options: ReserveOptions, progress: Progress): Promise<ReservationOutcome> {
  const { control, clusterName, request } = options;
  const { tasks: reserved } = progress;
  let fruitless = 0;
  for (;;) {
    const asked = snapshotRequest(clusterName, request);
    const snapshot = await (request.count > MANY_TASKS
      ? control.readApart((activities) => activities.snapshotCapacity(asked))
      : control.read((activities) => activities.snapshotCapacity(asked)));
    progress.totalInstances = snapshot.totalInstances;
    const wanted = request.count - reserved.length;
    const result = placeTasks({ ...request, count: wanted }, snapshot, Math.floor(Math.random() * 2 ** 31));
    const { explanation } = result;
    const outcome = {
      tasks: reserved,
      explanation,
      totalInstances: snapshot.totalInstances,
      requestKept: false,
      expectsAgents: snapshot.expectsAgents === true,
    };
    if (result.placed.length === 0) return { ...outcome, ...(result.refusal ? { refusal: result.refusal } : {}) };

    const tasks = result.placed.map((placed) => options.buildTask(placed));
    const ids = [...reserved, ...tasks].map((task) => task.taskId);
    const runTaskRequest = options.requestFor?.(ids, result.refusal);
    const attempt = { ...result, tasks, placed: reserved.length };
    const answer = await reserveInParts(options, attempt, runTaskRequest);
    reserved.push(...answer.tasks);
    const requestKept = runTaskRequest !== undefined && answer.refused.length === 0;
    if (reserved.length === request.count) return { ...outcome, requestKept };
    if (answer.refused.length === 0 && result.refusal) return { ...outcome, requestKept, refusal: result.refusal };
    fruitless = answer.tasks.length > 0 ? 0 : fruitless + 1;
    if (fruitless === MAX_FRUITLESS_ROUNDS)
      return { ...outcome, refusal: contested(answer.refused, request.launchType) };
  }
}

/** Rows in one reservation: bounds the transaction and the activity's input. */
const MAX_RESERVED_AT_ONCE = 1_000;

/** Tasks of the same instance go together; few tasks in the order of their placement. */
async function reserveInParts(
  { control, clusterName, decisionsFor }: ReserveOptions,
  attempt: PlacementAttempt,
  runTaskRequest?: RunTaskRequestRecord,
): Promise<ReserveAnswer> {
  const { tasks, placed } = attempt;
  if (tasks.length <= MAX_RESERVED_AT_ONCE) {
    const decisions = decisionsFor(attempt);
    return reserve(control, { clusterName, tasks, decisions, ...(runTaskRequest ? { runTaskRequest } : {}) });
  }
  const grouped = [...groupBy(tasks, (task) => task.containerInstanceId ?? '').values()].flat();
  const answers: ReserveAnswer[] = [];
  for (let i = 0; i < grouped.length; i += MAX_RESERVED_AT_ONCE) {
    const part = grouped.slice(i, i + MAX_RESERVED_AT_ONCE);
    const decisions = decisionsFor({ ...attempt, tasks: part, placed: placed + i });
    answers.push(await reserve(control, { clusterName, tasks: part, decisions }));
  }
  return { tasks: answers.flatMap((answer) => answer.tasks), refused: answers.flatMap((answer) => answer.refused) };
}

/** The tasks that hold capacity now, with what they were given, and what the store refused. */
export async function reserve(control: Control, input: ReserveInput): Promise<ReserveAnswer> {
  const packed = packReservation(input);
  const {
    refused,
    gpuIds = {},
    logDriverModes = {},
  } = await control.write((activities) => activities.reserveTasks(packed));
  const without = new Set(refused.map(({ taskId }) => taskId));
  const reserved = input.tasks.filter(({ taskId }) => !without.has(taskId));
  const tasks = reserved.map((task) => {
    const own = defined({ gpuIds: gpuIds[task.taskId], logDriverMode: logDriverModes[task.taskId] });
    return { ...task, ...own };
  });
  return { tasks, refused };
}

interface ReserveAnswer {
  readonly tasks: readonly Task[];
  readonly refused: ReserveResult['refused'];
}

const STORE_REASONS: readonly RefusalReason[] = ['RESOURCE:CPU', 'RESOURCE:MEMORY', 'RESOURCE:PORTS', 'RESOURCE:GPU'];

/** The refusal after the last round: the store's own reason for the last instance. Anything but a resource means it takes no work now. FARGATE names no instance. */
export function contested(refused: ReserveResult['refused'], launchType: LaunchType): Refusal {
  const last = refused[refused.length - 1];
  const reason = STORE_REASONS.find((known) => known === last?.reason) ?? 'AGENT';
  return {
    reason,
    contested: true,
    counts: [{ reason, instances: refused.length }],
    ...(last && launchType !== 'FARGATE' ? { nearestInstanceId: last.containerInstanceId } : {}),
  };
}
