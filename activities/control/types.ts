/** The control plane's activities: quick calls to the store. Workflows import this file as types only. */
import type { CapacitySnapshot, SnapshotRequest } from '../../model/capacity.ts';
import type { DaemonLook, DaemonLookRequest } from '../../model/daemon.ts';
import type { InstanceRecord } from '../../model/owner-record.ts';
import type { PackedOwnerRecord, PackedReservation, PackedReserveResult } from '../../model/packed-writes.ts';
import type { AssignInput, AssignResult } from '../../model/reservation.ts';
import type { InstanceNotice } from '../../model/owner-signals.ts';

export interface InstanceTask {
  readonly taskId: string;
  readonly ownerWorkflowId: string;
  readonly serviceName?: string;
  readonly lastStatus: string;
  readonly desiredStatus: string;
}

export interface InstancePolicy {
  /** An agent without a heartbeat for this long counts as disconnected: agentConnected becomes false. */
  readonly heartbeatTimeoutMs: number;
  /** An instance that stays silent for this long after that is given up: its tasks are replaced. */
  readonly giveUpAfterMs: number;
  /** An instance's service tasks end without contact before it is given up. Absent: they run on. */
  readonly fencing?: boolean;
  /** A task in PROVISIONING for this long becomes STOPPED. */
  readonly provisioningTimeoutMs?: number;
}

export interface ControlActivities {
  snapshotCapacity(request: SnapshotRequest): Promise<CapacitySnapshot>;
  /** Returns the zones of ACTIVE, connected instances, by name. */
  listZones(input: { readonly clusterName: string }): Promise<readonly string[]>;
  /** Gives the tasks' containers and attachments their ids, and reserves the tasks. */
  reserveTasks(input: PackedReservation): Promise<PackedReserveResult>;
  /** Gives waiting tasks an instance where there is room, then wakes the next waiting owners. */
  assignTasks(input: AssignInput): Promise<AssignResult>;
  /** Writes rows and events. If tasks became STOPPED, wakes owners that wait for capacity in the cluster. */
  recordOwner(record: PackedOwnerRecord): Promise<void>;
  /**
   * Creates or changes an instance's row. Fails with an ApplicationFailure of type ClusterNotFoundException (not
   * retryable) if the cluster does not exist. Wakes waiting owners if the instance became ACTIVE and connected, and the
   * cluster's DAEMON services after any change.
   */
  recordInstance(record: InstanceRecord): Promise<void>;
  /** Returns what a DAEMON service needs to know of its cluster. */
  lookAtInstances(request: DaemonLookRequest): Promise<DaemonLook>;
  /** Returns the tasks on the instance that are not STOPPED. */
  listInstanceTasks(instance: { readonly containerInstanceId: string }): Promise<readonly InstanceTask[]>;
  /** Signals instanceNotice to each owner; skips owners that are gone. */
  notifyOwners(input: { readonly ownerWorkflowIds: readonly string[]; readonly notice: InstanceNotice }): Promise<void>;
  loadInstancePolicy(): Promise<InstancePolicy>;
}
