/**
 * The tasks of one owner that wait in PROVISIONING: they get an instance of their capacity provider as soon as one has room,
 * and are STOPPED with the reason when none has had room for too long.
 */
import type { AssignResult, Assignment } from '../../model/reservation.ts';
import type { DecisionCause, DecisionDraft, PlacementExplanation } from '../../model/decision.ts';
import { groupBy } from '../../model/group-by.ts';
import type { EpochMs } from '../../model/time.ts';
import { provisioningFailure } from '../placement/explain.ts';
import type { PlacementRequest, Refusal } from '../placement/types.ts';
import { placementRetryDelay } from '../throttle/throttle.ts';
import { describeRequest } from './asked.ts';
import { assignTasks, loseTasks, type ChangedTasks } from './change-tasks.ts';
import { makeDecision, recordDecision, standDecision, type StandingDecision } from './decision-log.ts';
import type { Given, OwnerDecision, RecordEffect } from './effects.ts';
import { isWaiting, type OwnedTask, type Tasks } from './owned-task.ts';

/** How many attempts placed nothing, and when the next one is due. Crosses continue-as-new unchanged. */
export interface ProvisioningWait {
  readonly attempts: number;
  /** Infinity while an attempt is under way. */
  readonly retryAt: EpochMs;
  /** Refusals on record that stand. */
  readonly refused?: readonly StandingDecision[];
}

/** Tasks that are alike: one request places them all. */
export interface WaitingGroup<T> {
  readonly tasks: readonly T[];
  readonly request: PlacementRequest;
  /** Whose tasks these are, for the record. */
  readonly belongTo: Pick<DecisionDraft, 'serviceName' | 'deploymentId'>;
}

/** What one attempt came to for one group. */
export interface PlacedGroup<T> {
  readonly group: WaitingGroup<T>;
  readonly assigned: AssignResult['assigned'];
  readonly explanation: PlacementExplanation;
  /** Why the rest, or all of them, go on waiting. */
  readonly refusal?: Refusal;
}

/** What the owner is told of an attempt: its beginning, what became of each group, its end. */
export type ProvisioningInput<T> =
  | { readonly kind: 'provisioningBegins'; readonly timeoutMs: number }
  | { readonly kind: 'groupPlaced'; readonly placed: PlacedGroup<T> }
  | { readonly kind: 'provisioned'; readonly groups: readonly PlacedGroup<T>[] };

export const waitingTasks = <T extends OwnedTask>(tasks: Tasks<T>): readonly T[] =>
  [...tasks.values()].filter(isWaiting);

/** The time at which the owner must try again to place its waiting tasks; undefined while no task waits. */
export function provisioningDueAt<T extends OwnedTask>(
  tasks: Tasks<T>,
  wait: ProvisioningWait | undefined,
  timeoutMs: number | undefined,
): EpochMs | undefined {
  const waiting = waitingTasks(tasks);
  if (waiting.length === 0) return undefined;
  if (wait === undefined || timeoutMs === undefined) return 0;
  return Math.min(wait.retryAt, Math.min(...waiting.map(({ createdAt }) => createdAt)) + timeoutMs);
}

/** The wait once capacity has appeared; undefined when no task waits for it. */
export function afterCapacity<T extends OwnedTask>(
  tasks: Tasks<T>,
  wait: ProvisioningWait | undefined,
): ProvisioningWait | undefined {
  if (waitingTasks(tasks).length === 0) return undefined;
  return { attempts: 0, ...wait, retryAt: 0 };
}

/** The wait while an attempt is under way: capacity that appears from here on asks for another one. */
export const attemptBegun = (wait: ProvisioningWait | undefined): ProvisioningWait => ({
  ...wait,
  attempts: (wait?.attempts ?? 0) + 1,
  retryAt: Infinity,
});

/** The groups of waiting tasks, in the order of their first tasks. */
export function waitingGroups<T extends OwnedTask>(
  tasks: Tasks<T>,
  keyOf: (task: T) => string,
  describe: (first: T, count: number) => Omit<WaitingGroup<T>, 'tasks'>,
): readonly WaitingGroup<T>[] {
  return [...groupBy(waitingTasks(tasks), keyOf).values()].flatMap((group) => {
    const [first] = group;
    return first === undefined ? [] : [{ tasks: group, ...describe(first, group.length) }];
  });
}

