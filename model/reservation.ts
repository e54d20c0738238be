/** How tasks take their places: reserved on an instance, or waiting first and assigned to one later. */
import type { Decision } from './decision.ts';
import type { LogDriverMode, Task } from './task.ts';
import type { EpochMs } from './time.ts';

/** The answer to a RunTask call, for a repeat with the same clientToken. */
export interface RunTaskAnswer {
  readonly digest: string;
  readonly taskIds: readonly string[];
  readonly failures: readonly { readonly arn?: string; readonly reason: string; readonly detail?: string }[];
}

export interface RunTaskRequestRecord extends RunTaskAnswer {
  readonly clusterName: string;
  readonly clientToken: string;
  readonly createdAt: EpochMs;
}

export interface ReserveInput {
  readonly clusterName: string;
  /** Complete rows with an instance. One transaction decides on each task separately. An id that exists already counts as reserved. */
  readonly tasks: readonly Task[];
  /** RunTask: written in the same transaction. */
  readonly runTaskRequest?: RunTaskRequestRecord;
  /** Why these tasks start there; written with the tasks that are reserved. */
  readonly decisions?: readonly Decision[];
}

/** What a task is given with its place. */
export interface Granted {
  readonly gpuIds: readonly string[];
  readonly logDriverMode?: LogDriverMode;
}

export interface ReserveResult {
  readonly reserved: readonly (Granted & { readonly taskId: string })[];
  /** The snapshot was out of date for these tasks: place them again. */
  readonly refused: readonly {
    readonly taskId: string;
    readonly containerInstanceId: string;
    readonly reason: string;
  }[];
}

/** The instance for a waiting task. */
export interface Assignment {
  readonly taskId: string;
  readonly containerInstanceId: string;
  readonly availabilityZone?: string;
}

export interface AssignInput {
  readonly clusterName: string;
  readonly assignments: readonly Assignment[];
  /** Why there; written with the tasks that get the instance it names. */
  readonly decisions?: readonly Decision[];
}

export interface AssignResult {
  /** Where the tasks are now: a task that got an instance from an earlier call keeps it. */
  readonly assigned: readonly (Assignment & Granted)[];
  readonly refused: readonly { readonly taskId: string; readonly reason: string }[];
}
