import type { StopCode, TaskStatus } from '../../model/status.ts';
import type { EpochMs } from '../../model/time.ts';

/** Stops by decision or by the host's fault do not show whether the task can start. */
const NOT_THE_TASKS_FAULT: readonly StopCode[] = [
  'ServiceSchedulerInitiated',
  'UserInitiated',
  'SpotInterruption',
  'TerminationNotice',
  'InfrastructureHealth',
];

/** True for a task that stopped by itself without ever running (no startedAt): throttle and failedTasks count these. */
export const failedToStart = (task: {
  readonly lastStatus: TaskStatus;
  readonly startedAt?: EpochMs;
  readonly stopCode?: StopCode;
}): boolean =>
  task.lastStatus === 'STOPPED' &&
  task.startedAt === undefined &&
  (task.stopCode === undefined || !NOT_THE_TASKS_FAULT.includes(task.stopCode));
