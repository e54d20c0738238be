/** A task and its containers, as the store keeps them and as the agent reports on them. Plain JSON throughout. */
import type {
  Attachment,
  KeyValuePair,
  PlacementConstraint,
  PlacementStrategy,
  TaskOverride,
  Tag,
} from '@aws-sdk/client-ecs';
import type { GpuAmount } from './gpus.ts';
import type { ContainerStatus, DesiredStatus, HealthStatus, LaunchType, StopCode, TaskStatus } from './status.ts';
import type { EpochMs } from './time.ts';

export interface NetworkBinding {
  readonly bindIP: string;
  readonly containerPort: number;
  readonly hostPort: number;
  readonly protocol: 'tcp' | 'udp';
  /** A range such as `8000-8010`, published on `hostPortRange`; the ports above are then the first ones of both. */
  readonly containerPortRange?: string;
  readonly hostPortRange?: string;
}

export interface NetworkInterface {
  readonly attachmentId: string;
  readonly privateIpv4Address: string;
  readonly ipv6Address?: string;
}

/** One container of a task. `id` is the UUID in its ARN; `exitCode` is absent when it never ran. */
export interface TaskContainer {
  readonly id: string;
  readonly name: string;
  readonly image: string;
  readonly lastStatus: ContainerStatus;
  readonly healthStatus?: HealthStatus;
  readonly exitCode?: number;
  /** At most 1,024 characters. */
  readonly reason?: string;
  /** The engine's container id. */
  readonly runtimeId?: string;
  readonly imageDigest?: string;
  readonly cpu: string;
  readonly memory?: string;
  readonly memoryReservation?: string;
  readonly networkBindings: readonly NetworkBinding[];
  readonly networkInterfaces: readonly NetworkInterface[];
  /** GPUs asked for, if any. `dealGpus` says which of the task's GPUs the container has. */
  readonly gpus?: GpuAmount;
}

/** What a task holds of its container instance until it is STOPPED. CPU in units of 1/1024 core, memory in MiB. */
export interface HeldResources {
  readonly cpu: number;
  readonly memoryMiB: number;
  /** Static host ports such as `8080/tcp`. Dynamic ports are not held. */
  readonly ports: readonly string[];
  /** GPUs asked for; the reservation decides which ones. */
  readonly gpus: GpuAmount;
}

/** How a log driver treats a container whose log it cannot write. ECS's own default, `non-blocking`, is not written down. */
export type LogDriverMode = 'blocking';

/** The whole record of a task: one row of the store, which only its owner writes. */
export interface Task {
  readonly taskId: string;
  readonly clusterName: string;
  readonly taskDefinitionArn: string;
  readonly family: string;
  readonly revision: number;
  /** Workflow id of the service or run-task workflow that owns it. */
  readonly ownerWorkflowId: string;
  readonly serviceName?: string;
  readonly group: string;
  readonly startedBy?: string;
  readonly containerInstanceId?: string;
  readonly availabilityZone?: string;
  readonly launchType: LaunchType;
  readonly platformVersion?: string;
  readonly platformFamily?: string;
  readonly capacityProviderName?: string;
  /** Task-level cpu and memory, or the values that replace them, as ECS shows them: decimal strings. */
  readonly cpu: string;
  readonly memory: string;
  readonly held: HeldResources;
  readonly gpuIds?: readonly string[];
  /** Whose account settings hold for the task. Absent: root's. See model/account-setting.ts. */
  readonly principal?: string;
  /** For containers whose log configuration sets no mode: the account setting when the task got its instance. */
  readonly logDriverMode?: LogDriverMode;
  readonly overrides: TaskOverride;
  readonly tags: readonly Tag[];
  /** The resource whose tags the reservation copies; `tags` has the tags known before. */
  readonly propagateTags?: 'SERVICE' | 'TASK_DEFINITION';
  readonly enableExecuteCommand: boolean;
  readonly lastStatus: TaskStatus;
  readonly desiredStatus: DesiredStatus;
  readonly healthStatus: HealthStatus;
  readonly containers: readonly TaskContainer[];
  readonly attachments: readonly Attachment[];
  readonly createdAt: EpochMs;
  /** When the task was placed, or assigned to an instance after waiting: from then on its agent may launch it. */
  readonly connectivityAt?: EpochMs;
  readonly pullStartedAt?: EpochMs;
  readonly pullStoppedAt?: EpochMs;
  readonly startedAt?: EpochMs;
  readonly stoppingAt?: EpochMs;
  readonly executionStoppedAt?: EpochMs;
  readonly stoppedAt?: EpochMs;
  readonly stopCode?: StopCode;
  readonly stoppedReason?: string;
  /** When the scale-in protection ends; 0 or a past time: the task has none. */
  readonly protectedUntil?: EpochMs;
  /** The placement rules of a task that first waited for capacity. */
  readonly placement?: {
    readonly placementConstraints: readonly PlacementConstraint[];
    readonly placementStrategy: readonly PlacementStrategy[];
  };
  /** Starts at 1; rises by one with every recorded change. A write with a version not above the stored one changes nothing. */
  readonly version: number;
}

