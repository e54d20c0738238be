/** What owners' activities read and write. */
import type { CapacitySnapshot, SnapshotRequest } from '../../model/capacity.ts';
import type { DaemonLook, DaemonLookRequest } from '../../model/daemon.ts';
import type { InstanceRecord, OwnerRecord } from '../../model/owner-record.ts';
import type { AssignInput, AssignResult, ReserveInput, ReserveResult } from '../../model/reservation.ts';
import type { HeldResources, Task } from '../../model/task.ts';

export interface CapacityStore {
  snapshotCapacity(request: SnapshotRequest): Promise<CapacitySnapshot>;
  /**
   * See design: all or nothing per task; the check and the rows in one transaction. A task without an instance waits in
   * PROVISIONING; beyond MAX_PROVISIONING_TASKS of the cluster it is refused with `PROVISIONING` and no instance id.
   */
  reserveTasks(input: ReserveInput): Promise<ReserveResult>;
  /**
   * Gives waiting tasks their instances, under the same check as a reservation: all or nothing per task. A repeat answers
   * with the instance that a task has got already. A task that no longer waits is refused with `STOPPED`.
   */
  assignTasks(input: AssignInput): Promise<AssignResult>;
  /** Workflows of tasks of no service that wait for an instance, those waiting longest first, at most `limit` of each provider. */
  listProvisioningOwners(clusterName: string, limit: number): Promise<readonly string[]>;
  /** One transaction. `freedCapacity`: a task became STOPPED. */
  recordOwner(record: OwnerRecord): Promise<{ readonly freedCapacity: boolean }>;
  /** Names of services of the cluster that wait for capacity, longest waiting first. */
  listWaitingServices(clusterName: string, limit: number): Promise<readonly string[]>;
  /** Names of ACTIVE DAEMON services of the cluster. */
  listDaemonServices(clusterName: string): Promise<readonly string[]>;
  lookAtInstances(request: DaemonLookRequest): Promise<DaemonLook>;
  recordInstance(record: InstanceRecord): Promise<void>;
  /** Tasks not STOPPED on one instance. */
  listInstanceTasks(containerInstanceId: string): Promise<readonly Task[]>;
  /** For tests and doctors: instances whose remaining differs from registered less held. Empty = sound. */
  checkCapacityInvariant(): Promise<
    readonly { readonly containerInstanceId: string; readonly expected: HeldResources; readonly found: HeldResources }[]
  >;
}

export interface ZoneStore {
  /** Zones of ACTIVE instances whose agent is connected, by name. */
  listZones(clusterName: string): Promise<readonly string[]>;
  /** Names of services that ask for rebalancing and have two tasks more in one of these zones than in another. */
  listUnbalancedServices(clusterName: string, limit: number): Promise<readonly string[]>;
}
