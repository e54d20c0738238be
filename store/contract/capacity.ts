/** What owners' activities read and write. */
import type { CapacitySnapshot, SnapshotRequest } from '../../model/capacity.ts';
import type { DaemonLook, DaemonLookRequest } from '../../model/daemon.ts';
import type { InstanceRecord, OwnerRecord } from '../../model/owner-record.ts';
import type { AssignInput, AssignResult, ReserveInput, ReserveResult } from '../../model/reservation.ts';
import type { HeldResources, Task } from '../../model/task.ts';

export interface CapacityStore {
  snapshotCapacity(request: SnapshotRequest): Promise<CapacitySnapshot>;
  /**
   * Reserves each task completely or not at all, with the check and the rows in one transaction. A task without an
   * instance waits in PROVISIONING; if the cluster has MAX_PROVISIONING_TASKS of these, it is refused with
   * `PROVISIONING` and no instance id.
   */
  reserveTasks(input: ReserveInput): Promise<ReserveResult>;
  /**
   * Gives waiting tasks their instances, with the same check as a reservation: each task completely or not at all. A
   * repeat returns the instance that a task already has. A task that no longer waits is refused with `STOPPED`.
   */
  assignTasks(input: AssignInput): Promise<AssignResult>;
  /**
   * Workflows of standalone tasks that wait for an instance, longest waiting first, at most `limit` for each provider.
   */
  listProvisioningOwners(clusterName: string, limit: number): Promise<readonly string[]>;
  /** Writes in one transaction. `freedCapacity`: a task became STOPPED. */
  recordOwner(record: OwnerRecord): Promise<{ readonly freedCapacity: boolean }>;
  /** Names of the cluster's services that wait for capacity, longest waiting first. */
  listWaitingServices(clusterName: string, limit: number): Promise<readonly string[]>;
  /** Names of the cluster's ACTIVE DAEMON services. */
  listDaemonServices(clusterName: string): Promise<readonly string[]>;
  lookAtInstances(request: DaemonLookRequest): Promise<DaemonLook>;
  recordInstance(record: InstanceRecord): Promise<void>;
  /** Tasks on one instance that are not STOPPED. */
  listInstanceTasks(containerInstanceId: string): Promise<readonly Task[]>;
  /** For tests and diagnosis: instances whose remaining capacity is not registered less held. Empty if all is well. */
  checkCapacityInvariant(): Promise<
    readonly { readonly containerInstanceId: string; readonly expected: HeldResources; readonly found: HeldResources }[]
  >;
}

export interface ZoneStore {
  /** Zones of ACTIVE instances whose agents are connected, by name. */
  listZones(clusterName: string): Promise<readonly string[]>;
  /** Names of services that ask for rebalancing and have two more tasks in one of these zones than in another. */
  listUnbalancedServices(clusterName: string, limit: number): Promise<readonly string[]>;
}
