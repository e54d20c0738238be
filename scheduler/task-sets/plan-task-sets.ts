/**
 * The plan of a service of task sets: the usual planner keeps each set at its share of the desired count, as if it were a
 * service of its own; then the plans are merged. Pure.
 */
import type { Deployment, ServiceDefinition } from '../../model/service.ts';
import type { ServiceAction } from '../../model/service-action.ts';
import { computedDesiredCount, type TaskSetPart } from '../../model/task-set.ts';
import type { EpochMs } from '../../model/time.ts';
import { steadyState, taskSetSteady, unableToStart } from '../service/event-text.ts';
import { planService } from '../reconcile/plan-service.ts';
import { DEFAULT_POLICY, type SchedulerPolicy } from '../service/policy.ts';
import type { DeploymentDecision, ServicePlan, ServiceSnapshot, StopDecision } from '../service/types.ts';

interface TaskSet {
  readonly deployment: Deployment;
  readonly part: TaskSetPart;
}

/** The snapshot for a set's plan, without the other sets and the service's own bounds. */
function snapshotOf(snapshot: ServiceSnapshot, { deployment, part }: TaskSet): ServiceSnapshot {
  const { deploymentCircuitBreaker: _breaker, deploymentController: _controller, ...rest } = snapshot.definition;
  const definition: ServiceDefinition = {
    ...rest,
    // Events of a task set name the set with the service.
    serviceName: eventName(snapshot.definition, deployment),
    desiredCount: computedDesiredCount(snapshot.definition.desiredCount, part),
  };
  const { steadySince: _since, ...kept } = snapshot;
  return {
    ...kept,
    definition,
    status: part.draining === true ? 'DRAINING' : snapshot.status,
    deployments: [{ ...deployment, status: 'PRIMARY' }],
    tasks: snapshot.tasks.filter(({ deploymentId }) => deploymentId === deployment.deploymentId),
    ...(part.stabilityStatus === 'STEADY_STATE' ? { steadySince: snapshot.steadySince ?? part.stabilityStatusAt } : {}),
  };
}

const eventName = ({ serviceName }: ServiceDefinition, { deploymentId }: Deployment): string =>
  `${serviceName}, taskSet ${deploymentId}`;

/** The decision on the set itself: gone, stable, or no longer stable. */
function decisionsOf({ deployment, part }: TaskSet, plan: ServicePlan): readonly DeploymentDecision[] {
  const { deploymentId } = deployment;
  if (part.draining === true && plan.becomesInactive) return [{ kind: 'remove', deploymentId }];
  const status = plan.steadySince === undefined ? 'STABILIZING' : 'STEADY_STATE';
  return status === part.stabilityStatus ? [] : [{ kind: 'stability', deploymentId, status }];
}

const becomesSteady = ({ part }: TaskSet, plan: ServicePlan): boolean =>
  plan.steadySince !== undefined && part.stabilityStatus !== 'STEADY_STATE';

/** The set's events; becoming stable has its own text. */
function eventsOf(snapshot: ServiceSnapshot, set: TaskSet, plan: ServicePlan): readonly string[] {
  const name = eventName(snapshot.definition, set.deployment);
  const becameSteady = becomesSteady(set, plan);
  return plan.events.flatMap((message) =>
    message === steadyState(name) ? (becameSteady ? [taskSetSteady(name)] : []) : [message],
  );
}

const actionsOf = (set: TaskSet, plan: ServicePlan): readonly ServiceAction[] => [
  ...plan.actions.filter(({ eventName: name }) => name !== 'SERVICE_STEADY_STATE'),
  ...(becomesSteady(set, plan) ? [{ eventName: 'TASKSET_STEADY_STATE' } as const] : []),
];

