/** The control plane's activities: quick calls to the store. Workflows import this file as types only. */
import type { CapacitySnapshot, SnapshotRequest } from '../../model/capacity.ts';
import type { DaemonLook, DaemonLookRequest } from '../../model/daemon.ts';
import type { InstanceRecord, OwnerRecord } from '../../model/owner-record.ts';
import type { Columns } from '../../model/columns.ts';
import type { AssignInput, AssignResult, ReserveInput, ReserveResult } from '../../model/reservation.ts';
import type { InstanceNotice } from '../../model/owner-signals.ts';

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

/** A reservation as an activity's input: its tasks are alike, and as columns they take a tenth of the history. */
export interface ReserveCall extends Omit<ReserveInput, 'tasks'> {
  readonly tasks: Columns;
}

export interface ControlActivities {
  snapshotCapacity(request: SnapshotRequest): Promise<CapacitySnapshot>;
  /** Zones of ACTIVE, connected instances, by name. */
  listZones(input: { readonly clusterName: string }): Promise<readonly string[]>;
  /** Gives the tasks' containers and attachments their ids, and reserves the tasks. */
  reserveTasks(input: ReserveCall): Promise<ReserveResult>;
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
