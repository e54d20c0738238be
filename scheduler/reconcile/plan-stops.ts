/** Which tasks to stop, rule by rule. Each rule sees what the ones before it have left. */
import type { StopReasonCode } from '../../model/decision.ts';
import { rebalancingStopReason } from '../rebalance/texts.ts';
import { CONSTRAINT_STOP_REASON, scalingStopReason, UNHEALTHY_STOP_REASON } from '../service/event-text.ts';
import type { ClassifiedTask, TaskBucket } from '../service/classify.ts';
import { movingTasks } from '../service/moving.ts';
import { isHeld } from '../service/protection.ts';
import { stopOrder } from '../service/stop-order.ts';
import type { Candidate } from '../service/stop-order.ts';
import type { StopDecision } from '../service/types.ts';
import { isComingUp, isGivenUp, isGood, isLeaving, isOldReplacement } from '../service/view.ts';
import type { ServiceView } from '../service/view.ts';

/** The stops, and what is left of the tasks once they are made. */
export interface StopPlan {
  readonly stop: readonly StopDecision[];
  readonly current: readonly ClassifiedTask[];
  readonly old: readonly ClassifiedTask[];
}

/** Those whose tasks ECS says failed their health checks; all others are its scaling activities. */
const UNHEALTHY_CODES: ReadonlySet<StopReasonCode> = new Set(['unhealthy', 'makeRoom']);

const healthyCount = ({ current, old }: Pick<StopPlan, 'current' | 'old'>): number =>
  current.filter(({ healthy }) => healthy).length + old.filter(({ healthy }) => healthy).length;

interface StoppedTask {
  readonly taskId: string;
  readonly deploymentId: string;
}

function stopText(because: StopReasonCode, deploymentId: string): string {
  if (UNHEALTHY_CODES.has(because)) return UNHEALTHY_STOP_REASON;
  if (because === 'constraintViolated') return CONSTRAINT_STOP_REASON;
  return because === 'rebalanced' ? rebalancingStopReason(deploymentId) : scalingStopReason(deploymentId);
}

function decide(view: ServiceView, { taskId, deploymentId }: StoppedTask, because: StopReasonCode): StopDecision {
  const stoppedReason = stopText(because, view.primary?.deploymentId ?? deploymentId);
  return { taskId, stopCode: 'ServiceSchedulerInitiated', stoppedReason, because };
}

/** The plan with these tasks stopped too. */
export function withStopped(
  plan: StopPlan,
  view: ServiceView,
  tasks: readonly StoppedTask[],
  because: (task: StoppedTask) => StopReasonCode,
): StopPlan {
  if (tasks.length === 0) return plan;
  const gone = new Set(tasks.map(({ taskId }) => taskId));
  const left = (items: readonly ClassifiedTask[]) => items.filter(({ task }) => !gone.has(task.taskId));
  const decisions = tasks.map((task) => decide(view, task, because(task)));
  return { stop: [...plan.stop, ...decisions], current: left(plan.current), old: left(plan.old) };
}

/** The candidates by stop order, lowest tier first; `tierOf` answers undefined for tasks that are none. */
export function ordered(
  view: ServiceView,
  items: readonly ClassifiedTask[],
  tierOf: (item: ClassifiedTask) => number | undefined,
) {
  const candidates = items.flatMap((item): readonly Candidate[] => {
    const tier = tierOf(item);
    return tier === undefined ? [] : [{ task: item.task, tier }];
  });
  return stopOrder(candidates, view.snapshot);
}

/** After every other tier. */
const LAST_TIER = Number.MAX_SAFE_INTEGER;

/** The same without those that protection holds. They still count where the order goes by how many tasks are together. */
function orderedUnheld(
  view: ServiceView,
  items: readonly ClassifiedTask[],
  tierOf: (item: ClassifiedTask) => number | undefined,
) {
  const held = new Set(items.filter((item) => isHeld(view, item)).map(({ task }) => task.taskId));
  if (held.size === 0) return ordered(view, items, tierOf);
  return ordered(view, items, (item) => (held.has(item.task.taskId) ? LAST_TIER : tierOf(item))).filter(
    ({ taskId }) => !held.has(taskId),
  );
}

