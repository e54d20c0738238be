/** The control plane's activities: quick calls to the store. Workflows import this file as types only. */
import type { CapacitySnapshot, SnapshotRequest } from '../../model/capacity.ts';
import type { DaemonLook, DaemonLookRequest } from '../../model/daemon.ts';
import type { InstanceRecord, OwnerRecord, Written } from '../../model/owner-record.ts';
import type { OwnerDifferences, OwnerView } from '../../model/owner-view.ts';
import type { AssignInput, AssignResult, ReserveInput, ReserveResult } from '../../model/reservation.ts';
import type { InstanceNotice, ServiceWorkflowInput } from '../../workflows/messages.ts';
import type { CarriedRunTask, PackedService } from '../../workflows/state.ts';

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

/** From rows to what a run carries over; null when they hold nothing that goes on. */
export interface LostOwners {
  takeUpService(service: ServiceWorkflowInput): Promise<PackedService | null>;
  takeUpRunTask(call: { readonly ownerWorkflowId: string }): Promise<CarriedRunTask | null>;
}

export interface ControlActivities extends LostOwners {
  snapshotCapacity(request: SnapshotRequest): Promise<CapacitySnapshot>;
  /** Zones of ACTIVE, connected instances, by name. */
  listZones(input: { readonly clusterName: string }): Promise<readonly string[]>;
  reserveTasks(input: ReserveInput): Promise<ReserveResult>;
  /** Gives waiting tasks instances, as far as these have room; then wakes the next owners that wait. */
  assignTasks(input: AssignInput): Promise<AssignResult>;
  /** Writes rows and events; then wakes owners that wait for capacity in the cluster, if tasks became STOPPED. */
  recordOwner(record: OwnerRecord): Promise<Written>;
  /** Where the rows of an owner are not what it holds. */
  compareOwner(view: OwnerView): Promise<OwnerDifferences>;
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
