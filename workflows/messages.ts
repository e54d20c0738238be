/**
 * The messages that workflows receive: names, inputs and answers. The API imports this file and nothing else of
 * workflows/. Updates answer after the change is recorded in the store; refusals are ApplicationFailures whose type is
 * the ECS error code and whose message is the ECS message.
 */
import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type {
  CapacityProviderStrategyItem,
  NetworkConfiguration,
  PlacementConstraint,
  PlacementStrategy,
  Tag,
  TaskOverride,
} from '@aws-sdk/client-ecs';
import type {
  Called,
  ChangeTaskSetCommand,
  ContinueServiceDeploymentCommand,
  CreateServiceCommand,
  CreateTaskSetCommand,
  DeleteServiceCommand,
  ProtectTasksCommand,
  ProtectTasksOutcome,
  StopServiceDeploymentCommand,
  StopTaskCommand,
  UpdateAgentCommand,
  UpdateServiceCommand,
} from '../model/commands.ts';
import type { Failure } from '../model/errors.ts';
import type { ExpectedWork, InstanceRegistration } from '../model/container-instance.ts';
import type { ServiceRecord } from '../model/service.ts';
import type { HeldTask } from '../model/held-task.ts';
import { CAPACITY_CHANGED, INSTANCE_NOTICE, INSTANCES_CHANGED, type InstanceNotice } from '../model/owner-signals.ts';
import type { InstanceStatus, LaunchType } from '../model/status.ts';
import type { TaskDefinition } from '../model/task-definition.ts';
import type { TaskReport } from '../model/task.ts';

// ---- service -------------------------------------------------------------------------------------------------------

/** First argument of the service workflow. The state of a run that continues is workflows/state.ts's. */
export interface ServiceWorkflowInput {
  readonly clusterName: string;
  readonly serviceName: string;
}

/** Refused with InvalidParameterException `Creation of service was not idempotent.` when an ACTIVE one differs. */
export const createServiceUpdate = defineUpdate<{ incarnation: string }, [CreateServiceCommand]>('createService');
export const updateServiceUpdate = defineUpdate<undefined, [UpdateServiceCommand]>('updateService');
export const stopServiceDeploymentUpdate = defineUpdate<undefined, [StopServiceDeploymentCommand]>(
  'stopServiceDeployment',
);
export const continueServiceDeploymentUpdate = defineUpdate<undefined, [ContinueServiceDeploymentCommand]>(
  'continueServiceDeployment',
);
export const deleteServiceUpdate = defineUpdate<undefined, [DeleteServiceCommand]>('deleteService');

/** Refused with InvalidParameterException when the clientToken was used with other parameters. */
export const createTaskSetUpdate = defineUpdate<{ taskSetId: string }, [CreateTaskSetCommand]>('createTaskSet');
/** Refused with TaskSetNotFoundException, or InvalidParameterException for a set that may not be deleted. */
export const changeTaskSetUpdate = defineUpdate<undefined, [ChangeTaskSetCommand]>('changeTaskSet');

export const protectTasksUpdate = defineUpdate<ProtectTasksOutcome, [ProtectTasksCommand]>('protectTasks');

// ---- run-task ------------------------------------------------------------------------------------------------------

/** One RunTask or StartTask call, validated, defaults filled in. */
export interface RunTaskCommand extends Called {
  readonly kind: 'RunTask' | 'StartTask';
  readonly clusterName: string;
  readonly taskDefinition: TaskDefinition;
  readonly count: number;
  /** With a strategy: the launch type of its providers. */
  readonly launchType: LaunchType;
  readonly capacityProviderStrategy?: readonly CapacityProviderStrategyItem[];
  readonly platformVersion?: string;
  readonly group: string;
  readonly startedBy?: string;
  readonly overrides: TaskOverride;
  readonly networkConfiguration?: NetworkConfiguration;
  readonly placementConstraints: readonly PlacementConstraint[];
  readonly placementStrategy: readonly PlacementStrategy[];
  /** StartTask: one task on each of these. */
  readonly containerInstanceIds?: readonly string[];
  /** Those of the tasks: given, propagated and ECS-managed ones together. */
  readonly tags: readonly Tag[];
  readonly enableExecuteCommand: boolean;
  readonly clientToken?: string;
  /** Digest of the call's parameters: the same token with another digest is a ConflictException. */
  readonly digest: string;
}

