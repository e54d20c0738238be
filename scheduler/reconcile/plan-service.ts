/** The service scheduler: from what is known of a service to what is to be done now. Pure: same input, same plan. */
import { isBeforeRunning } from '../../model/status.ts';
import type { EpochMs } from '../../model/time.ts';
import { definitionAfterRollback, evaluateCircuitBreaker } from '../rollout/circuit-breaker.ts';
import type { BreakerVerdict } from '../rollout/circuit-breaker.ts';
import { applyDeploymentDecisions } from '../rollout/deployments.ts';
import { resetThrottle } from '../throttle/throttle.ts';
import { conclude } from './conclude.ts';
import type { Conclusion } from './conclude.ts';
import {
  blockedByBounds,
  deploymentCompleted,
  deploymentFailed,
  eventBatches,
  healthCheckFailed,
  rollingBack,
  steadyState,
  stoppedPendingTasks,
  stoppedRunningTasks,
  UNHEALTHY_STOP_REASON,
} from './event-text.ts';
import { updateNotes } from './notes.ts';
import { planStarts } from './plan-starts.ts';
import type { StartPlan } from './plan-starts.ts';
import { planStops } from './plan-stops.ts';
import { DEFAULT_POLICY } from './policy.ts';
import type { SchedulerPolicy } from './policy.ts';
import type { ServicePlan, ServiceSnapshot, StopDecision } from './types.ts';
import { isComingUp, viewService } from './view.ts';
import type { ServiceView } from './view.ts';
import { waitingFor } from './waiting-for.ts';
import { wakeTime } from './wake-time.ts';

/** Neither may a task start nor may one stop, and nothing under way will change that. */
const isStuck = (view: ServiceView, { blocked, stops }: StartPlan): boolean =>
  blocked &&
  view.rollingOut.length > 0 &&
  stops.stop.length === 0 &&
  view.stopping.length === 0 &&
  ![...view.current, ...view.old].some(isComingUp);

function stopEvents(view: ServiceView, stop: readonly StopDecision[]): readonly string[] {
  const name = view.snapshot.definition.serviceName;
  const ids = new Set(stop.map(({ taskId }) => taskId));
  const statuses = new Map(view.snapshot.tasks.map((task) => [task.taskId, task.lastStatus]));
  const isPending = (taskId: string): boolean => isBeforeRunning(statuses.get(taskId) ?? 'RUNNING');
  const running = [...ids].filter((taskId) => !isPending(taskId));
  const pending = ids.size - running.length;
  return [
    ...(pending > 0 ? [stoppedPendingTasks(name, pending)] : []),
    ...eventBatches(running).map((batch) => stoppedRunningTasks(name, batch)),
  ];
}

/** Messages that stand as long as their cause does: written once, repeated after hours. */
function standingMessages(view: ServiceView, starts: StartPlan): readonly string[] {
  const name = view.snapshot.definition.serviceName;
  const unhealthy = [...view.current, ...view.old]
    .filter(({ bucket }) => bucket === 'unhealthy')
    .map(({ task }) => task.taskId)
    .sort();
  return [
    ...unhealthy.map((taskId) => healthCheckFailed(name, taskId)),
    ...(isStuck(view, starts) ? [blockedByBounds(name)] : []),
  ];
}

/** When the last steady event was written, after this plan; undefined while the service is not steady. */
function steadySince(view: ServiceView, conclusion: Conclusion): EpochMs | undefined {
  if (!conclusion.steady) return undefined;
  const { steadySince: since } = view.snapshot;
  return since === undefined || view.now - since >= view.policy.steadyEventEveryMs ? view.now : since;
}

/** The plan without regard to the circuit breaker. */
function planOnce(snapshot: ServiceSnapshot, now: EpochMs, policy: SchedulerPolicy): ServicePlan {
  const view = viewService(snapshot, now, policy);
  const starts = planStarts(view, planStops(view));
  const { stop } = starts.stops;
  const conclusion = conclude(view, starts);
  const since = steadySince(view, conclusion);
  const { notedAt, due } = updateNotes(view, standingMessages(view, starts));
  const name = snapshot.definition.serviceName;
  const wakeAt = wakeTime(view, starts, since);
  return {
    start: starts.start,
    stop,
    deployments: conclusion.deployments,
    events: [
      ...due,
      ...stopEvents(view, stop),
      ...(conclusion.completed === undefined ? [] : [deploymentCompleted(name, conclusion.completed)]),
      ...(since === undefined || since === snapshot.steadySince ? [] : [steadyState(name)]),
    ],
    ...(since === undefined ? {} : { steadySince: since }),
    notedAt,
    becomesInactive: snapshot.status === 'DRAINING' && snapshot.tasks.length === 0,
    ...(wakeAt === undefined ? {} : { wakeAt }),
    waitingFor: waitingFor(view, starts, conclusion),
  };
}

/** Tasks of the PRIMARY deployment that the plan replaces because they are unhealthy. */
function replacedUnhealthy(snapshot: ServiceSnapshot, plan: ServicePlan): number {
  const primary = snapshot.deployments.find(({ status }) => status === 'PRIMARY');
  const deploymentOf = new Map(snapshot.tasks.map((task) => [task.taskId, task.deploymentId]));
  return plan.stop.filter(
    ({ taskId, stoppedReason }) =>
      stoppedReason === UNHEALTHY_STOP_REASON && deploymentOf.get(taskId) === primary?.deploymentId,
  ).length;
}

/** What there is to plan on once the circuit breaker has tripped. A rollback starts with launches free. */
function afterTrip(snapshot: ServiceSnapshot, { decisions, target }: BreakerVerdict, now: EpochMs): ServiceSnapshot {
  const deployments = applyDeploymentDecisions(snapshot.deployments, decisions, now);
  if (target === undefined) return { ...snapshot, deployments };
  const { placementRetryAt: _retry, ...rest } = snapshot;
  return {
    ...rest,
    definition: definitionAfterRollback(snapshot.definition, target),
    deployments,
    throttle: resetThrottle(),
  };
}

function breakerEvents({ definition }: ServiceSnapshot, { failed, target }: BreakerVerdict): readonly string[] {
  const name = definition.serviceName;
  return [
    ...(failed === undefined ? [] : [deploymentFailed(name, failed.deploymentId)]),
    ...(target === undefined ? [] : [rollingBack(name, target.deploymentId)]),
  ];
}

/**
 * What to do now for a REPLICA service. Carrying the plan out and planning again at the same time gives an empty plan:
 * everything that can be done now is in it. Time counts only through `now`, chance only through the snapshot's seed, and
 * the order of the tasks does not matter. `policy` is for tests and operators; the default is ECS's behaviour.
 * When the circuit breaker trips, its decisions come first and the rest of the plan is made on what they leave.
 */
export function planService(
  snapshot: ServiceSnapshot,
  now: EpochMs,
  policy: SchedulerPolicy = DEFAULT_POLICY,
): ServicePlan {
  const plan = planOnce(snapshot, now, policy);
  if (snapshot.status !== 'ACTIVE') return plan;
  const { definition, deployments } = snapshot;
  const newFailures = replacedUnhealthy(snapshot, plan);
  const verdict = evaluateCircuitBreaker({ definition, deployments, newFailures });
  if (verdict.decisions.length === 0) return plan;
  const rest = verdict.failed === undefined ? plan : planOnce(afterTrip(snapshot, verdict, now), now, policy);
  return {
    ...rest,
    deployments: [...verdict.decisions, ...rest.deployments],
    events: [...breakerEvents(snapshot, verdict), ...rest.events],
  };
}
