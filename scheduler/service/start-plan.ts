/** Starts, as the planners of every kind of service plan them, and what the old deployments lack. */
import type { EpochMs } from '../../model/time.ts';
import { START_FAILURES_BEFORE_THROTTLE } from '../throttle/throttle.ts';
import type { ClassifiedTask } from './classify.ts';
import type { StopPlan } from './stop-plan.ts';
import type { StartDecision } from './types.ts';
import { isComingUp, isGivenUp, isOldReplacement } from './view.ts';
import type { ServiceView } from './view.ts';

export interface StartPlan {
  readonly start: readonly StartDecision[];
  /** The stops, now including those that only make room. */
  readonly stops: StopPlan;
  /** Tasks of the PRIMARY deployment that the service still lacks, whether they start now or not. */
  readonly wanted: number;
  /** `wanted` is above 0, but `upper` leaves no room. */
  readonly blocked: boolean;
  /** More times at which the plan changes by itself. */
  readonly wakeAt?: readonly EpochMs[];
}

const count = (items: readonly ClassifiedTask[], test: (item: ClassifiedTask) => boolean): number =>
  items.filter(test).length;

/** The PRIMARY deployment does not come up: its tasks in flight promise no availability. */
export const isFailing = (view: ServiceView): boolean =>
  isGivenUp(view) ||
  view.gate.holdsStarts ||
  view.snapshot.throttle.consecutiveStartFailures >= START_FAILURES_BEFORE_THROTTLE ||
  view.current.some(({ bucket }) => bucket === 'unhealthy');

/** The newest ACTIVE deployment that has once completed: lost tasks of old deployments are replaced with its revision. */
export const fallback = (view: ServiceView) =>
  (view.gate.holdsStarts
    ? view.snapshot.deployments.filter(({ status }) => status === 'ACTIVE')
    : view.rollingOut
  ).find(({ rolloutState }) => rolloutState === 'COMPLETED');

/**
 * Tasks that the old side needs to get back to `lower`, after it lost some during the rollout and the new side does not
 * make up for them. So failures of the new revision do not cost availability. While a hook holds the new side back, the
 * old side gets back to the desired count.
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
