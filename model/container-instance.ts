/** A container instance: a Docker host registered into a cluster. Plain JSON throughout. */
import type { InstanceStatus } from './status.ts';
import type { EpochMs } from './time.ts';

export interface Attribute {
  readonly name: string;
  readonly value?: string;
}

/** What an instance has in total. CPU in units of 1/1024 core, memory in MiB. */
export interface InstanceResources {
  readonly cpu: number;
  readonly memoryMiB: number;
  /** Host ports that tasks may never take, as `22/tcp`. */
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
  /** What the agent registered and what PutAttributes added, by name. */
  readonly attributes: readonly Attribute[];
  readonly agentVersion: string;
  readonly agentHash: string;
  /** As ECS shows it: `DockerVersion: 24.0.5`. */
  readonly dockerVersion: string;
  readonly capacityProviderName?: string;
  /** Rises with every recorded change. */
  readonly version: number;
}

/** Why tasks whose instance was given up are STOPPED; ECS has no such case, so the words are ours. */
export const instanceLost = (containerInstanceId: string) =>
  ({ stopCode: 'TerminationNotice', stoppedReason: `Host EC2 (instance ${containerInstanceId}) stopped.` }) as const;

/** With what its tasks make of it. */
export interface CountedInstance extends ContainerInstance {
  readonly runningTasksCount: number;
  readonly pendingTasksCount: number;
  readonly remaining: {
    readonly cpu: number;
    readonly memoryMiB: number;
    /** Reserved and taken, as `80/tcp`. */
    readonly usedPorts: readonly string[];
    readonly freeGpuIds: readonly string[];
  };
  readonly tags: InstanceRegistration['tags'];
}

/** What the agent tells of its host when it registers or comes back. */
export interface InstanceRegistration {
  readonly containerInstanceId: string;
  readonly clusterName: string;
  readonly resources: InstanceResources;
  readonly attributes: readonly Attribute[];
  readonly agentVersion: string;
  readonly agentHash: string;
  readonly dockerVersion: string;
  readonly tags: readonly { readonly key?: string; readonly value?: string }[];
  /** New for every start of the agent's process: tells a return from a repeat. Empty when registered through the API without an agent. */
  readonly sessionId: string;
}

/** The attribute by which an instance says that it takes tasks of launch type FARGATE. */
export const FARGATE_ATTRIBUTE = 'longshore.fargate';
/** The same for tasks of the capacity provider FARGATE_SPOT. */
export const FARGATE_SPOT_ATTRIBUTE = 'longshore.fargate-spot';
/** The attribute that names the operator's capacity provider whose group an instance belongs to. */
export const CAPACITY_PROVIDER_ATTRIBUTE = 'longshore.capacity-provider';
/** The attribute by which an instance says that it has no containers: its tasks are pretence. */
export const SIMULATED_ATTRIBUTE = 'longshore.simulated';
/** The attribute that keeps the id of a machine of EC2: one that registered with its identity document. */
export const EC2_INSTANCE_ID_ATTRIBUTE = 'longshore.ec2-instance-id';
export const AVAILABILITY_ZONE_ATTRIBUTE = 'ecs.availability-zone';

/** Temporal task queue that the agent of an instance serves. */
export const instanceTaskQueue = (containerInstanceId: string): string => `container-instance/${containerInstanceId}`;
/** Temporal task queue of the control plane's workflows and activities. */
export const CONTROL_TASK_QUEUE = 'longshore';