/** What never ran goes without regard to the bounds: on draining instances, and of deployments on their way out. */
export function stopPendingAtOnce(plan: StopPlan, view: ServiceView): StopPlan {
  const leaving = [...plan.current, ...plan.old].filter(({ bucket }) => bucket === 'drainingPending');
  const outdated = view.gate.keepsOld
    ? []
    : plan.old.filter((item) => item.bucket === 'pending' && !isOldReplacement(view, item));
  const left = new Set(leaving.map(({ task }) => task.taskId));
  return withStopped(
    plan,
    view,
    orderedUnheld(view, [...leaving, ...outdated], () => 0),
    ({ taskId }) => (left.has(taskId) ? 'drainingPending' : 'retiredPending'),
  );
}

const SURPLUS_TIERS: Partial<Readonly<Record<TaskBucket, number>>> = {
  pending: 0,
  unhealthyInGrace: 1,
  settling: 2,
  healthy: 3,
};

/**
 * Scale-in: more good tasks than desired. Those that serve least go first, so healthy ones only beyond the desired count.
 * What a rebalancing has on its way is not too many; once it has arrived, another one goes.
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

const RETIRING_TIERS: Readonly<Record<TaskBucket, number>> = {
  unhealthy: 0,
  unhealthyInGrace: 1,
  pending: 2,
  settling: 3,
  draining: 4,
  healthy: 5,
  drainingPending: 0,
  stopping: 0,
};

/** Order among the tasks that must make room: least useful first, and of equally useful ones the oldest deployment's. */
export function retiringTier(view: ServiceView, { task, bucket, healthy }: ClassifiedTask): number {
  const { deployments } = view.snapshot;
  const index = deployments.findIndex(({ deploymentId }) => deploymentId === task.deploymentId);
  const age = index < 0 ? 0 : deployments.length - index;
  const usefulness = bucket === 'draining' && !healthy ? RETIRING_TIERS.unhealthy : RETIRING_TIERS[bucket];
  return usefulness * (deployments.length + 1) + age;
}

/**
 * Old deployments and draining instances lose tasks as long as `lower` healthy ones remain. A task that is not healthy
 * takes nothing from them, so it only asks that there are as many now. For a deployment that was given up only what is
 * beyond the desired count goes.
 */
function stopRetiring(plan: StopPlan, view: ServiceView): StopPlan {
  const retiring = [...plan.old, ...plan.current.filter(({ bucket }) => bucket === 'draining')];
  if (retiring.length === 0) return plan;
  const healthy = new Set(retiring.filter((item) => item.healthy).map(({ task }) => task.taskId));
  const draining = new Set(retiring.filter(({ bucket }) => bucket === 'draining').map(({ task }) => task.taskId));
  // While only the old tasks serve, they are kept at the desired count; beside the new ones they stay altogether.
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

/** An unhealthy task goes when another is ready in its place, or when its replacement turned out unhealthy too. */
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

/** Deletion: everything goes, at once. */
const stopAll = (plan: StopPlan, view: ServiceView): StopPlan =>
  withStopped(
    plan,
    view,
    ordered(view, [...plan.current, ...plan.old], () => 0),
    () => 'deletion',
  );

/** All stops that follow from the tasks alone. */
export function planStops(view: ServiceView): StopPlan {
  const untouched: StopPlan = { stop: [], current: view.current, old: view.old };
  if (isLeaving(view)) return stopAll(untouched, view);
  const rules = [stopPendingAtOnce, stopSurplus, stopRetiring, stopReplacedUnhealthy];
  return rules.reduce((plan, rule) => rule(plan, view), untouched);
}

/**
 * When `upper` leaves no room for a task that is needed, and none is coming up, one unhealthy task gives way, by lot:
 * one at a time, so that a wrong verdict never takes the whole service. More only where the service is above `upper`.
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
