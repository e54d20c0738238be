/** Which tasks of a DAEMON service to stop. Its bounds allow no second task on an instance, so old tasks stop first. */
import type { ClassifiedTask, TaskBucket } from '../service/classify.ts';
import { ordered, retiringTier, stopPendingAtOnce, withStopped } from '../service/stop-plan.ts';
import type { StopPlan } from '../service/stop-plan.ts';
import { isHeld } from '../service/protection.ts';
import type { DaemonInstances } from '../service/types.ts';
import { isComingUp, isGivenUp } from '../service/view.ts';
import type { ServiceView } from '../service/view.ts';

type Rule = (plan: StopPlan, view: ServiceView, daemon: DaemonInstances) => StopPlan;

const everyTask = ({ current, old }: StopPlan): readonly ClassifiedTask[] => [...current, ...old];

/** A task whose instance no longer meets the constraints stops at once. */
const stopViolating: Rule = (plan, view, { violating }) => {
  const left = new Set(violating);
  const victims = ordered(view, everyTask(plan), ({ task }) => (left.has(task.containerInstanceId) ? 0 : undefined));
  return withStopped(plan, view, victims, () => 'constraintViolated');
};

/** On a DRAINING instance the daemon stops last, because other services' tasks may need it. Protection keeps it, as elsewhere. */
const stopDrained: Rule = (plan, view, { draining, busyDraining }) => {
  const busy = new Set(busyDraining);
  const free = new Set(draining.filter((id) => !busy.has(id)));
  const victims = ordered(view, everyTask(plan), (item) =>
    free.has(item.task.containerInstanceId) && !isHeld(view, item) ? 0 : undefined,
  );
  return withStopped(plan, view, victims, () => 'draining');
};

const WORTH: Readonly<Record<TaskBucket, number>> = {
  healthy: 0,
  settling: 1,
  unhealthyInGrace: 2,
  pending: 3,
  unhealthy: 4,
  draining: 5,
  drainingPending: 6,
  stopping: 7,
};

/** Two tasks on one instance should never happen; if they do, the better one stays. */
const stopTwins: Rule = (plan, view) => {
  const best = new Map<string, ClassifiedTask>();
  const worse: ClassifiedTask[] = [];
  for (const item of everyTask(plan)) {
    const id = item.task.containerInstanceId;
    const rival = best.get(id);
    if (rival === undefined) best.set(id, item);
    else if (rank(view, item) < rank(view, rival)) {
      best.set(id, item);
      worse.push(rival);
    } else worse.push(item);
  }
  const victims = ordered(view, worse, () => 0);
  return withStopped(plan, view, victims, () => 'scaleIn');
};

/** Current before old, then by usefulness, then by id: a total order, so that the order of the tasks does not matter. */
function rank(view: ServiceView, { task, bucket }: ClassifiedTask): string {
  const isOld = task.deploymentId !== view.primary?.deploymentId;
  return `${isOld ? 1 : 0}${WORTH[bucket]}${task.taskId}`;
}

/** Old tasks stop as long as `lower` healthy ones remain; so many instances are without a task at a time. */
const stopOutdated: Rule = (plan, view) => {
  if (isGivenUp(view) || view.gate.keepsOld) return plan;
  const settled = everyTask(plan).filter(({ bucket }) => bucket !== 'draining');
  const retiring = plan.old.filter((item) => item.bucket !== 'draining' && !isHeld(view, item));
  const healthy = new Set(settled.filter((item) => item.healthy).map(({ task }) => task.taskId));
  let remaining = healthy.size;
  const victims = ordered(view, retiring, (item) => retiringTier(view, item)).filter(({ taskId }) => {
    const after = healthy.has(taskId) ? remaining - 1 : remaining;
    if (after < view.bounds.lower) return false;
    remaining = after;
    return true;
  });
  return withStopped(plan, view, victims, () => 'retired');
};

/**
 * An unhealthy task gives way to a new one on its instance: one at a time, chosen at random, so that a wrong health check
 * never takes the whole service; and only while launches are allowed.
 */
const stopUnhealthy: Rule = (plan, view, { eligible, refused }) => {
  const isThrottled = (view.snapshot.throttle.nextLaunchAt ?? 0) > view.now;
  if (isGivenUp(view) || isThrottled || plan.stop.length > 0) return plan;
  const settled = new Set([...refused, ...view.snapshot.tasks.map((task) => task.containerInstanceId)]);
  const changing =
    view.stopping.length > 0 || everyTask(plan).some(isComingUp) || eligible.some((id) => !settled.has(id));
  if (changing) return plan;
  const unhealthy = everyTask(plan).filter(({ bucket }) => bucket === 'unhealthy');
  const victims = ordered(view, unhealthy, () => 0).slice(0, 1);
  const isCurrent = victims[0]?.deploymentId === view.primary?.deploymentId;
  return withStopped(plan, view, victims, () => (isCurrent ? 'makeRoom' : 'retired'));
};

/** All stops; each rule sees what the rules before it left. */
export function planDaemonStops(view: ServiceView, daemon: DaemonInstances): StopPlan {
  const untouched: StopPlan = { stop: [], current: view.current, old: view.old };
  const rules: readonly Rule[] = [
    stopViolating,
    stopPendingAtOnce,
    stopDrained,
    stopTwins,
    stopOutdated,
    stopUnhealthy,
  ];
  return rules.reduce((plan, rule) => rule(plan, view, daemon), untouched);
}
