/** The list of a service's deployments: how it begins, how plans change it, and what DescribeServices counts in it. */
import type { Deployment, DeploymentCounts, ServiceDefinition } from '../../model/service.ts';
import { isBeforeRunning } from '../../model/status.ts';
import type { DesiredStatus, StopCode, TaskStatus } from '../../model/status.ts';
import { computedDesiredCount, type StabilityStatus } from '../../model/task-set.ts';
import type { EpochMs } from '../../model/time.ts';
import type { DeploymentDecision } from '../service/types.ts';
import { failedToStart } from '../tasks/failed-to-start.ts';

/** The given members of a new deployment; the rest follow from these. */
export type DeploymentSpec = Pick<
  Deployment,
  | 'deploymentId'
  | 'taskDefinitionArn'
  | 'serviceRevisionId'
  | 'launchType'
  | 'capacityProviderStrategy'
  | 'platformVersion'
  | 'networkConfiguration'
>;

interface CountedTask {
  readonly deploymentId: string;
  readonly lastStatus: TaskStatus;
  readonly desiredStatus: DesiredStatus;
}

/** The texts of `rolloutStateReason`. */
export const inProgressReason = (deploymentId: string): string => `ECS deployment ${deploymentId} in progress.`;
export const completedReason = (deploymentId: string): string => `ECS deployment ${deploymentId} completed.`;

/** The list with a new PRIMARY in front; the previous one becomes ACTIVE and keeps its rollout state. */
export function startDeployment(
  deployments: readonly Deployment[],
  spec: DeploymentSpec,
  now: EpochMs,
): readonly Deployment[] {
  const primary: Deployment = {
    ...spec,
    status: 'PRIMARY',
    rolloutState: 'IN_PROGRESS',
    rolloutStateReason: inProgressReason(spec.deploymentId),
    failedTasks: 0,
    createdAt: now,
    updatedAt: now,
  };
  const older = deployments.map((deployment): Deployment =>
    deployment.status === 'ACTIVE' ? deployment : { ...deployment, status: 'ACTIVE', updatedAt: now },
  );
  return [primary, ...older];
}

/** PRIMARY starts its next tasks by the definition's new strategy: a new strategy alone starts no deployment. */
export function withCompute(deployments: readonly Deployment[], definition: ServiceDefinition): readonly Deployment[] {
  const { launchType, capacityProviderStrategy } = definition;
  return deployments.map((deployment): Deployment => {
    if (deployment.status !== 'PRIMARY' || deployment.taskSet !== undefined) return deployment;
    const { launchType: _launchType, capacityProviderStrategy: _strategy, ...rest } = deployment;
    return {
      ...rest,
      ...(launchType === undefined ? {} : { launchType }),
      ...(capacityProviderStrategy === undefined ? {} : { capacityProviderStrategy }),
    };
  });
}

/** The list with one of them PRIMARY again, in front; its count of failures starts at 0. */
function rollBack(
  deployments: readonly Deployment[],
  { deploymentId, rolloutStateReason }: Extract<DeploymentDecision, { kind: 'rollBack' }>,
  now: EpochMs,
): readonly Deployment[] {
  const target = deployments.filter((deployment) => deployment.deploymentId === deploymentId);
  const others = deployments.filter((deployment) => deployment.deploymentId !== deploymentId);
  return [
    ...target.map((deployment): Deployment => ({
      ...deployment,
      status: 'PRIMARY',
      rolloutState: 'IN_PROGRESS',
      rolloutStateReason,
      failedTasks: 0,
      rolledBackAt: now,
      updatedAt: now,
    })),
    ...others.map((deployment): Deployment => ({ ...deployment, status: 'ACTIVE' })),
  ];
}

const withStability = (deployment: Deployment, stabilityStatus: StabilityStatus, now: EpochMs): Deployment =>
  deployment.taskSet === undefined
    ? deployment
    : { ...deployment, taskSet: { ...deployment.taskSet, stabilityStatus, stabilityStatusAt: now }, updatedAt: now };

