import type { StopCode, TaskStatus } from '../../model/status.ts';
import type { EpochMs } from '../../model/time.ts';

/** Stops that were somebody's decision or the host's fault say nothing about whether the task can start. */
const NOT_THE_TASKS_FAULT: readonly StopCode[] = [
  'ServiceSchedulerInitiated',
  'UserInitiated',
  'SpotInterruption',
  'TerminationNotice',
  'InfrastructureHealth',
];

/** True for a task that went to STOPPED by itself without ever running (no startedAt): what throttle and failedTasks count. */
export const failedToStart = (task: {
  readonly lastStatus: TaskStatus;
  readonly startedAt?: EpochMs;
  readonly stopCode?: StopCode;
}): boolean =>
  task.lastStatus === 'STOPPED' &&
  task.startedAt === undefined &&
  (task.stopCode === undefined || !NOT_THE_TASKS_FAULT.includes(task.stopCode));
