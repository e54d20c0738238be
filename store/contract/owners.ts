/** What is alive: for starting workflows again. */
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
  /** Ids of workflows; services that have tasks are among them. */
  readonly ofTasks: readonly string[];
  readonly instances: readonly { readonly clusterName: string; readonly containerInstanceId: string }[];
}

/** Over all clusters: for starting workflows again that Temporal has lost. */
export interface OwnerStore {
  /** Not INACTIVE. */
  listLiveServices(): Promise<readonly ServiceRecord[]>;
  /** Not STOPPED; of one owner, or of all. */
  listLiveTasks(ownerWorkflowId?: string): Promise<readonly Task[]>;
  /** Not INACTIVE. */
  listLiveInstances(): Promise<readonly LiveInstance[]>;
  /** Whose those are, by name only. */
  listOwners(): Promise<LiveOwners>;
}