/** The decision that goes into the store with the places of a group. */
export function placedDecision<T extends OwnedTask>(
  placed: Pick<PlacedGroup<T>, 'group' | 'explanation'>,
  assignments: readonly Assignment[],
  { causes, given }: { readonly causes: readonly DecisionCause[]; readonly given: Given },
): OwnerDecision {
  const draft: DecisionDraft = {
    reasons: [{ reason: 'capacityFound', count: assignments.length }],
    ...about(placed, placed.group.tasks.length),
    tasks: assignments.map(({ taskId, containerInstanceId }) => ({ taskId, containerInstanceId })),
  };
  return makeDecision(draft, causes, given);
}

/** A group was tried: those with an instance are launched, those that have waited for too long are STOPPED. */
export function applyPlacedGroup<T extends OwnedTask>(
  tasks: Tasks<T>,
  { group, assigned, refusal, explanation }: PlacedGroup<T>,
  { timeoutMs, given }: { readonly timeoutMs: number; readonly given: Given },
): ChangedTasks<T> & { readonly expired: readonly T[] } {
  const { now } = given;
  const placed = assignTasks(tasks, assigned, now);
  const late = stillWaiting(placed.tasks, group).filter(({ createdAt }) => createdAt + timeoutMs <= now);
  if (refusal === undefined || late.length === 0) return { ...placed, expired: [] };
  const stoppedReason = provisioningFailure(refusal);
  const reason = { stopCode: 'TaskFailedToStart', stoppedReason } as const;
  const lateIds = late.map(({ taskId }) => taskId);
  const lost = loseTasks(placed.tasks, lateIds, reason, now);
  const draft: DecisionDraft = {
    reasons: [{ reason: 'provisioningTimeout', count: late.length }],
    ...about({ group, explanation }, group.tasks.length),
    tasks: lateIds.map((taskId) => ({ taskId })),
    facts: { stoppedReason },
  };
  const record = recordDecision(draft, [{ kind: 'time' }], given);
  const expired = late.map((task): T => ({ ...task, ...reason, desiredStatus: 'STOPPED', lastStatus: 'STOPPED' }));
  return { tasks: lost.tasks, effects: [...placed.effects, ...lost.effects, record], expired };
}

/** The attempt is over: when the next is due, and which refusals stand on record. Undefined when no task waits any more. */
export function attemptEnded<T extends OwnedTask>(
  tasks: Tasks<T>,
  wait: ProvisioningWait | undefined,
  groups: readonly PlacedGroup<T>[],
  { causes, given }: { readonly causes: readonly DecisionCause[]; readonly given: Given },
): { readonly wait?: ProvisioningWait; readonly effects: readonly RecordEffect[] } {
  const earlier = new Map((wait?.refused ?? []).map((standing) => [standing.key, standing]));
  const stands = groups.flatMap(({ group, explanation, refusal }) => {
    const left = stillWaiting(tasks, group);
    if (refusal === undefined || left.length === 0) return [];
    const key = `${refusal.reason} ${left.length} ${left[0]?.taskId ?? ''}`;
    const draft = {
      reasons: [{ reason: 'provisioning', count: left.length }] as const,
      ...about({ group, explanation }, left.length),
      tasks: left.map(({ taskId }) => ({ taskId })),
      facts: { reason: refusal.reason },
      key,
      urgent: true,
    };
    return [standDecision(draft, earlier.get(key), { causes, given })];
  });
  const effects = stands.flatMap((stand) => stand.effects);
  if (wait === undefined || waitingTasks(tasks).length === 0) return { effects };
  const attempts = groups.some(({ assigned }) => assigned.length > 0) ? 1 : wait.attempts;
  const refused = stands.map(({ standing }) => standing);
  const { refused: _earlier, ...rest } = wait;
  const next = wait.retryAt === Infinity ? { attempts, retryAt: given.now + placementRetryDelay(attempts) } : rest;
  return { wait: refused.length === 0 ? next : { ...next, refused }, effects };
}

const stillWaiting = <T extends OwnedTask>(tasks: Tasks<T>, group: WaitingGroup<T>): readonly T[] =>
  group.tasks.flatMap(({ taskId }) => {
    const task = tasks.get(taskId);
    return task !== undefined && isWaiting(task) ? [task] : [];
  });

const about = <T>(
  { group, explanation }: Pick<PlacedGroup<T>, 'group' | 'explanation'>,
  count: number,
): Partial<DecisionDraft> => ({
  ...group.belongTo,
  asked: describeRequest(group.request, count),
  placement: explanation,
});
