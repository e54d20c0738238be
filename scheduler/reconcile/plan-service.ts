/** The service scheduler: from a service's snapshot to what must happen now. Pure: same input, same plan. */
import { isBeforeRunning } from '../../model/status.ts';
import type { EpochMs } from '../../model/time.ts';
import { asDaemon, planDaemon } from '../daemon/plan-daemon.ts';
import { evaluateCircuitBreaker } from '../rollout/circuit-breaker.ts';
import type { BreakerVerdict } from '../rollout/circuit-breaker.ts';
import { carryOut, endOrder, type EndOrder } from '../rollout/ordered-end.ts';
import { underWay, withServiceDeployments } from '../rollout/service-deployments.ts';
import { rollsBack, settleDeployments } from '../rollout/settle-deployments.ts';
import { advanceStages, type StageProgress } from '../rollout/stages.ts';
import { stoppedByRebalancing } from '../rebalance/texts.ts';
import { conclude, rolloutFacts } from './conclude.ts';
import type { Conclusion } from './conclude.ts';
import {
  blockedByBounds,
  constraintViolated,
  deploymentCompleted,
  deploymentFailed,
  eventBatches,
  healthCheckFailed,
  heldByProtection,
  isHeldByProtection,
  rollingBack,
  steadyState,
  stoppedPendingTasks,
  stoppedRunningTasks,
  UNHEALTHY_STOP_REASON,
} from '../service/event-text.ts';
import { updateNotes } from './notes.ts';
import { planStarts } from './plan-starts.ts';
import type { StartPlan } from '../service/start-plan.ts';
import { planStops } from './plan-stops.ts';
import { movingTasks } from '../service/moving.ts';
import { holdingTasks } from '../service/protection.ts';
import { OPEN_GATE } from '../service/gate.ts';
import { DEFAULT_POLICY } from '../service/policy.ts';
import type { SchedulerPolicy } from '../service/policy.ts';
import type { ServicePlan, ServiceSnapshot, StopDecision } from '../service/types.ts';
import { isComingUp, isLeaving, viewService } from '../service/view.ts';
import type { ServiceView } from '../service/view.ts';
import { waitingFor, waitsOf } from './waiting-for.ts';
import { wakeTime } from './wake-time.ts';

/** No task may start or stop, nothing under way will change that, and the cause is not protection, which ends by itself. */
const isStuck = (view: ServiceView, { blocked, stops }: StartPlan): boolean =>
  blocked &&
  view.rollingOut.length > 0 &&
  stops.stop.length === 0 &&
  view.stopping.length === 0 &&
  holdingTasks(view, stops).length === 0 &&
  ![...view.current, ...view.old].some(isComingUp);

/** Tasks that rebalancing stops, with their zones. */
function rebalancingStops(view: ServiceView, stop: readonly StopDecision[]): ReadonlyMap<string, string> {
  const moved = stop.filter(({ because }) => because === 'rebalanced');
  if (moved.length === 0) return new Map();
  const zones = new Map(view.snapshot.tasks.map(({ taskId, availabilityZone = '' }) => [taskId, availabilityZone]));
  return new Map(moved.map(({ taskId }) => [taskId, zones.get(taskId) ?? '']));
}

const movedEvents = (name: string, moved: ReadonlyMap<string, string>): readonly string[] =>
  [...new Set(moved.values())].flatMap((zone) => {
    const ids = [...moved.keys()].filter((taskId) => moved.get(taskId) === zone);
    return eventBatches(ids).map((batch) => stoppedByRebalancing(name, zone, batch));
  });

function stopEvents(view: ServiceView, stop: readonly StopDecision[]): readonly string[] {
  const name = view.snapshot.definition.serviceName;
  const moved = rebalancingStops(view, stop);
  const ids = new Set(stop.map(({ taskId }) => taskId).filter((taskId) => !moved.has(taskId)));
  const beforeRunning = view.snapshot.tasks.filter(({ lastStatus }) => isBeforeRunning(lastStatus));
  const pendingIds = new Set(beforeRunning.map(({ taskId }) => taskId));
  const running = [...ids].filter((taskId) => !pendingIds.has(taskId));
  const pending = ids.size - running.length;
  return [
    ...(pending > 0 ? [stoppedPendingTasks(name, pending)] : []),
    ...eventBatches(running).map((batch) => stoppedRunningTasks(name, batch)),
    ...movedEvents(name, moved),
  ];
}