function settle(
  deployment: Deployment,
  decision: Exclude<DeploymentDecision, { kind: 'rollBack' }>,
  now: EpochMs,
): readonly Deployment[] {
  switch (decision.kind) {
    case 'remove':
      return [];
    case 'stability':
      return [withStability(deployment, decision.status, now)];
    case 'count':
      return [{ ...deployment, failedTasks: deployment.failedTasks + decision.failures, updatedAt: now }];
    case 'complete':
    case 'fail': {
      const rolloutState = decision.kind === 'complete' ? 'COMPLETED' : 'FAILED';
      return [{ ...deployment, rolloutState, rolloutStateReason: decision.rolloutStateReason, updatedAt: now }];
    }
  }
}

/** The list after a plan's deployment decisions, applied in their order. */
export function applyDeploymentDecisions(
  deployments: readonly Deployment[],
  decisions: readonly DeploymentDecision[],
  now: EpochMs,
): readonly Deployment[] {
  return decisions.reduce((list, decision) => {
    if (decision.kind === 'rollBack') return rollBack(list, decision, now);
    return list.flatMap((deployment) =>
      deployment.deploymentId === decision.deploymentId ? settle(deployment, decision, now) : [deployment],
    );
  }, deployments);
}

/** Adds the given tasks that stopped without ever running to `failedTasks`. Pass each stopped task once. */
export function withFailedTasks(
  deployments: readonly Deployment[],
  tasks: readonly (CountedTask & { readonly startedAt?: EpochMs; readonly stopCode?: StopCode })[],
  now: EpochMs,
): readonly Deployment[] {
  const failed = new Map<string, number>();
  for (const task of tasks) {
    if (failedToStart(task)) failed.set(task.deploymentId, (failed.get(task.deploymentId) ?? 0) + 1);
  }
  return deployments.map((deployment) => {
    const count = failed.get(deployment.deploymentId);
    return count === undefined
      ? deployment
      : { ...deployment, failedTasks: deployment.failedTasks + count, updatedAt: now };
  });
}

/** Tasks by lastStatus, as DescribeServices counts them: a task that is being stopped counts until it leaves RUNNING. */
export function serviceCounts(tasks: readonly { readonly lastStatus: TaskStatus }[]): {
  runningCount: number;
  pendingCount: number;
} {
  let runningCount = 0;
  let pendingCount = 0;
  for (const task of tasks) {
    if (task.lastStatus === 'RUNNING') runningCount++;
    else if (isBeforeRunning(task.lastStatus)) pendingCount++;
  }
  return { runningCount, pendingCount };
}

function deploymentDesired(
  { desiredCount }: ServiceDefinition,
  { status, taskSet }: Deployment,
  own: readonly CountedTask[],
): number {
  if (taskSet !== undefined) return computedDesiredCount(desiredCount, taskSet);
  return status === 'PRIMARY' ? desiredCount : own.filter((task) => task.desiredStatus === 'RUNNING').length;
}

/** The deployments with their counts. PRIMARY wants what the service wants; an ACTIVE one wants the tasks it still keeps. */
export function deploymentCounts(
  definition: ServiceDefinition,
  deployments: readonly Deployment[],
  tasks: readonly CountedTask[],
): readonly (Deployment & DeploymentCounts)[] {
  const byDeployment = new Map<string, CountedTask[]>();
  for (const task of tasks) {
    const group = byDeployment.get(task.deploymentId);
    if (group === undefined) byDeployment.set(task.deploymentId, [task]);
    else group.push(task);
  }
  return deployments.map((deployment) => {
    const own = byDeployment.get(deployment.deploymentId) ?? [];
    return { ...deployment, ...serviceCounts(own), desiredCount: deploymentDesired(definition, deployment, own) };
  });
}
