/** The control plane's activities: quick calls to the store. Workflows import this file as types only. */
import type { CapacitySnapshot, SnapshotRequest } from '../../model/capacity.ts';
import type { DaemonLook, DaemonLookRequest } from '../../model/daemon.ts';
import type { Decision } from '../../model/decision.ts';
import type { InstanceRegistration } from '../../model/container-instance.ts';
import type { ServiceDeployment, ServiceRevision } from '../../model/service-deployment.ts';
import type { ServiceEvent, ServiceRecord } from '../../model/service.ts';
import type { ServiceActionRecord } from '../../model/service-action.ts';
import type { InstanceStatus } from '../../model/status.ts';
import type { Task, TaskPatch } from '../../model/task.ts';
import type { EpochMs } from '../../model/time.ts';
import type { InstanceNotice } from '../../workflows/messages.ts';

/** What one owner has to write, in its order. Applied in one transaction; repeating it changes nothing. */
export interface OwnerRecord {
  readonly clusterName: string;
  readonly tasks: readonly TaskPatch[];
  readonly service?: ServiceRecord;
  /** What is new in the service's history; with `service` only. */
  readonly rollout?: RolloutRecord;
  readonly events: readonly ServiceEvent[];
  /** With `service` only, as events: a write of a version that is there already adds none. */
  readonly actions?: readonly ServiceActionRecord[];
  /** Why: each once by its id; one that is taken again with a higher count replaces itself. */
  readonly decisions?: readonly Decision[];
}

export interface RolloutRecord {
  readonly serviceDeployments: readonly ServiceDeployment[];
  readonly serviceRevisions: readonly ServiceRevision[];
}

/** The answer to a RunTask call, kept for its clientToken. */
export interface RunTaskRequestRecord {
  readonly clusterName: string;
  readonly clientToken: string;
  readonly digest: string;
  readonly taskIds: readonly string[];
  readonly failures: readonly { readonly arn?: string; readonly reason: string; readonly detail?: string }[];
  readonly createdAt: EpochMs;
}

export interface ReserveInput {
  readonly clusterName: string;
  /** Complete rows, placed: each becomes real alone, all in one transaction. An id that is there already counts as reserved. */
  readonly tasks: readonly Task[];
  /** RunTask: written in the same transaction. */
  readonly runTaskRequest?: RunTaskRequestRecord;
  /** Why these tasks start there; written with those of them that are reserved. */
  readonly decisions?: readonly Decision[];
}

export interface ReserveResult {
  readonly reserved: readonly { readonly taskId: string; readonly gpuIds: readonly string[] }[];
  /** The snapshot was out of date for these: place them again. */
  readonly refused: readonly {
    readonly taskId: string;
    readonly containerInstanceId: string;
    readonly reason: string;
  }[];
}

/** An instance for a task that waits for one. */
export interface Assignment {
  readonly taskId: string;
  readonly containerInstanceId: string;
  readonly availabilityZone?: string;
}

export interface AssignInput {
  readonly clusterName: string;
  readonly assignments: readonly Assignment[];
  /** Why there; written with those of its tasks that get the place that it names. */
  readonly decisions?: readonly Decision[];
}

export interface AssignResult {
  /** Where they are now: a task that an earlier call had given an instance keeps that one. */
  readonly assigned: readonly (Assignment & { readonly gpuIds: readonly string[] })[];
  readonly refused: readonly { readonly taskId: string; readonly reason: string }[];
}

/** A change of an instance's row by its workflow. */
export interface InstanceRecord {
  readonly clusterName: string;
  readonly containerInstanceId: string;
  readonly version: number;
  readonly status?: InstanceStatus;
  readonly statusReason?: string;
  readonly agentConnected?: boolean;
  /** Registration facts, at registration and at each return of the agent. */
  readonly registration?: InstanceRegistration;
  readonly registeredAt?: EpochMs;
  readonly decisions?: readonly Decision[];
}

export interface InstanceTask {
  readonly taskId: string;
  readonly ownerWorkflowId: string;
  readonly serviceName?: string;
  readonly lastStatus: string;
  readonly desiredStatus: string;
}

export interface InstancePolicy {
  /** No heartbeat for this long: agentConnected becomes false. */
  readonly heartbeatTimeoutMs: number;
  /** Silent for this long since then: its tasks are given up and replaced. */
  readonly giveUpAfterMs: number;
  /** A task in PROVISIONING for this long is STOPPED. */
  readonly provisioningTimeoutMs?: number;
}

export interface ControlActivities {
  snapshotCapacity(request: SnapshotRequest): Promise<CapacitySnapshot>;
  /** Zones of ACTIVE, connected instances, by name. */
  listZones(input: { readonly clusterName: string }): Promise<readonly string[]>;
  reserveTasks(input: ReserveInput): Promise<ReserveResult>;
  /** Gives waiting tasks instances, as far as these have room; then wakes the next owners that wait. */
  assignTasks(input: AssignInput): Promise<AssignResult>;
  /** Writes rows and events; then wakes owners that wait for capacity in the cluster, if tasks became STOPPED. */
  recordOwner(record: OwnerRecord): Promise<void>;
  /**
   * Creates or changes an instance's row. Fails with ApplicationFailure of type ClusterNotFoundException (not retryable)
   * when there is no such cluster. Wakes waiting owners when the instance became ACTIVE and connected, and the cluster's
   * DAEMON services whatever changed.
   */
  recordInstance(record: InstanceRecord): Promise<void>;
  /** What a DAEMON service sees of its cluster. */
  lookAtInstances(request: DaemonLookRequest): Promise<DaemonLook>;
  /** Tasks on the instance that are not STOPPED. */
  listInstanceTasks(instance: { readonly containerInstanceId: string }): Promise<readonly InstanceTask[]>;
  /** Signals instanceNotice to each owner; an owner that is gone is passed over. */
  notifyOwners(input: { readonly ownerWorkflowIds: readonly string[]; readonly notice: InstanceNotice }): Promise<void>;
  loadInstancePolicy(): Promise<InstancePolicy>;
}
