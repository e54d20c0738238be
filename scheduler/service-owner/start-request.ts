/** What a start asks of placement, and what its tasks look like. */
import type { CapacityProviderStrategyItem, Tag } from '@aws-sdk/client-ecs';
import { launchTypeOf } from '../../model/capacity-provider.ts';
import type { Deployment, ServiceDefinition } from '../../model/service.ts';
import type { TaskDefinition } from '../../model/task-definition.ts';
import type { Task } from '../../model/task.ts';
import { principalMember, type TaskTemplate } from '../owner/task-template.ts';
import { strategiesOrDefault } from '../placement/defaults.ts';
import { placementRequest } from '../placement/request.ts';
import type { PlacementRequest } from '../placement/types.ts';
import type { StartDecision } from '../service/types.ts';
import type { ServiceState } from '../service/state.ts';

/**
 * One round's tasks: as many as ECS allows a service. In one round, tasks for the same instance go in one launch; the
 * reservation is cut into parts of its own.
 */
const MAX_STARTS_A_ROUND = 5_000;

export interface StartRequest {
  readonly request: PlacementRequest;
  /** Undefined for a launch type. */
  readonly strategy: readonly CapacityProviderStrategyItem[] | undefined;
  /** Tasks on each provider that the strategy counts already. */
  readonly existing: Readonly<Record<string, number>>;
  /** False: a task that finds no place now is not started, whatever its provider. */
  readonly mayWait: boolean;
  /** DAEMON: one task on each of these. */
  readonly instanceIds?: readonly string[];
  /** All of a task but its owner and its place. */
  readonly template: Omit<TaskTemplate, 'ownerWorkflowId'>;
}

export function startRequest(state: ServiceState, start: StartDecision): StartRequest {
  const { definition } = state;
  const { deployment, taskDefinition } = deploymentOf(state, start.deploymentId);
  const { zone } = start;
  const asked = deploymentRequest(state, start.deploymentId, Math.min(start.count, MAX_STARTS_A_ROUND));
  const request = zone === undefined ? asked : { ...asked, zone };
  const instanceIds = start.instanceIds?.slice(0, request.count);
  return {
    request,
    strategy: deployment.capacityProviderStrategy,
    existing: countByProvider(state, start),
    // A rebalancing goes by the instances that are there: it asks for no others.
    mayWait: zone === undefined,
    ...(instanceIds === undefined ? {} : { instanceIds }),
    template: {
      clusterName: definition.clusterName,
      taskDefinition,
      serviceName: definition.serviceName,
      group: request.group,
      startedBy: deployment.deploymentId,
      launchType: request.launchType,
      overrides: {},
      ...(deployment.networkConfiguration ? { networkConfiguration: deployment.networkConfiguration } : {}),
      ...principalMember(state.createdBy),
      tags: taskTags(definition, state.taskDefinitionTags[deployment.taskDefinitionArn] ?? []),
      ...propagation(definition),
      enableExecuteCommand: definition.enableExecuteCommand,
      held: request.resources,
    },
  };
}

/** What placement is asked for tasks of one deployment; `capacityProviderName` for those that took a provider already. */
export function deploymentRequest(
  state: ServiceState,
  deploymentId: string,
  count: number,
  capacityProviderName?: string,
): PlacementRequest {
  const { definition } = state;
  const { deployment, taskDefinition } = deploymentOf(state, deploymentId);
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

interface KnownDeployment {
  readonly deployment: Deployment;
  readonly taskDefinition: TaskDefinition;
}

export function deploymentOf({ deployments, taskDefinitions }: ServiceState, deploymentId: string): KnownDeployment {
  const deployment = deployments.find((each) => each.deploymentId === deploymentId);
  const taskDefinition = deployment && taskDefinitions[deployment.taskDefinitionArn];
  if (!deployment || !taskDefinition) throw new Error(`No deployment ${deploymentId}.`);
  return { deployment, taskDefinition };
}

/**
 * Tasks of the start's deployment by provider, without those that it replaces. A deployment is counted by itself: once it has
 * rolled out, the service is spread as its strategy says.
 */
function countByProvider({ tasks }: ServiceState, start: StartDecision): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { taskId, deploymentId, desiredStatus, capacityProviderName: name } of tasks.values()) {
    if (deploymentId !== start.deploymentId || desiredStatus === 'STOPPED' || name === undefined) continue;
    if (!start.replaces.includes(taskId)) counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
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
