/** Starts tasks of one deployment: places and reserves them, and says what became of it. */
import { ApplicationFailure, workflowInfo } from '@temporalio/workflow';
import type { Tag } from '@aws-sdk/client-ecs';
import type { TaskLaunch } from '../../activities/host/types.ts';
import { parseArn, taskArn } from '../../model/arn.ts';
import { hasEssentialHealthCheck } from '../../model/health-check.ts';
import type { Deployment, ServiceDefinition } from '../../model/service.ts';
import type { EpochMs } from '../../model/time.ts';
import { explainForEvent } from '../../scheduler/placement/explain.ts';
import { strategiesOrDefault } from '../../scheduler/placement/defaults.ts';
import { eventBatches, startedTasks } from '../../scheduler/reconcile/event-text.ts';
import { noteOnce } from '../../scheduler/reconcile/notes.ts';
import { DEFAULT_POLICY } from '../../scheduler/reconcile/policy.ts';
import type { StartDecision } from '../../scheduler/reconcile/types.ts';
import { placementRetryDelay } from '../../scheduler/throttle/throttle.ts';
import { buildTask } from '../owner/build-task.ts';
import { placeAndReserve } from '../owner/place.ts';
import { placementRequest } from '../owner/placement-request.ts';
import type { ServiceOwnedTask, ServiceState } from '../state.ts';

/** One round's tasks: bounds each transaction and keeps the loop free for what happens meanwhile. */
const MAX_STARTS_A_ROUND = 200;

export interface StartOptions {
  /** Its `placement` and `notedAt` are brought up to date. */
  readonly state: ServiceState;
  readonly decision: StartDecision;
  readonly now: EpochMs;
}

export interface StartOutcome {
  readonly tasks: readonly ServiceOwnedTask[];
  /** Some found no place: `state.placement` says when to try again. */
  readonly refused: boolean;
  readonly events: readonly string[];
}

export async function startTasks({ state, decision, now }: StartOptions): Promise<StartOutcome> {
  const deployment = state.deployments.find((d) => d.deploymentId === decision.deploymentId);
  const taskDefinition = deployment && state.taskDefinitions[deployment.taskDefinitionArn];
  if (!deployment || !taskDefinition) throw ApplicationFailure.nonRetryable(`No deployment ${decision.deploymentId}.`);
  const { definition } = state;
  const request = placementRequest({
    taskDefinition,
    overrides: {},
    count: Math.min(decision.count, MAX_STARTS_A_ROUND),
    group: `service:${definition.serviceName}`,
    launchType: deployment.launchType ?? 'EC2',
    constraints: definition.placementConstraints,
    strategies: strategiesOrDefault('service', definition.placementStrategy),
  });
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
    enableExecuteCommand: definition.enableExecuteCommand,
    held: request.resources,
  };
  const outcome = await placeAndReserve({
    clusterName: definition.clusterName,
    request,
    buildTask: (placed) => buildTask(template, placed, now),
  });
  const hasHealthCheck = hasEssentialHealthCheck(taskDefinition);
  const tasks = outcome.tasks.map((task, i) => ({
    taskId: task.taskId,
    deploymentId: deployment.deploymentId,
    containerInstanceId: task.containerInstanceId ?? '',
    ...(task.availabilityZone === undefined ? {} : { availabilityZone: task.availabilityZone }),
    lastStatus: task.lastStatus,
    desiredStatus: task.desiredStatus,
    healthStatus: task.healthStatus,
    hasHealthCheck,
    createdAt: task.createdAt,
    ...replacedBy(decision, i),
    ...(task.gpuIds ? { gpuIds: task.gpuIds } : {}),
    version: task.version,
  }));
  const events = startEvents(definition, tasks);
  if (outcome.refusal) events.push(...noteRefusal(state, explainForEvent(outcome.refusal), now));
  else state.placement = { refusals: 0 };
  return { tasks, refused: outcome.refusal !== undefined, events };
}

function replacedBy(decision: StartDecision, index: number): { replaces?: string } {
  const replaces = decision.replaces[index];
  return replaces === undefined ? {} : { replaces };
}

function startEvents(definition: ServiceDefinition, tasks: readonly ServiceOwnedTask[]): string[] {
  const replaced = new Set(tasks.flatMap((task) => (task.replaces === undefined ? [] : [task.taskId])));
  return eventBatches(tasks.map((task) => task.taskId)).map((ids) =>
    startedTasks(definition.serviceName, ids, ids.filter((id) => replaced.has(id)).length),
  );
}

/** No place: waits longer each time, and tells why unless it did lately. */
function noteRefusal(state: ServiceState, text: string, now: EpochMs): string[] {
  const refusals = state.placement.refusals + 1;
  state.placement = { refusals, retryAt: now + placementRetryDelay(refusals) };
  const message = `(service ${state.definition.serviceName}) ${text}`;
  return tellOnce(state, message, now);
}

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
    launchType: deployment?.launchType ?? 'EC2',
    overrides: {},
    ...(deployment?.networkConfiguration ? { networkConfiguration: deployment.networkConfiguration } : {}),
    ...(task.gpuIds ? { gpuIds: task.gpuIds } : {}),
  };
}
