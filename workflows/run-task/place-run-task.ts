/** Placement of one RunTask or StartTask call. */
import { ApplicationFailure } from '@temporalio/workflow';
import type { RunTaskRequestRecord } from '../../model/reservation.ts';
import { containerInstanceArn, parseArn } from '../../model/arn.ts';
import { toColumns } from '../../model/columns.ts';
import { MAX_PROVISIONING_TASKS } from '../../model/capacity-provider.ts';
import type { Decision } from '../../model/decision.ts';
import type { Failure } from '../../model/errors.ts';
import type { HeldResources, Task } from '../../model/task.ts';
import { strategiesOrDefault } from '../../scheduler/placement/defaults.ts';
import { ownedTask, type OwnedTask } from '../../scheduler/owner/owned-task.ts';
import { principalMember, type TaskTemplate } from '../../scheduler/owner/task-template.ts';
import { failureOf, NO_INSTANCES_MESSAGE } from '../../scheduler/placement/explain.ts';
import { placeOnInstances } from '../../scheduler/placement/place-on-instances.ts';
import { placementRequest } from '../../scheduler/placement/request.ts';
import type { Placed, PlacementRequest, Refusal } from '../../scheduler/placement/types.ts';
import type { RunTaskCommand, RunTaskOutcome } from '../messages.ts';
import { buildTask } from '../owner/build-task.ts';
import type { Control } from '../owner/control.ts';
import { placeByProvider } from '../owner/place-by-provider.ts';
import { reserve, snapshotRequest } from '../owner/place.ts';
import {
  beyondQuotaDecision,
  placedNowhere,
  placementDecisions,
  refusedWhereNamed,
  startedWhereNamed,
} from './run-task-decisions.ts';

/** ECS's own words for it are not published. */
const TOO_MANY_PROVISIONING = `The cluster has ${MAX_PROVISIONING_TASKS} tasks in the PROVISIONING state, which is the limit. Wait until some of them have started, or add container instances to their capacity provider.`;

/** Nothing is kept of a call that is answered so: under its clientToken it can be made again. */
const AGENTS_NOT_HEARD =
  'Longshore has come back a moment ago and has not heard from all container instances yet. Nothing was started; repeat the call.';

const lacksAgent = ({ counts }: Refusal): boolean => counts.some(({ reason }) => reason === 'AGENT');

export interface RunTaskPlacement {
  readonly tasks: readonly OwnedTask[];
  readonly failures: readonly Failure[];
  /** Decisions that did not go into the store with a reservation. */
  readonly decisions: readonly Decision[];
  /** The answer is in the store already, under the call's clientToken. */
  readonly requestKept: boolean;
}

/** `capacityProviderName` for tasks that took a provider already. */
export const requestOf = (
  command: RunTaskCommand,
  {
    count = command.count,
    capacityProviderName,
  }: { readonly count?: number; readonly capacityProviderName?: string } = {},
): PlacementRequest =>
  placementRequest({
    ...command,
    count,
    ...(capacityProviderName === undefined ? {} : { capacityProviderName }),
    constraints: command.placementConstraints,
    strategies: strategiesOrDefault('RunTask', command.placementStrategy),
  });

function templateOf(command: RunTaskCommand, held: HeldResources, ownerWorkflowId: string): TaskTemplate {
  return {
    clusterName: command.clusterName,
    taskDefinition: command.taskDefinition,
    ownerWorkflowId,
    group: command.group,
    ...(command.startedBy === undefined ? {} : { startedBy: command.startedBy }),
    launchType: command.launchType,
    overrides: command.overrides,
    ...(command.networkConfiguration ? { networkConfiguration: command.networkConfiguration } : {}),
    ...principalMember(command.cause?.principalArn),
    tags: command.tags,
    enableExecuteCommand: command.enableExecuteCommand,
    held,
  };
}

/** Places, reserves and explains. Throws InvalidParameterException when the cluster has no instance. */
export async function placeRunTask(
  control: Control,
  command: RunTaskCommand,
  ownerWorkflowId: string,
): Promise<RunTaskPlacement> {
  const place = command.kind === 'StartTask' ? startTask : runTask;
  return place(control, command, ownerWorkflowId);
}