/** Tasks of a DAEMON service that stop because their instances changed. */
function violationEvents({ snapshot }: ServiceView, stop: readonly StopDecision[]): readonly string[] {
  const violating = stop.filter(({ because }) => because === 'constraintViolated');
  const ids = violating.map(({ taskId }) => taskId);
  return eventBatches(ids).map((batch) => constraintViolated(snapshot.definition.serviceName, batch));
}

/** Messages with a lasting cause: written once, repeated after hours. */
function standingMessages(view: ServiceView, starts: StartPlan): readonly string[] {
  const name = view.snapshot.definition.serviceName;
  const unhealthy = [...view.current, ...view.old]
    .filter(({ bucket }) => bucket === 'unhealthy')
    .map(({ task }) => task.taskId)
    .sort();
  const holding = holdingTasks(view, starts.stops).length;
  return [
    ...(holding > 0 && view.primary ? [heldByProtection(name, view.primary.deploymentId, holding)] : []),
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

const CONSTRAINT_VIOLATED = 'SERVICE_DAEMON_PLACEMENT_CONSTRAINT_VIOLATED';
const HELD_BY_PROTECTION = 'TASKSET_SCALE_IN_FAILURE_BY_TASK_PROTECTION';

/** The plan, without decisions that end a deployment. */
function planOnce(view: ServiceView): ServicePlan {
  const { snapshot } = view;
  const { daemon } = snapshot;
  // What is left of a service that goes is stopped without regard to its kind.
  const ends = isLeaving(view) || view.primary === undefined;
  const starts = daemon === undefined || ends ? planStarts(view, planStops(view)) : planDaemon(view, daemon);
  const { stop } = starts.stops;
  const conclusion = conclude(view, starts);
  const since = steadySince(view, conclusion);
  const { notedAt, due } = updateNotes(view, standingMessages(view, starts));
  const name = snapshot.definition.serviceName;
  const wakeAt = wakeTime(view, starts, since);
  const waits = waitsOf(view, starts, conclusion);
  const violations = violationEvents(view, stop);
  const stopped = stopEvents(view, stop);
  const movingIds = movingTasks(view).arriving.map(({ task }) => task.taskId);
  const saysSteady = since !== undefined && since !== snapshot.steadySince;
  return {
    start: starts.start,
    stop,
    deployments: conclusion.deployments,
    events: [
      ...due,
      ...violations,
      ...stopped,
      ...(conclusion.completed === undefined ? [] : [deploymentCompleted(name, conclusion.completed)]),
      ...(saysSteady ? [steadyState(name)] : []),
    ],
    actions: [
      ...due.filter(isHeldByProtection).map((reason) => ({ eventName: HELD_BY_PROTECTION, reason }) as const),
      ...violations.map((reason) => ({ eventName: CONSTRAINT_VIOLATED, reason }) as const),
      ...stopped.map((reason) => ({ eventName: 'TASKS_STOPPED', reason }) as const),
      ...(saysSteady ? [{ eventName: 'SERVICE_STEADY_STATE' } as const] : []),
    ],
    ...(since === undefined ? {} : { steadySince: since }),
    notedAt,
    ...(movingIds.length === 0 ? {} : { movingIds }),
    becomesInactive: snapshot.status === 'DRAINING' && snapshot.tasks.length === 0,
    ...(wakeAt === undefined ? {} : { wakeAt }),
    waits,
    waitingFor: waitingFor(view, waits, conclusion),
    bounds: { desired: view.desired, lower: view.bounds.lower, upper: view.bounds.upper },
  };
}

/** Tasks of the PRIMARY deployment that the plan replaces because they are unhealthy. */
function replacedUnhealthy(snapshot: ServiceSnapshot, plan: ServicePlan): number {
  const primary = snapshot.deployments.find(({ status }) => status === 'PRIMARY');
  const unhealthy = plan.stop.filter(({ stoppedReason }) => stoppedReason === UNHEALTHY_STOP_REASON);
  const ids = new Set(unhealthy.map(({ taskId }) => taskId));
  return snapshot.tasks.filter(({ taskId, deploymentId }) => deploymentId === primary?.deploymentId && ids.has(taskId))
    .length;
}

/** The snapshot to plan on once the circuit breaker has tripped. After a rollback nothing that was refused before counts. */
function afterTrip(snapshot: ServiceSnapshot, { decisions }: BreakerVerdict, now: EpochMs): ServiceSnapshot {
  const settled = settleDeployments(snapshot, decisions, now);
  if (!rollsBack(decisions)) return settled;
  const { placementRetryAt: _retry, ...rest } = settled;
  return rest;
}

function verdictEvents(
  { definition }: ServiceSnapshot,
  { failed, target }: BreakerVerdict,
  cause: string | undefined,
): readonly string[] {
  const name = definition.serviceName;
  return [
    ...(failed === undefined ? [] : [deploymentFailed(name, failed.deploymentId, cause)]),
    ...(target === undefined ? [] : [rollingBack(name, target.deploymentId)]),
  ];
}

/**
 * What to do now for a REPLICA or DAEMON service. The plan has everything that can be done now: planning again at the same
 * time, after carrying it out, gives an empty plan. Time enters only through `now` and randomness only through the snapshot's
 * seed; the order of the tasks does not matter. `policy` is for tests and operators; the default is ECS's behaviour.
 * When the circuit breaker trips, or an order ends the deployment, these decisions come first and the rest of the plan
 * builds on them.
 */
export function planService(
  observed: ServiceSnapshot,
  now: EpochMs,
  policy: SchedulerPolicy = DEFAULT_POLICY,
): ServicePlan {
  const snapshot = asDaemon(observed);
  const view = viewService(snapshot, now, policy);
  const progress = stageProgress(view);
  if (progress === undefined) return withServiceDeployments(snapshot, planWithBreaker(view), now);
  const [, ...older] = snapshot.serviceDeployments ?? [];
  const advanced = { ...snapshot, serviceDeployments: [progress.deployment, ...older] };
  const order = endOrder(progress.deployment, progress.timedOut);
  const staged: ServiceView = { ...view, snapshot: advanced, gate: progress.gate };
  const plan = order === undefined ? planWithBreaker(staged) : planWithOrder(staged, order);
  return withServiceDeployments(snapshot, { ...plan, serviceDeployments: advanced.serviceDeployments }, now, order);
}

/** The progress of the rollout; undefined if none is under way. */
function stageProgress(view: ServiceView): StageProgress | undefined {
  const current = underWay(view.snapshot.serviceDeployments);
  const { primary } = view;
  if (current === undefined || isLeaving(view) || primary?.rolloutState !== 'IN_PROGRESS') return undefined;
  const rollsBack = current.rollback !== undefined || primary.deploymentId !== current.deploymentId;
  return rollsBack ? { deployment: current, gate: OPEN_GATE } : advanceStages(current, rolloutFacts(view));
}

/** The plan, including what the circuit breaker decides. */
function planWithBreaker(view: ServiceView): ServicePlan {
  const { snapshot } = view;
  const plan = planOnce(view);
  if (isLeaving(view)) return plan;
  const { definition, deployments } = snapshot;
  const newFailures = replacedUnhealthy(snapshot, plan);
  const verdict = evaluateCircuitBreaker({ definition, deployments, newFailures });
  if (verdict.decisions.length === 0) return plan;
  if (verdict.failed !== undefined) return planOnVerdict(view, verdict);
  return { ...plan, deployments: [...verdict.decisions, ...plan.deployments] };
}

/** The plan once an order has ended the deployment. */
const planWithOrder = (view: ServiceView, order: EndOrder): ServicePlan =>
  planOnVerdict(view, carryOut(order, view.snapshot.deployments), order.cause);

function planOnVerdict({ snapshot, now, policy }: ServiceView, verdict: BreakerVerdict, cause?: string): ServicePlan {
  const rest = planOnce(viewService(afterTrip(snapshot, verdict, now), now, policy));
  return {
    ...rest,
    deployments: [...verdict.decisions, ...rest.deployments],
    events: [...verdictEvents(snapshot, verdict, cause), ...rest.events],
  };
}
