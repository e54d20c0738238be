/** Starts tasks of one deployment: places and reserves them, and says what became of it. */
import { ApplicationFailure, workflowInfo } from '@temporalio/workflow';
import type { Tag } from '@aws-sdk/client-ecs';
import type { TaskLaunch } from '../../activities/host/types.ts';
import { parseArn, taskArn } from '../../model/arn.ts';
import { launchTypeOf } from '../../model/capacity-provider.ts';
import { hasEssentialHealthCheck } from '../../model/health-check.ts';
import type { Deployment, ServiceDefinition } from '../../model/service.ts';
import type { ServiceAction } from '../../model/service-action.ts';
import type { Task } from '../../model/task.ts';
import type { EpochMs } from '../../model/time.ts';
import {
  explainForEvent,
  placementFailureReason,
  PROVISIONING_LIMIT_EXCEEDED,
} from '../../scheduler/placement/explain.ts';
import { strategiesOrDefault } from '../../scheduler/placement/defaults.ts';
import type { Placed, PlacementRequest, Refusal } from '../../scheduler/placement/types.ts';
import { pinnedImages } from '../../scheduler/rollout/container-images.ts';
import { startedToRebalance } from '../../scheduler/rebalance/texts.ts';
import { eventBatches, providerIsEmpty, startedTasks } from '../../scheduler/service/event-text.ts';
import { noteOnce } from '../../scheduler/reconcile/notes.ts';
import { DEFAULT_POLICY } from '../../scheduler/service/policy.ts';
import type { ServicePlan, StartDecision } from '../../scheduler/service/types.ts';
import { placementRetryDelay } from '../../scheduler/throttle/throttle.ts';
import { buildTask } from '../owner/build-task.ts';
import type { Control } from '../owner/control.ts';
import { placeByProvider, type ProviderOutcome } from '../owner/place-by-provider.ts';
import { placementRequest } from '../owner/placement-request.ts';
import type { PlacementWait, ServiceOwnedTask, ServiceState } from '../state.ts';
import { daemonWait, placeOnEachAndReserve, type DaemonPlacement } from './place-daemon.ts';
import type { ServiceDecisions } from './service-decisions.ts';

/**
 * One round's tasks: as many as ECS allows a service. In one round, tasks for the same instance go in one launch; the
 * reservation is cut into parts of its own.
 */
const MAX_STARTS_A_ROUND = 5_000;

export interface StartOptions {
  readonly control: Control;
  readonly decisions: ServiceDecisions;
  readonly bounds: ServicePlan['bounds'];
  /** Its `placement` and `notedAt` are brought up to date. */
  readonly state: ServiceState;
  /** All that are not STOPPED. */
  readonly tasks: readonly ServiceOwnedTask[];
  readonly decision: StartDecision;
  readonly now: EpochMs;
}

export interface StartOutcome {
  readonly tasks: readonly ServiceOwnedTask[];
  /** Some found no place: `state.placement` says when to try again. */
  readonly refused: boolean;
  readonly events: readonly string[];
  readonly actions: readonly ServiceAction[];
}

