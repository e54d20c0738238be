/** A container instance: a Docker host registered into a cluster. Plain JSON throughout. */
import type { AgentUpdateStatus, FailedAgentUpdate } from './agent-update.ts';
import type { InstanceStatus } from './status.ts';
import type { Allowed } from './task-guards.ts';
import type { EpochMs } from './time.ts';

export interface Attribute {
  readonly name: string;
  readonly value?: string;
}

/** An instance's total resources. CPU in units of 1/1024 core, memory in MiB. */
export interface InstanceResources {
  readonly cpu: number;
  readonly memoryMiB: number;
  /** Host ports that tasks may never take, such as `22/tcp`. */
  readonly reservedPorts: readonly string[];
  readonly gpuIds: readonly string[];
}

export interface ContainerInstance {
  readonly containerInstanceId: string;
  readonly clusterName: string;
  readonly status: InstanceStatus;
  readonly statusReason?: string;
  readonly agentConnected: boolean;
  readonly registeredAt: EpochMs;
  readonly registered: InstanceResources;
  /** Attributes from the agent and from PutAttributes, by name. */
  readonly attributes: readonly Attribute[];
  readonly agentVersion: string;
  readonly agentHash: string;
  /** As ECS shows it: `DockerVersion: 24.0.5`. */
  readonly dockerVersion: string;
  /** Of the latest update of its agent. */
  readonly agentUpdateStatus?: AgentUpdateStatus;
  readonly capacityProviderName?: string;
  /** Rises with every recorded change. */
  readonly version: number;
}

/** Why tasks of a given-up instance are STOPPED. ECS has no such case, so the text is ours. */
export const instanceLost = (containerInstanceId: string) =>
  ({ stopCode: 'TerminationNotice', stoppedReason: `Host EC2 (instance ${containerInstanceId}) stopped.` }) as const;

/** An instance with the figures that follow from its tasks. */
export interface CountedInstance extends ContainerInstance {
  readonly runningTasksCount: number;
  readonly pendingTasksCount: number;
  readonly remaining: {
    readonly cpu: number;
    readonly memoryMiB: number;
    /** Reserved and taken ports, such as `80/tcp`. */
    readonly usedPorts: readonly string[];
    readonly freeGpuIds: readonly string[];
  };
  readonly tags: InstanceRegistration['tags'];
}

/** What the agent says about its host when it registers or returns. */
export interface InstanceRegistration {
  readonly containerInstanceId: string;
  readonly clusterName: string;
  readonly resources: InstanceResources;
  readonly attributes: readonly Attribute[];
  readonly agentVersion: string;
  readonly agentHash: string;
  readonly dockerVersion: string;
  readonly tags: readonly { readonly key?: string; readonly value?: string }[];
  /** New at every start of the agent's process: distinguishes a return from a repeat. Empty if the API registered the instance without an agent. */
  readonly sessionId: string;
  /** The agent's protocol (agent-protocol.ts). Absent: the first. */
  readonly protocol?: number;
  /** The version that this agent is back in the place of. */
  readonly failedUpdate?: FailedAgentUpdate;
}

/** A task that the store holds on the instance and that is not STOPPED. */
export interface ExpectedTask {
  readonly taskId: string;
  readonly ownerWorkflowId: string;
  readonly lastStatus: string;
  readonly desiredStatus: string;
}

export interface ExpectedWork {
  readonly expectedTasks: readonly ExpectedTask[];
  /** Launches that were ordered before are void, whenever they arrive: their tasks were given up. Absent: none are. */
  readonly ordersFrom?: EpochMs;
  /** What tasks of the instance's cluster may do to their host. Absent: an earlier control plane, which guards nothing. */
  readonly allowed?: Allowed;
  /** The control plane's protocol (agent-protocol.ts). Absent: the first. */
  readonly protocol?: number;
}

/** The attribute of an instance that takes tasks of launch type FARGATE. */
export const FARGATE_ATTRIBUTE = 'longshore.fargate';
/** The attribute of an instance that takes tasks of the capacity provider FARGATE_SPOT. */
export const FARGATE_SPOT_ATTRIBUTE = 'longshore.fargate-spot';
/** The attribute that names the operator's capacity provider to whose group an instance belongs. */
export const CAPACITY_PROVIDER_ATTRIBUTE = 'longshore.capacity-provider';
/** The attribute of a simulated instance, which runs no containers. */
export const SIMULATED_ATTRIBUTE = 'longshore.simulated';
/** The attribute with the EC2 id of a machine that registered with an identity document. */
export const EC2_INSTANCE_ID_ATTRIBUTE = 'longshore.ec2-instance-id';
export const AVAILABILITY_ZONE_ATTRIBUTE = 'ecs.availability-zone';

/** The Temporal task queue that the instance's agent polls. */
export const instanceTaskQueue = (containerInstanceId: string): string => `container-instance/${containerInstanceId}`;
/** The Temporal task queue of the control plane's workflows and activities. */
export const CONTROL_TASK_QUEUE = 'longshore';