async function runTask(control: Control, command: RunTaskCommand, ownerWorkflowId: string): Promise<RunTaskPlacement> {
  const request = requestOf(command);
  const template = templateOf(command, request.resources, ownerWorkflowId);
  const { tasks, refusal, explanation, totalInstances, requestKept, ...placement } = await placeByProvider({
    control,
    clusterName: command.clusterName,
    request,
    decisionsFor: placementDecisions(command, request),
    strategy: command.capacityProviderStrategy,
    existing: {},
    buildTask: (placed, provider) => buildProviderTask(command, { template, placed, provider }),
    requestFor: (taskIds, refused) =>
      requestRecord(command, { taskIds, failures: failuresOf(command, taskIds.length, refused) }),
  });
  const { beyondQuota } = placement;
  if (tasks.length === 0 && placement.expectsAgents && refusal && lacksAgent(refusal)) {
    throw ApplicationFailure.nonRetryable(AGENTS_NOT_HEARD, 'ServiceUnavailable');
  }
  // For FARGATE the instances are nobody's business: a lack of them is a lack of capacity.
  if (totalInstances === 0 && command.launchType !== 'FARGATE' && command.capacityProviderStrategy === undefined) {
    throw ApplicationFailure.nonRetryable(NO_INSTANCES_MESSAGE, 'InvalidParameterException');
  }
  if (tasks.length === 0 && refusal?.reason === 'UNPLACEABLE') {
    throw ApplicationFailure.nonRetryable(failureOf(refusal).reason, 'ClientException');
  }
  if (tasks.length === 0 && beyondQuota > 0) {
    throw ApplicationFailure.nonRetryable(TOO_MANY_PROVISIONING, 'ClientException');
  }
  const failures = [
    ...failuresOf(command, tasks.length + beyondQuota, refusal),
    ...Array.from({ length: beyondQuota }, () => ({ reason: TOO_MANY_PROVISIONING })),
  ];
  const decisions = [
    ...(tasks.length === 0 ? [placedNowhere(command, request, explanation)] : []),
    ...(beyondQuota > 0 ? [beyondQuotaDecision(command, request, beyondQuota)] : []),
  ];
  return { tasks: tasks.map(ownedTask), failures, decisions, requestKept };
}

/** A row that waits keeps what its placement goes by: nothing else in the store does. */
function buildProviderTask(
  command: RunTaskCommand,
  target: {
    readonly template: TaskTemplate;
    readonly placed: Placed | undefined;
    readonly provider: string | undefined;
  },
): Task {
  const { placed, provider } = target;
  const template = provider === undefined ? target.template : { ...target.template, capacityProviderName: provider };
  const task = buildTask(template, placed, Date.now());
  const { placementConstraints, placementStrategy } = command;
  return placed === undefined ? { ...task, placement: { placementConstraints, placementStrategy } } : task;
}

/** One failure for each task that found no place. */
function failuresOf(command: RunTaskCommand, placed: number, refusal: Refusal | undefined): Failure[] {
  if (!refusal) return [];
  const failure = failureOf(refusal, arnOf(command, refusal.nearestInstanceId));
  return Array.from({ length: command.count - placed }, () => failure);
}

async function startTask(
  control: Control,
  command: RunTaskCommand,
  ownerWorkflowId: string,
): Promise<RunTaskPlacement> {
  const request = { ...requestOf(command), constraints: [], strategies: [] };
  const instanceIds = command.containerInstanceIds ?? [];
  const snapshot = await control.read((activities) =>
    activities.snapshotCapacity({ ...snapshotRequest(command.clusterName, request), instanceIds }),
  );
  const template = templateOf(command, request.resources, ownerWorkflowId);
  const answers = placeOnInstances(request, snapshot, instanceIds);
  if (snapshot.expectsAgents && answers.every((a) => a.kind === 'refused' && a.failure.reason === 'AGENT')) {
    throw ApplicationFailure.nonRetryable(AGENTS_NOT_HEARD, 'ServiceUnavailable');
  }
  const wanted = answers.flatMap((a) => (a.kind === 'placed' ? [buildTask(template, a.placed, Date.now())] : []));
  const decisions = startedWhereNamed(command, wanted);
  const { tasks, refused } = await reserve(control, { clusterName: command.clusterName, tasks: wanted, decisions });
  const unable = [
    ...answers.flatMap((a) => (a.kind === 'placed' ? [] : [a])),
    ...refused.map(({ containerInstanceId, reason }) => ({ containerInstanceId, failure: { reason } })),
  ];
  const failures = unable.map(({ containerInstanceId, failure }) => withArn(command, containerInstanceId, failure));
  const reasons = unable.map(({ containerInstanceId, failure: { reason } }) => ({ containerInstanceId, reason }));
  const notPlaced = refusedWhereNamed(command, request, reasons);
  return { tasks: tasks.map(ownedTask), failures, decisions: notPlaced, requestKept: false };
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
export async function keepRequest(control: Control, command: RunTaskCommand, outcome: RunTaskOutcome): Promise<void> {
  const runTaskRequest = requestRecord(command, outcome);
  if (!runTaskRequest) return;
  const { clusterName } = command;
  await control.write((activities) => activities.reserveTasks({ clusterName, tasks: toColumns([]), runTaskRequest }));
}
