/** How many tasks to start, and of which deployment. */
import type { EpochMs } from '../../model/time.ts';
import { START_FAILURES_BEFORE_THROTTLE } from '../throttle/throttle.ts';
import type { ClassifiedTask } from '../service/classify.ts';
import { stopToMakeRoom } from './plan-stops.ts';
import type { StopPlan } from './plan-stops.ts';
import { startReasons } from '../service/start-reasons.ts';
import type { StartDecision } from '../service/types.ts';
import { isComingUp, isGivenUp, isGood, isLeaving, isOldReplacement, launchesHeldUntil } from '../service/view.ts';
import type { ServiceView } from '../service/view.ts';

export interface StartPlan {
  readonly start: readonly StartDecision[];
  /** The stops once more, with those that only serve to make room. */
  readonly stops: StopPlan;
  /** Tasks of the PRIMARY deployment that the service still lacks, started now or not. */
  readonly wanted: number;
  /** `wanted` is not nothing, but `upper` leaves no room. */
  readonly blocked: boolean;
  /** Further times at which the plan changes by itself. */
  readonly wakeAt?: readonly EpochMs[];
}

const count = (items: readonly ClassifiedTask[], test: (item: ClassifiedTask) => boolean): number =>
  items.filter(test).length;

const roomLeft = (view: ServiceView, stops: StopPlan): number =>
  Math.max(0, view.bounds.upper - stops.current.length - stops.old.length);

/** The PRIMARY deployment does not come up: what it has in flight is no promise of availability. */
export const isFailing = (view: ServiceView): boolean =>
  isGivenUp(view) ||
  view.gate.holdsStarts ||
  view.snapshot.throttle.consecutiveStartFailures >= START_FAILURES_BEFORE_THROTTLE ||
  view.current.some(({ bucket }) => bucket === 'unhealthy');

/** The newest deployment on its way out that is known to work: lost tasks of old deployments are replaced at this one. */
export const fallback = (view: ServiceView) =>
  (view.gate.holdsStarts
    ? view.snapshot.deployments.filter(({ status }) => status === 'ACTIVE')
    : view.rollingOut
  ).find(({ rolloutState }) => rolloutState === 'COMPLETED');

/**
 * Tasks that the old side needs to get back to `lower`: it lost some during the rollout, and the new side does not make
 * up for them. So failures of the new revision do not eat availability. Back to the desired count while the new side is
 * held back by a hook.
 */
export function owedByOld(view: ServiceView, { current, old }: StopPlan, newStarts: number): number {
  if (fallback(view) === undefined) return 0;
  const healthy = count(current, (item) => item.healthy) + count(old, (item) => item.healthy);
  const returning = count(
    old,
    (item) =>
      item.bucket === 'settling' ||
      (item.bucket === 'pending' && (view.gate.holdsStarts || isOldReplacement(view, item))),
  );
  const arriving = isFailing(view) ? 0 : count(current, isComingUp) + newStarts;
  const wanted = view.gate.holdsStarts ? view.desired : view.bounds.lower;
  return Math.max(0, wanted - healthy - returning - arriving);
}

/** Shares the room between the sides: the new one first, unless it is failing. */
function shareRoom(view: ServiceView, stops: StopPlan, wanted: number): { current: number; old: number } {
  const room = roomLeft(view, stops);
  if (isFailing(view)) {
    const old = Math.min(room, owedByOld(view, stops, 0));
    return { old, current: Math.min(wanted, room - old) };
  }
  const current = Math.min(wanted, room);
  return { current, old: Math.min(room - current, owedByOld(view, stops, current)) };
}

/** Unhealthy tasks that no task replaces yet, in order of id. */
function unreplaced(before: readonly ClassifiedTask[], after: readonly ClassifiedTask[], made: ReadonlySet<string>) {
  const replaced = new Set(after.map(({ task }) => task.replaces));
  return before
    .filter(({ bucket, task }) => bucket === 'unhealthy' && !replaced.has(task.taskId) && !made.has(task.taskId))
    .map(({ task }) => task.taskId)
    .sort();
}

interface StartRequest {
  readonly deploymentId: string | undefined;
  readonly count: number;
  /** Tasks that were unhealthy and are not replaced yet. */
  readonly unhealthy: readonly string[];
  /** How many of the started tasks fill other gaps first. */
  readonly missing: number;
  /** Why, given how many of them replace unhealthy ones. */
  readonly because: (unhealthy: number) => StartDecision['because'];
}

function startDecision({
  deploymentId,
  count: number,
  unhealthy,
  missing,
  because,
}: StartRequest): readonly StartDecision[] {
  if (deploymentId === undefined || number === 0) return [];
  const replaces = unhealthy.slice(0, Math.max(0, number - missing));
  return [{ deploymentId, count: number, replaces, because: because(replaces.length) }];
}

function decideStarts(view: ServiceView, planned: StopPlan, stops: StopPlan, wanted: number): readonly StartDecision[] {
  const share = shareRoom(view, stops, wanted);
  const stopped = new Set(planned.stop.map(({ taskId }) => taskId));
  const unhealthy = unreplaced(view.current, stops.current, stopped);
  const source = fallback(view)?.deploymentId;
  const oldUnhealthy = unreplaced(
    view.old.filter(({ task }) => task.deploymentId === source),
    stops.old,
    stopped,
  );
  return [
    ...startDecision({
      deploymentId: view.primary?.deploymentId,
      count: share.current,
      unhealthy,
      missing: Math.max(0, wanted - unhealthy.length),
      because: (replaced) => startReasons(view, share.current, replaced),
    }),
    ...startDecision({
      deploymentId: source,
      count: share.old,
      unhealthy: oldUnhealthy,
      missing: 0,
      because: () => [{ reason: 'restoreOld', count: share.old }],
    }),
  ];
}

/** The starts that the bounds allow once `planned` is carried out; none while launches are held back. */
export function planStarts(view: ServiceView, planned: StopPlan): StartPlan {
  if (isLeaving(view) || view.primary === undefined) return { start: [], stops: planned, wanted: 0, blocked: false };
  const idle = isGivenUp(view) || view.gate.holdsStarts;
  const wanted = idle ? 0 : Math.max(0, view.desired - count(planned.current, isGood));
  const noRoom = wanted > 0 && roomLeft(view, planned) === 0;
  const stops = noRoom ? stopToMakeRoom(planned, view) : planned;
  const held = launchesHeldUntil(view) !== undefined;
  return {
    start: held ? [] : decideStarts(view, planned, stops, wanted),
    stops,
    wanted,
    blocked: noRoom && stops === planned,
  };
}
