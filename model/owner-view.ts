/** What an owner holds of its tasks, beside the rows: where they differ after a workflow step was lost. */
import type { DesiredStatus, HealthStatus, StopCode, TaskStatus } from './status.ts';
import type { EpochMs } from './time.ts';

export interface HeldTask {
  readonly taskId: string;
  readonly version: number;
  readonly lastStatus: TaskStatus;
  readonly desiredStatus: DesiredStatus;
  readonly healthStatus: HealthStatus;
  readonly startedAt?: EpochMs;
  /** Empty: it waits for one. */
  readonly containerInstanceId: string;
}

export interface OwnerView {
  readonly clusterName: string;
  readonly ownerWorkflowId: string;
  readonly serviceName?: string;
  readonly tasks: readonly HeldTask[];
}

/** A row that is not what its owner holds. */
export interface TaskDifference {
  readonly taskId: string;
  /** As the owner named it; absent: the owner did not name the task, and its row is not STOPPED. */
  readonly heldVersion?: number;
  readonly row: {
    readonly version: number;
    readonly desiredStatus: DesiredStatus;
    readonly stopCode?: StopCode;
    readonly stoppedReason?: string;
    readonly containerInstanceId?: string;
    readonly availabilityZone?: string;
    readonly gpuIds: readonly string[];
  };
}

export interface OwnerDifferences {
  readonly tasks: readonly TaskDifference[];
  /** Of the service's row. */
  readonly serviceVersion?: number;
}
