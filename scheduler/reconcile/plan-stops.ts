/** Which tasks to stop, rule by rule. Each rule sees what the rules before it left. */
import type { TaskBucket } from '../service/classify.ts';
import { movingTasks } from '../service/moving.ts';
import { ordered, orderedUnheld, retiringTier, stopPendingAtOnce, withStopped } from '../service/stop-plan.ts';
import type { StopPlan } from '../service/stop-plan.ts';
import { isComingUp, isGivenUp, isGood, isLeaving } from '../service/view.ts';
import type { ServiceView } from '../service/view.ts';

const healthyCount = ({ current, old }: Pick<StopPlan, 'current' | 'old'>): number =>
  current.filter(({ healthy }) => healthy).length + old.filter(({ healthy }) => healthy).length;

const SURPLUS_TIERS: Partial<Readonly<Record<TaskBucket, number>>> = {
  pending: 0,
  unhealthyInGrace: 1,
  settling: 2,
  healthy: 3,
};

/**
 * Scale-in: more good tasks than desired. The least useful go first, so healthy tasks go only beyond the desired count.
 * A task that rebalancing has started is not too many; once it is healthy, another task stops.
 */
function stopSurplus(plan: StopPlan, view: ServiceView): StopPlan {
  const good = plan.current.filter(isGood);
  const { arriving, arrived } = movingTasks(view);
  const surplus = good.length - arriving.length - view.desired;
  if (surplus <= 0) return plan;
  const settled = good.filter((item) => !arriving.includes(item));
  const victims = orderedUnheld(view, settled, ({ bucket }) => SURPLUS_TIERS[bucket]).slice(0, surplus);
  return withStopped(plan, view, victims, () => (arrived.length > 0 ? 'rebalanced' : 'scaleIn'));
}

/**
 * Old deployments and draining instances lose tasks as long as `lower` healthy tasks remain. Stopping an unhealthy task
 * takes none of these away, so it only requires that there are `lower` now. For a FAILED deployment, only tasks beyond
 * the desired count stop.
 */
function stopRetiring(plan: StopPlan, view: ServiceView): StopPlan {
  const retiring = [...plan.old, ...plan.current.filter(({ bucket }) => bucket === 'draining')];
  if (retiring.length === 0) return plan;
  const healthy = new Set(retiring.filter((item) => item.healthy).map(({ task }) => task.taskId));
  const draining = new Set(retiring.filter(({ bucket }) => bucket === 'draining').map(({ task }) => task.taskId));
  // While only old tasks serve, they stay at the desired count; beside the new tasks they all stay.
  const kept = view.gate.keepsOld && !view.gate.holdsStarts ? Infinity : view.desired;
  const floor = (taskId: string): number =>
    (isGivenUp(view) || view.gate.keepsOld) && !draining.has(taskId) ? kept : view.bounds.lower;
  let remaining = healthyCount(plan);
  const victims = orderedUnheld(view, retiring, (item) => retiringTier(view, item)).filter(({ taskId }) => {
    const after = healthy.has(taskId) ? remaining - 1 : remaining;
    if (after < floor(taskId)) return false;
    remaining = after;
    return true;
  });
  return withStopped(plan, view, victims, ({ taskId }) => (draining.has(taskId) ? 'draining' : 'retired'));
}

/** An unhealthy task stops when another is ready in its place, or when its replacement is unhealthy, too. */
function stopReplacedUnhealthy(plan: StopPlan, view: ServiceView): StopPlan {
  const unhealthy = plan.current.filter(({ bucket }) => bucket === 'unhealthy');
  const good = plan.current.filter(isGood);
  const ready = good.filter((item) => !isComingUp(item) && item.bucket !== 'unhealthyInGrace').length;
  const others = plan.current.length - plan.current.filter(({ bucket }) => bucket === 'draining').length;
  const spare = Math.min(unhealthy.length, others - view.desired - (good.length - ready));
  if (spare <= 0) return plan;
  const replaced = new Set(good.map(({ task }) => task.replaces));
  const victims = ordered(view, unhealthy, ({ task }) => (replaced.has(task.taskId) ? 0 : 1)).slice(0, spare);
  return withStopped(plan, view, victims, () => 'unhealthy');
}

/** Deletion stops everything at once. */
const stopAll = (plan: StopPlan, view: ServiceView): StopPlan =>
  withStopped(
    plan,
    view,
    ordered(view, [...plan.current, ...plan.old], () => 0),
    () => 'deletion',
  );

/** All stops that depend on the tasks alone. */
export function planStops(view: ServiceView): StopPlan {
  const untouched: StopPlan = { stop: [], current: view.current, old: view.old };
  if (isLeaving(view)) return stopAll(untouched, view);
  const rules = [stopPendingAtOnce, stopSurplus, stopRetiring, stopReplacedUnhealthy];
  return rules.reduce((plan, rule) => rule(plan, view), untouched);
}

/**
 * If `upper` leaves no room for a needed task, and no task is coming up, one unhealthy task gives way, chosen at random:
 * one at a time, so that a wrong health check never takes the whole service. More only if the service is above `upper`.
 */
export function stopToMakeRoom(plan: StopPlan, view: ServiceView): StopPlan {
  if ([...plan.current, ...plan.old].some(isComingUp)) return plan;
  const excess = plan.current.length + plan.old.length - view.bounds.upper;
  const isOld = ({ deploymentId }: { deploymentId: string }) => deploymentId !== view.primary?.deploymentId;
  const victims = ordered(view, [...plan.old, ...plan.current], ({ task, bucket }) => {
    if (task.healthStatus !== 'UNHEALTHY' || (bucket === 'unhealthyInGrace' && !isOld(task))) return undefined;
    return isOld(task) ? 0 : 1;
  }).slice(0, excess + 1);
  const byAge = [...victims.filter(isOld), ...victims.filter((task) => !isOld(task))];
  return withStopped(plan, view, byAge, (task) => (isOld(task) ? 'retired' : 'makeRoom'));
}
