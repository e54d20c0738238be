/**
 * The messages that workflows receive: names, inputs and answers. The API imports this file and nothing else of
 * workflows/. Updates answer after the change is recorded in the store; refusals are ApplicationFailures whose type is
 * the ECS error code and whose message is the ECS message.
 */
import { defineSignal, defineUpdate } from '@temporalio/workflow';
import type {
  NetworkConfiguration,
  PlacementConstraint,
  PlacementStrategy,
  Tag,
  TaskOverride,
} from '@aws-sdk/client-ecs';
import type { Failure } from '../model/errors.ts';
import type { InstanceRegistration } from '../model/container-instance.ts';
import type { ServiceDefinition } from '../model/service.ts';
import type { LaunchType } from '../model/status.ts';
import type { TaskDefinition } from '../model/task-definition.ts';
import type { TaskReport } from '../model/task.ts';

// ---- workflow ids: from business ids, so that a retried call finds the same workflow -------------------------------

export const serviceWorkflowId = (cluster: string, service: string): string => `service/${cluster}/${service}`;
/** `token`: the caller's clientToken (RunTask), or a fresh UUID. */
export const runTaskWorkflowId = (cluster: string, token: string): string => `run-task/${cluster}/${token}`;
export const containerInstanceWorkflowId = (cluster: string, id: string): string =>
  `container-instance/${cluster}/${id}`;

/** Workflow types, as registered with Temporal. */
export const SERVICE_WORKFLOW = 'serviceWorkflow';
export const RUN_TASK_WORKFLOW = 'runTaskWorkflow';
export const CONTAINER_INSTANCE_WORKFLOW = 'containerInstanceWorkflow';

// ---- service -------------------------------------------------------------------------------------------------------

export interface CreateServiceCommand {
  readonly definition: ServiceDefinition;
  readonly taskDefinition: TaskDefinition;
  /** For propagateTags TASK_DEFINITION. */
  readonly taskDefinitionTags?: readonly Tag[];
  readonly createdBy: string;
  /** Fresh per attempt to create; kept when the service is. */
  readonly incarnation: string;
}

/** What UpdateService asks for: absent = keep. The workflow merges it, so that two updates never overwrite each other. */
export interface UpdateServiceCommand {
  readonly incarnation: string;
  readonly changes: Partial<
    Omit<ServiceDefinition, 'serviceName' | 'clusterName' | 'schedulingStrategy' | 'tags' | 'role'>
  >;
  /** Set when the call named one, even if it is the present one. */
  readonly taskDefinition?: TaskDefinition;
  readonly taskDefinitionTags?: readonly Tag[];
  readonly forceNewDeployment: boolean;
}

export interface DeleteServiceCommand {
  readonly incarnation: string;
  readonly force: boolean;
}

/** First argument of the service workflow. The state of a run that continues is workflows/state.ts's. */
export interface ServiceWorkflowInput {
  readonly clusterName: string;
  readonly serviceName: string;
}

/** Refused with InvalidParameterException `Creation of service was not idempotent.` when an ACTIVE one differs. */
export const createServiceUpdate = defineUpdate<{ incarnation: string }, [CreateServiceCommand]>('createService');
export const updateServiceUpdate = defineUpdate<undefined, [UpdateServiceCommand]>('updateService');
export const deleteServiceUpdate = defineUpdate<undefined, [DeleteServiceCommand]>('deleteService');

// ---- run-task ------------------------------------------------------------------------------------------------------

/** One RunTask or StartTask call, validated, defaults filled in. */
export interface RunTaskCommand {
  readonly kind: 'RunTask' | 'StartTask';
  readonly clusterName: string;
  readonly taskDefinition: TaskDefinition;
  readonly count: number;
  readonly launchType: LaunchType;
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

export interface StopTaskCommand {
  readonly taskId: string;
  /** Verbatim from the caller; default `Task stopped by user`. */
  readonly reason: string;
}

export const stopTaskUpdate = defineUpdate<undefined, [StopTaskCommand]>('stopTask');

/** From the agents: coalesced, at most a few a second per owner; may repeat. */
export const taskReportsSignal = defineSignal<[readonly TaskReport[]]>('taskReports');

/** From the container-instance workflow to owners of tasks on the instance. */
export interface InstanceNotice {
  readonly containerInstanceId: string;
  /**
   * draining / active: its status changed. returned: its agent is back with no memory of work under way: issue again what is in flight.
   * lost: given up or deregistered; its tasks are STOPPED as of now, with this reason and code.
   */
  readonly kind: 'draining' | 'active' | 'returned' | 'lost';
  readonly stoppedReason?: string;
}
export const instanceNoticeSignal = defineSignal<[InstanceNotice]>('instanceNotice');

/** To owners that wait for a place: capacity appeared. */
export const capacityChangedSignal = defineSignal('capacityChanged');

// ---- container instance --------------------------------------------------------------------------------------------

export interface ContainerInstanceWorkflowInput {
  readonly clusterName: string;
  readonly containerInstanceId: string;
}

/** A task that the store holds on the instance and that is not STOPPED. */
export interface ExpectedTask {
  readonly taskId: string;
  readonly ownerWorkflowId: string;
  readonly lastStatus: string;
  readonly desiredStatus: string;
}

/** Registers, or greets a returning agent: what should run there. What runs beyond that, the agent stops before it takes new work. */
export const registerInstanceUpdate = defineUpdate<{ expectedTasks: readonly ExpectedTask[] }, [InstanceRegistration]>(
  'registerInstance',
);
/** ACTIVE or DRAINING. Refused with InvalidParameterException when the instance is neither. */
export const setInstanceStatusUpdate = defineUpdate<undefined, [{ status: 'ACTIVE' | 'DRAINING' }]>(
  'setInstanceStatus',
);
/** Refused with InvalidParameterException `Found running tasks on the instance.` unless forced. */
export const deregisterInstanceUpdate = defineUpdate<undefined, [{ force: boolean }]>('deregisterInstance');

/** The agent's watch activity has begun: it has reconciled and takes work. */
export const agentAttendsSignal = defineSignal<[{ sessionId: string }]>('agentAttends');