/** When the service's steady event was last written, after this plan: the service is steady while every set is. */
function steadySince(
  snapshot: ServiceSnapshot,
  plans: readonly ServicePlan[],
  { now, policy }: { readonly now: EpochMs; readonly policy: SchedulerPolicy },
): EpochMs | undefined {
  if (plans.length === 0 || plans.some((plan) => plan.steadySince === undefined)) return undefined;
  const since = snapshot.steadySince;
  return since === undefined || now - since >= policy.steadyEventEveryMs ? now : since;
}

/** Notes of the set's plan, and the service's own while launches are throttled. */
function notesOf(snapshot: ServiceSnapshot, plans: readonly ServicePlan[]): Readonly<Record<string, EpochMs>> {
  const throttled = unableToStart(snapshot.definition.serviceName);
  const since = snapshot.throttle.consecutiveStartFailures > 0 ? snapshot.notedAt[throttled] : undefined;
  const notes = plans.map((plan) => Object.entries(plan.notedAt)).flat();
  return { ...Object.fromEntries(notes), ...(since === undefined ? {} : { [throttled]: since }) };
}

/** A deleted set stops its tasks as a deleted service does; the record distinguishes the two. */
const stopsOf = ({ status }: ServiceSnapshot, { part }: TaskSet, { stop }: ServicePlan): readonly StopDecision[] =>
  part.draining === true && status === 'ACTIVE'
    ? stop.map((each) => (each.because === 'deletion' ? { ...each, because: 'taskSetDeletion' } : each))
    : stop;

const earliest = (times: readonly (EpochMs | undefined)[]): EpochMs | undefined => {
  const known = times.filter((time) => time !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
};

/** The sets' desired counts and bounds, summed. */
const sumOfBounds = (plans: readonly ServicePlan[]): ServicePlan['bounds'] => ({
  desired: plans.reduce((sum, { bounds }) => sum + bounds.desired, 0),
  lower: plans.reduce((sum, { bounds }) => sum + bounds.lower, 0),
  upper: plans.reduce((sum, { bounds }) => sum + bounds.upper, 0),
});

/** What to do now for a service with an EXTERNAL deployment controller: like planService, for all its task sets. */
export function planTaskSets(
  snapshot: ServiceSnapshot,
  now: EpochMs,
  policy: SchedulerPolicy = DEFAULT_POLICY,
): ServicePlan {
  const sets = snapshot.deployments.flatMap((deployment): readonly TaskSet[] =>
    deployment.taskSet === undefined ? [] : [{ deployment, part: deployment.taskSet }],
  );
  const planned = sets.map((set) => ({ set, plan: planService(snapshotOf(snapshot, set), now, policy) }));
  const plans = planned.map(({ plan }) => plan);
  const since = steadySince(snapshot, plans, { now, policy });
  const wakeAt = earliest(plans.map((plan) => plan.wakeAt));
  const waits = planned.map(({ set, plan }) => `${set.deployment.deploymentId}: ${plan.waitingFor}`);
  const saysSteady = since !== undefined && since !== snapshot.steadySince;
  return {
    start: plans.flatMap((plan) => plan.start),
    stop: planned.flatMap(({ set, plan }) => stopsOf(snapshot, set, plan)),
    deployments: planned.flatMap(({ set, plan }) => decisionsOf(set, plan)),
    events: [
      ...planned.flatMap(({ set, plan }) => eventsOf(snapshot, set, plan)),
      ...(saysSteady ? [steadyState(snapshot.definition.serviceName)] : []),
    ],
    actions: [
      ...planned.flatMap(({ set, plan }) => actionsOf(set, plan)),
      ...(saysSteady ? [{ eventName: 'SERVICE_STEADY_STATE' } as const] : []),
    ],
    ...(since === undefined ? {} : { steadySince: since }),
    notedAt: notesOf(snapshot, plans),
    becomesInactive: snapshot.status === 'DRAINING' && snapshot.tasks.length === 0,
    ...(wakeAt === undefined ? {} : { wakeAt }),
    waits: plans.flatMap((plan) => plan.waits),
    bounds: sumOfBounds(plans),
    waitingFor: waits.length === 0 ? 'a task set' : waits.join('; '),
  };
}
