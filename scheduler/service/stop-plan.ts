/** Collects stops rule by rule, for every kind of service. */
import type { StopReasonCode } from '../../model/decision.ts';
import type { ClassifiedTask, TaskBucket } from './classify.ts';
import {
  CONSTRAINT_STOP_REASON,
  rebalancingStopReason,
  scalingStopReason,
  UNHEALTHY_STOP_REASON,
} from './event-text.ts';
import { isHeld } from './protection.ts';
import { stopOrder } from './stop-order.ts';
import type { Candidate } from './stop-order.ts';
import type { StopDecision } from './types.ts';
import { isOldReplacement } from './view.ts';
import type { ServiceView } from './view.ts';

/** The stops, and the tasks that remain after them. */
export interface StopPlan {
  readonly stop: readonly StopDecision[];
  readonly current: readonly ClassifiedTask[];
  readonly old: readonly ClassifiedTask[];
}

/** Stops that ECS attributes to failed health checks; it attributes all others to scaling activities. */
const UNHEALTHY_CODES: ReadonlySet<StopReasonCode> = new Set(['unhealthy', 'makeRoom']);

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

/** The candidates by stop order, lowest tier first; `tierOf` returns undefined for a task that is no candidate. */
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

/** The same without protected tasks. They still count when the order depends on how many tasks are together. */
export function orderedUnheld(
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

/** Tasks that never ran stop regardless of the bounds: on draining instances, and of old deployments. */
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

/** Order among tasks that must make room: least useful first, then the oldest deployment's. */
export function retiringTier(view: ServiceView, { task, bucket, healthy }: ClassifiedTask): number {
  const { deployments } = view.snapshot;
  const index = deployments.findIndex(({ deploymentId }) => deploymentId === task.deploymentId);
  const age = index < 0 ? 0 : deployments.length - index;
  const usefulness = bucket === 'draining' && !healthy ? RETIRING_TIERS.unhealthy : RETIRING_TIERS[bucket];
  return usefulness * (deployments.length + 1) + age;
}