export async function startTasks(options: StartOptions): Promise<StartOutcome> {
  const { control, state, tasks, decisions, bounds, decision, now } = options;
  const deployment = state.deployments.find((d) => d.deploymentId === decision.deploymentId);
  const taskDefinition = deployment && state.taskDefinitions[deployment.taskDefinitionArn];
  if (!deployment || !taskDefinition) throw ApplicationFailure.nonRetryable(`No deployment ${decision.deploymentId}.`);
  const { definition } = state;
  const { zone } = decision;
  const count = Math.min(decision.count, MAX_STARTS_A_ROUND);
  const asked = deploymentRequest(state, deployment.deploymentId, count);
  const request = zone === undefined ? asked : { ...asked, zone };
  const template = {
    clusterName: definition.clusterName,
    taskDefinition,
    ownerWorkflowId: workflowInfo().workflowId,
    serviceName: definition.serviceName,
    group: request.group,
    startedBy: deployment.deploymentId,
    launchType: request.launchType,
    overrides: {},
    ...(deployment.networkConfiguration ? { networkConfiguration: deployment.networkConfiguration } : {}),
    tags: taskTags(definition, state.taskDefinitionTags[deployment.taskDefinitionArn] ?? []),
    ...propagation(definition),
    enableExecuteCommand: definition.enableExecuteCommand,
    held: request.resources,
  };
  const { clusterName } = definition;
  const build = (placed: Placed | undefined, capacityProviderName?: string): Task =>
    buildTask(capacityProviderName === undefined ? template : { ...template, capacityProviderName }, placed, now);
  const instanceIds = decision.instanceIds?.slice(0, request.count);
  const decisionsFor = decisions.starting(decision, request, bounds);
  const outcome: DaemonPlacement & Partial<ProviderOutcome> = await (instanceIds
    ? placeOnEachAndReserve({ control, clusterName, request, buildTask: build, decisionsFor }, instanceIds)
    : placeByProvider({
        control,
        clusterName,
        request,
        strategy: deployment.capacityProviderStrategy,
        existing: countByProvider(tasks, decision),
        // A rebalancing goes by the instances that are there: it asks for no others.
        mayWait: zone === undefined,
        buildTask: build,
        decisionsFor,
      }));
  decisions.started(decision, outcome.tasks.length);
  const hasHealthCheck = hasEssentialHealthCheck(taskDefinition);
  const started = outcome.tasks.map((task, i) => ({
    taskId: task.taskId,
    deploymentId: deployment.deploymentId,
    containerInstanceId: task.containerInstanceId ?? '',
    ...(task.availabilityZone === undefined ? {} : { availabilityZone: task.availabilityZone }),
    ...(task.capacityProviderName === undefined ? {} : { capacityProviderName: task.capacityProviderName }),
    lastStatus: task.lastStatus,
    desiredStatus: task.desiredStatus,
    healthStatus: task.healthStatus,
    hasHealthCheck,
    createdAt: task.createdAt,
    ...replacedBy(decision, i),
    ...(task.gpuIds ? { gpuIds: task.gpuIds } : {}),
    version: task.version,
  }));
  const events = startEvents(definition, started, zone);
  const actions: ServiceAction[] = events.map((reason) => ({ eventName: 'TASKS_STARTED', reason }));
  if (zone !== undefined) {
    // A rebalancing that finds no place looks again by itself: no task is missing.
    state.movingIds = [...(state.movingIds ?? []), ...started.map(({ taskId }) => taskId)];
    return { tasks: started, refused: false, events, actions };
  }
  const { refusal, beyondQuota = 0 } = outcome;
  const refused = refusal !== undefined || beyondQuota > 0;
  const taken = started.map((task) => task.containerInstanceId);
  state.placement = instanceIds
    ? daemonWait(state.placement, { tried: instanceIds, taken, now })
    : placementWait(state.placement, refused, now);
  const why = beyondQuota > 0 ? PROVISIONING_LIMIT_EXCEEDED : refusal && explainForEvent(refusal);
  const told = why === undefined ? [] : tellOnce(state, `(service ${definition.serviceName}) ${why}`, now);
  events.push(...told);
  if (refusal && told.length > 0) actions.push(placementFailure(refusal));
  decisions.refused(decision, {
    request,
    started: started.length,
    ...(outcome.explanation ? { explanation: outcome.explanation } : {}),
    refusal,
    beyondQuota,
    until: state.placement.retryAt,
  });
  return { tasks: started, refused, events, actions };
}

/** What placement is asked for tasks of one deployment; `capacityProviderName` for those that took a provider already. */
export function deploymentRequest(
  state: ServiceState,
  deploymentId: string,
  count: number,
  capacityProviderName?: string,
): PlacementRequest {
  const { definition } = state;
  const deployment = state.deployments.find((d) => d.deploymentId === deploymentId);
  const taskDefinition = deployment && state.taskDefinitions[deployment.taskDefinitionArn];
  if (!deployment || !taskDefinition) throw ApplicationFailure.nonRetryable(`No deployment ${deploymentId}.`);
  return placementRequest({
    taskDefinition,
    overrides: {},
    count,
    group: `service:${definition.serviceName}`,
    launchType: launchTypeOf(deployment),
    ...(capacityProviderName === undefined ? {} : { capacityProviderName }),
    constraints: definition.placementConstraints,
    strategies: strategiesOrDefault('service', definition.placementStrategy),
  });
}

/**
 * Tasks of the decision's deployment by provider, without those that are to be replaced. A deployment is counted by itself:
 * once it has rolled out, the service is spread as its strategy says.
 */
