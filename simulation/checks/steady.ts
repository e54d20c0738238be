/**
 * Whether a service has reached the state that it should have, or cannot reach it because of what the user asked or for
 * lack of room.
 */
import type { CountedInstance } from '../../model/container-instance.ts';
import type { ServiceRecord } from '../../model/service.ts';
import { computedDesiredCount, isExternal } from '../../model/task-set.ts';
import type { Task } from '../../model/task.ts';
import { serviceBounds } from '../../scheduler/service/bounds.ts';
import type { ExpectedService } from '../run/expectations.ts';
import type { Observation } from './observation.ts';
import { familyOf, isOffering, roomFor, takingWork } from './room.ts';
import type { SettledInput } from './settled.ts';

type Deployment = ServiceRecord['deployments'][number];

/** The kinds of every revision that may have tasks. */
export const kindsOf = (service: ServiceRecord, expected: ExpectedService): readonly string[] => [
  ...expected.tasks.values,
  ...service.deployments.map((deployment) => familyOf(deployment.taskDefinitionArn)),
];

export function unsteady(input: SettledInput, service: ServiceRecord): readonly string[] {
  if (isExternal(service.definition)) return taskSetsUnsteady(input, service);
  if (isStoppedShort(service) || isHeldFor(service, input.limit)) return [];
  const { serviceName, schedulingStrategy } = service.definition;
  const live = [...input.now.tasks.values()].filter((task) => task.lastStatus !== 'STOPPED');
  const daemon = schedulingStrategy === 'DAEMON';
  const tasks = live.filter((task) => task.serviceName === serviceName && !(daemon && staysToTheLast(input, task)));
  const desired = daemon ? takingWork(input.now).length : service.definition.desiredCount;
  const running = tasks.filter((task) => task.lastStatus === 'RUNNING' && task.desiredStatus === 'RUNNING');
  const isDone = service.deployments.length === 1 && running.length === desired && tasks.length === desired;
  if (isDone || blocksItself(service)) return [];
  const [primary] = service.deployments;
  const room = primary === undefined ? [] : roomOf(input, primary);
  if (room.length === 0) return [];
  const rollouts = service.deployments.map((d) => `${d.status} ${d.rolloutState} ${familyOf(d.taskDefinitionArn)}`);
  return [
    `service ${serviceName} wants ${desired} tasks, ${running.length} of its ${tasks.length} run, and ${room.length} instances have room (${rollouts.join(', ')})`,
  ];
}

/** Each task set has its share of tasks, and deleted ones are gone. */
function taskSetsUnsteady(input: SettledInput, { definition, deployments }: ServiceRecord): readonly string[] {
  return deployments.flatMap((deployment) => {
    const { deploymentId, taskSet, runningCount, pendingCount } = deployment;
    if (!taskSet) return [];
    const desired = computedDesiredCount(definition.desiredCount, taskSet);
    const what = `task set ${taskSet.externalId ?? deploymentId} of service ${definition.serviceName}`;
    if (taskSet.draining === true) return [`${what} is still being deleted`];
    if (runningCount === desired && pendingCount === 0) return [];
    if (runningCount < desired && roomOf(input, deployment).length === 0) return [];
    return [`${what} wants ${desired} tasks, ${runningCount} run, ${pendingCount} are pending`];
  });
}

/**
 * Instances with room for one more task, whichever of the strategy's providers comes next. Empty unless each provider
 * has some.
 */
function roomOf({ now, scenario }: SettledInput, deployment: Deployment): readonly CountedInstance[] {
  const { taskDefinitionArn, capacityProviderStrategy = [] } = deployment;
  const room = roomFor(scenario.tasks[familyOf(taskDefinitionArn)], now);
  const offers = capacityProviderStrategy.map(({ capacityProvider }) =>
    room.filter((instance) => isOffering(instance, capacityProvider)),
  );
  return offers.some((offer) => offer.length === 0) ? [] : (offers[0] ?? room);
}

/** The user or the circuit breaker ended the rollout early: it launches nothing more, and old tasks stay. */
export const isStoppedShort = ({ serviceDeployments }: ServiceRecord): boolean =>
  ['STOPPED', 'ROLLBACK_FAILED'].includes(serviceDeployments?.[0]?.status ?? '');

/** A hook holds the rollout, and it does not time out before the limit. */
function isHeldFor({ serviceDeployments }: ServiceRecord, limit: number): boolean {
  const hooks = serviceDeployments?.[0]?.hooks ?? [];
  return hooks.some(({ status, expiresAt }) => status === 'AWAITING_ACTION' && expiresAt > limit);
}

/**
 * A daemon's task leaves a DRAINING instance last, so if the instance has tasks of a service that blocks itself, it may
 * stay for good.
 */
function staysToTheLast({ now }: { readonly now: Observation }, { containerInstanceId, serviceName }: Task): boolean {
  if (now.instances.get(containerInstanceId ?? '')?.status !== 'DRAINING') return false;
  return [...now.tasks.values()].some(
    (other) =>
      other.containerInstanceId === containerInstanceId &&
      other.lastStatus !== 'STOPPED' &&
      other.serviceName !== undefined &&
      other.serviceName !== serviceName,
  );
}

/** No task may stop before another has started, and no task may start before another has stopped. */
function blocksItself({ definition }: ServiceRecord): boolean {
  const { lower, upper } = serviceBounds(definition.desiredCount, definition);
  return upper <= lower;
}
