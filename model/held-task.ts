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

/** What is compared of a task. */
export const heldTask = (task: HeldTask): HeldTask => ({
  taskId: task.taskId,
  version: task.version,
  lastStatus: task.lastStatus,
  desiredStatus: task.desiredStatus,
  healthStatus: task.healthStatus,
  ...(task.startedAt === undefined ? {} : { startedAt: task.startedAt }),
  containerInstanceId: task.containerInstanceId,
});