function countByProvider(tasks: readonly ServiceOwnedTask[], decision: StartDecision): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { taskId, deploymentId, desiredStatus, capacityProviderName: name } of tasks) {
    if (deploymentId !== decision.deploymentId || desiredStatus === 'STOPPED' || name === undefined) continue;
    if (!decision.replaces.includes(taskId)) counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

const placementFailure = (refusal: Refusal): ServiceAction => ({
  eventName: 'SERVICE_TASK_PLACEMENT_FAILURE',
  reason: placementFailureReason(refusal),
  ...(refusal.nearestInstanceId === undefined ? {} : { containerInstanceIds: [refusal.nearestInstanceId] }),
});

function replacedBy(decision: StartDecision, index: number): { replaces?: string } {
  const replaces = decision.replaces[index];
  return replaces === undefined ? {} : { replaces };
}

function startEvents(definition: ServiceDefinition, tasks: readonly ServiceOwnedTask[], zone?: string): string[] {
  const { serviceName } = definition;
  const replaced = new Set(tasks.flatMap((task) => (task.replaces === undefined ? [] : [task.taskId])));
  return eventBatches(tasks.map((task) => task.taskId)).map((ids) =>
    zone === undefined
      ? startedTasks(serviceName, ids, ids.filter((id) => replaced.has(id)).length)
      : startedToRebalance(serviceName, zone, ids),
  );
}

/** No place: waits longer each time. */
function placementWait(wait: PlacementWait, refused: boolean, now: EpochMs): PlacementWait {
  if (!refused) return { refusals: 0 };
  const refusals = wait.refusals + 1;
  return { refusals, retryAt: now + placementRetryDelay(refusals) };
}

/** What the service says of tasks that go on waiting: that their capacity provider has no instance at all. */
export const waitEvents = (state: ServiceState, refusals: readonly Refusal[], now: EpochMs): string[] =>
  refusals.some(({ reason }) => reason === 'CAPACITY_PROVIDER' || reason === 'NO_INSTANCES')
    ? tellOnce(state, providerIsEmpty(state.definition.serviceName), now)
    : [];

/** The message as an event, unless it was written lately; its note is kept. */
export function tellOnce(state: ServiceState, message: string, now: EpochMs): string[] {
  const { due, notedAt } = noteOnce(state.notedAt, message, now, DEFAULT_POLICY.repeatEventAfterMs);
  state.notedAt = notedAt;
  return due ? [message] : [];
}

/** Tags of a new task: propagated ones, and ECS's own where the service asked for them. */
function taskTags(definition: ServiceDefinition, taskDefinitionTags: readonly Tag[]): Tag[] {
  const propagated =
    definition.propagateTags === 'SERVICE'
      ? definition.tags
      : definition.propagateTags === 'TASK_DEFINITION'
        ? taskDefinitionTags
        : [];
  if (!definition.enableECSManagedTags) return [...propagated];
  return [
    ...propagated,
    { key: 'aws:ecs:clusterName', value: definition.clusterName },
    { key: 'aws:ecs:serviceName', value: definition.serviceName },
  ];
}

/** TagResource changes rows only: the store has the tags of the moment. */
const propagation = ({ propagateTags }: ServiceDefinition): Pick<Task, 'propagateTags'> =>
  propagateTags === 'SERVICE' || propagateTags === 'TASK_DEFINITION' ? { propagateTags } : {};

/** What an agent needs to launch one task of the service. */
export function launchOf(state: ServiceState, task: ServiceOwnedTask): TaskLaunch {
  const deployment: Deployment | undefined = state.deployments.find((d) => d.deploymentId === task.deploymentId);
  const taskDefinitionArn = deployment?.taskDefinitionArn ?? '';
  const partition = parseArn(taskDefinitionArn);
  const { clusterName, serviceName } = state.definition;
  return {
    taskId: task.taskId,
    taskArn: partition ? taskArn(partition, clusterName, task.taskId) : task.taskId,
    taskDefinitionArn,
    group: `service:${serviceName}`,
    launchType: deployment ? launchTypeOf(deployment) : 'EC2',
    overrides: {},
    ...(deployment?.networkConfiguration ? { networkConfiguration: deployment.networkConfiguration } : {}),
    ...(deployment?.containerImages ? { images: pinnedImages(deployment.containerImages) } : {}),
    ...(task.gpuIds ? { gpuIds: task.gpuIds } : {}),
  };
}
