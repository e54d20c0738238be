/** What the API's calls ask of the owners of tasks: checked, with defaults filled in. */
import type { CapacityProviderStrategyItem, NetworkConfiguration, Tag } from '@aws-sdk/client-ecs';
import type { AgentBuild } from './agent-update.ts';
import type { CallCause } from './decision.ts';
import type { ServiceDefinition } from './service.ts';
import type { LaunchType } from './status.ts';
import type { TaskDefinition } from './task-definition.ts';
import type { EpochMs } from './time.ts';

/** What every command of the API carries: the call behind it. The gateway adds it. */
export interface Called {
  readonly cause?: CallCause;
}

export interface CreateServiceCommand extends Called {
  readonly definition: ServiceDefinition;
  /** Absent for a service of task sets. */
  readonly taskDefinition?: TaskDefinition;
  /** For propagateTags TASK_DEFINITION. */
  readonly taskDefinitionTags?: readonly Tag[];
  readonly createdBy: string;
  /** Fresh per attempt to create; kept when the service is. */
  readonly incarnation: string;
}

/** What UpdateService asks for: absent = keep. The workflow merges it, so that two updates never overwrite each other. */
export interface UpdateServiceCommand extends Called {
  readonly incarnation: string;
  readonly changes: Partial<
    Omit<
      ServiceDefinition,
      'serviceName' | 'clusterName' | 'schedulingStrategy' | 'deploymentController' | 'tags' | 'role'
    >
  >;
  /** Set when the call named one, even if it is the present one. */
  readonly taskDefinition?: TaskDefinition;
  readonly taskDefinitionTags?: readonly Tag[];
  readonly forceNewDeployment: boolean;
}

export interface DeleteServiceCommand extends Called {
  readonly incarnation: string;
  readonly force: boolean;
}

/** StopServiceDeployment. Refused with ConflictException when the deployment has ended. */
export interface StopServiceDeploymentCommand extends Called {
  readonly incarnation: string;
  readonly serviceDeploymentId: string;
  readonly stopType: 'ROLLBACK' | 'ABORT';
}

/** ContinueServiceDeployment. Refused with ConflictException when the hook does not await an action. */
export interface ContinueServiceDeploymentCommand extends Called {
  readonly incarnation: string;
  readonly serviceDeploymentId: string;
  readonly hookId: string;
  readonly action: 'CONTINUE' | 'ROLLBACK';
}

/** A call to CreateTaskSet, checked, defaults filled in. */
export interface CreateTaskSetCommand extends Called {
  readonly incarnation: string;
  readonly taskDefinition: TaskDefinition;
  readonly taskDefinitionTags?: readonly Tag[];
  readonly launchType?: LaunchType;
  readonly capacityProviderStrategy?: readonly CapacityProviderStrategyItem[];
  readonly platformVersion?: string;
  readonly networkConfiguration?: NetworkConfiguration;
  /** Percent of the service's desired count. */
  readonly scale: number;
  readonly externalId?: string;
  readonly clientToken?: string;
  readonly digest: string;
  readonly tags: readonly Tag[];
}

/** What happens to one task set: scaled, made the primary one, or deleted. */
export interface ChangeTaskSetCommand extends Called {
  readonly incarnation: string;
  /** `ecs-svc/<digits>` */
  readonly taskSetId: string;
  readonly change:
    | { readonly kind: 'scale'; readonly scale: number }
    | { readonly kind: 'primary' }
    | { readonly kind: 'delete'; readonly force: boolean };
}

/** Scale-in protection of tasks of the service, from now on for so long; without a time it ends. */
export interface ProtectTasksCommand extends Called {
  readonly taskIds: readonly string[];
  readonly protectForMs?: number;
}

/** `protectedUntil` 0: not protected. The other tasks are in `failures`, with ECS's reason. */
export interface ProtectTasksOutcome {
  readonly tasks: readonly { readonly taskId: string; readonly protectedUntil: EpochMs }[];
  readonly failures: readonly { readonly taskId: string; readonly reason: string; readonly detail: string }[];
}

export interface StopTaskCommand extends Called {
  readonly taskId: string;
  /** Verbatim from the caller; default `Task stopped by user`. */
  readonly reason: string;
}

/** UpdateContainerAgent. Refused with UpdateInProgressException while another update is under way. */
export interface UpdateAgentCommand extends Called {
  /** The build that the control plane serves. */
  readonly target: AgentBuild;
}
