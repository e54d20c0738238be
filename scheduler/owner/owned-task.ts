/** What every owner keeps of a task. */
import type { EpochMs } from '../../model/time.ts';
import type { StopCode } from '../../model/status.ts';
import type { Task } from '../../model/task.ts';
import { isBeforeRunning } from '../../model/status.ts';
import type { AdvanceableTask } from '../tasks/advance-task.ts';

/** Crosses continue-as-new unchanged. */
export interface OwnedTask extends AdvanceableTask {
  readonly taskId: string;
  /** Empty while the task waits in PROVISIONING for an instance of its capacity provider. */
  readonly containerInstanceId: string;
  readonly availabilityZone?: string;
  readonly capacityProviderName?: string;
  readonly createdAt: EpochMs;
  readonly gpuIds?: readonly string[];
  readonly logDriverMode?: Task['logDriverMode'];
}

/** The tasks of one owner that are not STOPPED, by id, in the order in which they came. */
export type Tasks<T extends OwnedTask> = ReadonlyMap<string, T>;

export const tasksOf = <T extends OwnedTask>(tasks: readonly T[]): Tasks<T> =>
  new Map(tasks.map((task) => [task.taskId, task]));

export const isWaiting = ({ containerInstanceId }: OwnedTask): boolean => containerInstanceId === '';

export const onInstance = <T extends OwnedTask>(tasks: Tasks<T>, containerInstanceId: string): readonly T[] =>
  [...tasks.values()].filter((task) => task.containerInstanceId === containerInstanceId);

/** The agent has been told to launch it, and it does not run yet. */
export const isLaunching = ({ desiredStatus, lastStatus }: OwnedTask): boolean =>
  desiredStatus === 'RUNNING' && isBeforeRunning(lastStatus);

export interface StopReason {
  readonly stopCode: StopCode;
  readonly stoppedReason: string;
}

export interface TaskStop {
  readonly taskId: string;
  readonly reason: StopReason;
}

/** What the owner keeps of a task's row. */
export const ownedTask = (task: Task): OwnedTask => ({
  taskId: task.taskId,
  containerInstanceId: task.containerInstanceId ?? '',
  ...(task.availabilityZone === undefined ? {} : { availabilityZone: task.availabilityZone }),
  ...(task.capacityProviderName === undefined ? {} : { capacityProviderName: task.capacityProviderName }),
  createdAt: task.createdAt,
  lastStatus: task.lastStatus,
  desiredStatus: task.desiredStatus,
  healthStatus: task.healthStatus,
  ...(task.startedAt === undefined ? {} : { startedAt: task.startedAt }),
  ...(task.stopCode === undefined ? {} : { stopCode: task.stopCode }),
  ...(task.stoppedReason === undefined ? {} : { stoppedReason: task.stoppedReason }),
  ...(task.gpuIds === undefined ? {} : { gpuIds: task.gpuIds }),
  ...(task.logDriverMode === undefined ? {} : { logDriverMode: task.logDriverMode }),
  version: task.version,
});
