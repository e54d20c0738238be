/** Placement of one RunTask or StartTask call. */
import { ApplicationFailure } from '@temporalio/workflow';
import type { RunTaskRequestRecord } from '../../activities/control/types.ts';
import { containerInstanceArn, parseArn } from '../../model/arn.ts';
import type { Failure } from '../../model/errors.ts';
import { heldResources } from '../../model/task-requirements.ts';
import type { Task } from '../../model/task.ts';
import { strategiesOrDefault } from '../../scheduler/placement/defaults.ts';
import { failureOf, NO_INSTANCES_MESSAGE } from '../../scheduler/placement/explain.ts';
import { placeOnInstances } from '../../scheduler/placement/place-on-instances.ts';
import type { PlacementRequest, Refusal } from '../../scheduler/placement/types.ts';
import type { RunTaskCommand, RunTaskOutcome } from '../messages.ts';
import { buildTask, type TaskTemplate } from '../owner/build-task.ts';
import { callControl } from '../owner/control.ts';
import type { OwnedTask } from '../owner/owned-tasks.ts';
import { placementRequest } from '../owner/placement-request.ts';
import { placeAndReserve, reserve, snapshotRequest } from '../owner/place.ts';

interface RunTaskPlacement {
  readonly tasks: readonly OwnedTask[];
  readonly failures: readonly Failure[];
  /** The answer is in the store already, under the call's clientToken. */
  readonly requestKept: boolean;
}

const requestOf = (command: RunTaskCommand): PlacementRequest =>
  placementRequest({
    ...command,
    constraints: command.placementConstraints,
    strategies: strategiesOrDefault('RunTask', command.placementStrategy),
  });

function templateOf(command: RunTaskCommand, ownerWorkflowId: string): TaskTemplate {
  return {
    clusterName: command.clusterName,
    taskDefinition: command.taskDefinition,
    ownerWorkflowId,
    group: command.group,
    ...(command.startedBy === undefined ? {} : { startedBy: command.startedBy }),
    launchType: command.launchType,
    overrides: command.overrides,
    ...(command.networkConfiguration ? { networkConfiguration: command.networkConfiguration } : {}),
    tags: command.tags,
    enableExecuteCommand: command.enableExecuteCommand,
    held: heldResources(command.taskDefinition, command.overrides),
  };
}

const ownedTask = (task: Task): OwnedTask => ({
  taskId: task.taskId,
  containerInstanceId: task.containerInstanceId ?? '',
  createdAt: task.createdAt,
  lastStatus: task.lastStatus,
  desiredStatus: task.desiredStatus,
  healthStatus: task.healthStatus,
  version: task.version,
  ...(task.gpuIds ? { gpuIds: task.gpuIds } : {}),
});

/** Places, reserves and explains. Throws InvalidParameterException when the cluster has no instance. */
export async function placeRunTask(command: RunTaskCommand, ownerWorkflowId: string): Promise<RunTaskPlacement> {
  return command.kind === 'StartTask' ? startTask(command, ownerWorkflowId) : runTask(command, ownerWorkflowId);
}

async function runTask(command: RunTaskCommand, ownerWorkflowId: string): Promise<RunTaskPlacement> {
  const template = templateOf(command, ownerWorkflowId);
  const { tasks, refusal, totalInstances, requestKept } = await placeAndReserve({
    clusterName: command.clusterName,
    request: requestOf(command),
    buildTask: (placed) => buildTask(template, placed, Date.now()),
    requestFor: (taskIds, refused) =>
      requestRecord(command, { taskIds, failures: failuresOf(command, taskIds.length, refused) }),
  });
  // For FARGATE the instances are nobody's business: a lack of them is a lack of capacity.
  if (totalInstances === 0 && command.launchType !== 'FARGATE') {
    throw ApplicationFailure.nonRetryable(NO_INSTANCES_MESSAGE, 'InvalidParameterException');
  }
  return { tasks: tasks.map(ownedTask), failures: failuresOf(command, tasks.length, refusal), requestKept };
}

/** One failure for each task that found no place. */
function failuresOf(command: RunTaskCommand, placed: number, refusal: Refusal | undefined): Failure[] {
  if (!refusal) return [];
  const failure = failureOf(refusal, arnOf(command, refusal.nearestInstanceId));
  return Array.from({ length: command.count - placed }, () => failure);
}

async function startTask(command: RunTaskCommand, ownerWorkflowId: string): Promise<RunTaskPlacement> {
  const request = { ...requestOf(command), constraints: [], strategies: [] };
  const instanceIds = command.containerInstanceIds ?? [];
  const snapshot = await callControl((activities) =>
    activities.snapshotCapacity({ ...snapshotRequest(command.clusterName, request), instanceIds }),
  );
  const template = templateOf(command, ownerWorkflowId);
  const answers = placeOnInstances(request, snapshot, instanceIds);
  const wanted = answers.flatMap((a) => (a.kind === 'placed' ? [buildTask(template, a.placed, Date.now())] : []));
  const { tasks, refused } = await reserve(command.clusterName, wanted);
  const failures = [
    ...answers.flatMap((a) => (a.kind === 'placed' ? [] : [withArn(command, a.containerInstanceId, a.failure)])),
    ...refused.map((r) => withArn(command, r.containerInstanceId, { reason: r.reason })),
  ];
  return { tasks: tasks.map(ownedTask), failures, requestKept: false };
}

function withArn(command: RunTaskCommand, instanceId: string, failure: Failure): Failure {
  const arn = arnOf(command, instanceId);
  return { ...failure, ...(arn === undefined ? {} : { arn }) };
}

function arnOf(command: RunTaskCommand, instanceId: string | undefined): string | undefined {
  const partition = parseArn(command.taskDefinition.taskDefinitionArn);
  if (!partition || instanceId === undefined) return undefined;
  return containerInstanceArn(partition, command.clusterName, instanceId);
}

/** The answer as it is kept for the clientToken; undefined when the call has none. */
function requestRecord(command: RunTaskCommand, outcome: RunTaskOutcome): RunTaskRequestRecord | undefined {
  const { clientToken, clusterName, digest } = command;
  return clientToken === undefined
    ? undefined
    : { clusterName, clientToken, digest, createdAt: Date.now(), ...outcome };
}

/** Keeps the answer for the clientToken, so that a retry finds it after the workflow has ended too. */
export async function keepRequest(command: RunTaskCommand, outcome: RunTaskOutcome): Promise<void> {
  const runTaskRequest = requestRecord(command, outcome);
  if (!runTaskRequest) return;
  await callControl((activities) =>
    activities.reserveTasks({ clusterName: command.clusterName, tasks: [], runTaskRequest }),
  );
}
