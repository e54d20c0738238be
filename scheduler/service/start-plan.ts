/** What the planners of every kind of service share about starts: their form, and what the old deployments are owed. */
import type { EpochMs } from '../../model/time.ts';
import { START_FAILURES_BEFORE_THROTTLE } from '../throttle/throttle.ts';
import type { ClassifiedTask } from './classify.ts';
import type { StopPlan } from './stop-plan.ts';
import type { StartDecision } from './types.ts';
import { isComingUp, isGivenUp, isOldReplacement } from './view.ts';
import type { ServiceView } from './view.ts';

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
