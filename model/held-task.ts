/** A task as its owner's workflow holds it, for whoever compares that with the task's row. */
import type { DesiredStatus, HealthStatus, TaskStatus } from './status.ts';
import type { EpochMs } from './time.ts';

export interface HeldTask {
  readonly taskId: string;
  readonly version: number;
  readonly lastStatus: TaskStatus;
  readonly desiredStatus: DesiredStatus;
  readonly healthStatus: HealthStatus;
  readonly startedAt?: EpochMs;
  /** Empty while the task waits for an instance. */
  readonly containerInstanceId: string;
}
