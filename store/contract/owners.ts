/** The interface that reads what is alive, in order to start workflows again. */
import type { ServiceRecord } from '../../model/service.ts';
import type { InstanceStatus } from '../../model/status.ts';
import type { Task } from '../../model/task.ts';
import type { EpochMs } from '../../model/time.ts';

/** A container instance that is not INACTIVE, as its workflow knows it. */
export interface LiveInstance {
  readonly clusterName: string;
  readonly containerInstanceId: string;
  readonly status: InstanceStatus;
  /** See InstanceRecord. */
  readonly stopTasksAt?: EpochMs;
  readonly registeredAt: EpochMs;
  readonly version: number;
}

export interface LiveOwners {
  readonly services: readonly { readonly clusterName: string; readonly serviceName: string }[];
  /** Ids of workflows that own tasks, including those of services. */
  readonly ofTasks: readonly string[];
  readonly instances: readonly { readonly clusterName: string; readonly containerInstanceId: string }[];
}

/** Covers all clusters, in order to start workflows again that Temporal has lost. */
export interface OwnerStore {
  /** Services that are not INACTIVE. */
  listLiveServices(): Promise<readonly ServiceRecord[]>;
  /** Tasks that are not STOPPED, of one owner or of all. */
  listLiveTasks(ownerWorkflowId?: string): Promise<readonly Task[]>;
  /** Instances that are not INACTIVE. */
  listLiveInstances(): Promise<readonly LiveInstance[]>;
  /** The owners of all these, by name only. */
  listOwners(): Promise<LiveOwners>;
}