/** A task as the API shows it. */
export interface DescribedTask extends Task {
  /** False while the agent of its instance is silent. */
  readonly agentConnected?: boolean;
}

/** The members of a task that change after the reservation. */
export type TaskChanges = Partial<
  Pick<
    Task,
    | 'lastStatus'
    | 'desiredStatus'
    | 'healthStatus'
    | 'connectivityAt'
    | 'pullStartedAt'
    | 'pullStoppedAt'
    | 'startedAt'
    | 'stoppingAt'
    | 'executionStoppedAt'
    | 'stoppedAt'
    | 'stopCode'
    | 'stoppedReason'
    | 'protectedUntil'
  >
> & { readonly containers?: readonly ContainerReport[]; readonly attachments?: readonly AttachmentReport[] };

/** A change to one task's row; its owner orders the changes. */
export interface TaskPatch {
  readonly taskId: string;
  readonly version: number;
  readonly changes: TaskChanges;
}

/** What the agent saw of a task's attachment. Merged by `type` into the row, which has the attachment's id from the start. */
export interface AttachmentReport {
  readonly type: string;
  readonly status: string;
  readonly details: readonly KeyValuePair[];
}

/** An address of a container on the task's attachment. */
export type InterfaceReport = Omit<NetworkInterface, 'attachmentId'>;

/** What the agent saw of one container. Absent members are unchanged. Merged by `name` into the row. */
export interface ContainerReport {
  readonly name: string;
  readonly lastStatus: ContainerStatus;
  readonly healthStatus?: HealthStatus;
  readonly exitCode?: number;
  readonly reason?: string;
  readonly runtimeId?: string;
  readonly imageDigest?: string;
  readonly networkBindings?: readonly NetworkBinding[];
  readonly networkInterfaces?: readonly InterfaceReport[];
}

/**
 * What the agent saw of one task, sent to the task's owner. Reports may repeat and overtake each other; a later report
 * includes the earlier ones, so any selection that includes the last one gives the same task. `lastStatus` is PENDING,
 * RUNNING or STOPPED, as ECS's agent reports them, and DEPROVISIONING while the network of an ended task is removed.
 */
export interface TaskReport {
  readonly taskId: string;
  /**
   * Set by the agent's clock as the report leaves: later than in every earlier report. Reports overtake each other on
   * their two ways, signals and activity answers. Absent: the report came in order.
   */
  readonly reportedAt?: EpochMs;
  readonly containerInstanceId: string;
  readonly lastStatus: 'PENDING' | 'RUNNING' | 'DEPROVISIONING' | 'STOPPED';
  readonly healthStatus?: HealthStatus;
  readonly containers: readonly ContainerReport[];
  readonly attachments?: readonly AttachmentReport[];
  readonly pullStartedAt?: EpochMs;
  readonly pullStoppedAt?: EpochMs;
  readonly startedAt?: EpochMs;
  readonly executionStoppedAt?: EpochMs;
  readonly stoppedAt?: EpochMs;
  /** The agent sets only its own reasons (failed to start, essential container exited); the owner's reason wins. */
  readonly stopCode?: StopCode;
  readonly stoppedReason?: string;
}