export interface RunTaskOutcome {
  readonly taskIds: readonly string[];
  readonly failures: readonly Failure[];
}

export interface RunTaskWorkflowInput {
  readonly clusterName: string;
}

/** Answers when the tasks are reserved. Refused: InvalidParameterException `No Container Instances were found in your cluster.` */
export const placeUpdate = defineUpdate<RunTaskOutcome, [RunTaskCommand]>('place');

// ---- owners of tasks: service and run-task -------------------------------------------------------------------------

export const stopTaskUpdate = defineUpdate<undefined, [StopTaskCommand]>('stopTask');

/** From the agents: coalesced, at most a few a second per owner; may repeat. */
export const taskReportsSignal = defineSignal<[readonly TaskReport[]]>('taskReports');

export const instanceNoticeSignal = defineSignal<[InstanceNotice]>(INSTANCE_NOTICE);

// ---- queries: what workflows hold in memory, for the Temporal UI and for whoever compares it with the store ---------------

/** Of services and RunTask calls: all but those that are STOPPED, which they have forgotten. */
export const ownedTasksQuery = defineQuery<readonly HeldTask[]>('ownedTasks');
/** The service's row as it would be written now; null before the service is created. */
export const serviceRowQuery = defineQuery<ServiceRecord | null>('serviceRow');
export interface InstanceSummary {
  readonly status: InstanceStatus;
  readonly agentConnected: boolean;
  /** The session of the agent that is heard: its silence does not count. */
  readonly attendedSession?: string;
}
export const instanceQuery = defineQuery<InstanceSummary>('instance');

/** To owners that wait for a place: capacity appeared. */
export const capacityChangedSignal = defineSignal(CAPACITY_CHANGED);

/** To DAEMON services of a cluster: an instance appeared, went, or changed. */
export const instancesChangedSignal = defineSignal<[Called?]>(INSTANCES_CHANGED);

// ---- container instance --------------------------------------------------------------------------------------------

export interface ContainerInstanceWorkflowInput {
  readonly clusterName: string;
  readonly containerInstanceId: string;
}

/** Registers, or greets a returning agent: what should run there. What runs beyond that, the agent stops before it takes new work. */
export const registerInstanceUpdate = defineUpdate<ExpectedWork, [InstanceRegistration & Called]>('registerInstance');
/** ACTIVE or DRAINING. Refused with InvalidParameterException when the instance is neither. */
export const setInstanceStatusUpdate = defineUpdate<undefined, [Called & { status: 'ACTIVE' | 'DRAINING' }]>(
  'setInstanceStatus',
);
/** Notice of a spot interruption: DRAINING, and what is left there soon stopped. Refused as setInstanceStatus is. */
export const interruptInstanceUpdate = defineUpdate<undefined, [Called]>('interruptInstance');
/** Refused with InvalidParameterException `Found running tasks on the instance.` unless forced. */
export const deregisterInstanceUpdate = defineUpdate<undefined, [Called & { force: boolean }]>('deregisterInstance');
/** Refused with InvalidParameterException when the instance is neither ACTIVE nor DRAINING, and with UpdateInProgressException. */
export const updateAgentUpdate = defineUpdate<undefined, [UpdateAgentCommand]>('updateAgent');

/** The agent's watch activity has begun: it has reconciled and takes work. */
export const agentAttendsSignal = defineSignal<[{ sessionId: string }]>('agentAttends');
