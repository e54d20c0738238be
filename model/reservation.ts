/** Rows of tasks that take their places: reserved on an instance, or waiting first and assigned one later. */
import type { Decision } from './decision.ts';
import type { Task } from './task.ts';
import type { EpochMs } from './time.ts';

/** What a RunTask call was answered, for a repeat under its clientToken. */
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
  /** Complete rows, placed: each becomes real alone, all in one transaction. An id that is there already counts as reserved. */
  readonly tasks: readonly Task[];
  /** RunTask: written in the same transaction. */
  readonly runTaskRequest?: RunTaskRequestRecord;
  /** Why these tasks start there; written with those of them that are reserved. */
  readonly decisions?: readonly Decision[];
}

export interface ReserveResult {
  readonly reserved: readonly { readonly taskId: string; readonly gpuIds: readonly string[] }[];
  /** The snapshot was out of date for these: place them again. */
  readonly refused: readonly {
    readonly taskId: string;
    readonly containerInstanceId: string;
    readonly reason: string;
  }[];
}

/** An instance for a task that waits for one. */
export interface Assignment {
  readonly taskId: string;
  readonly containerInstanceId: string;
  readonly availabilityZone?: string;
}

export interface AssignInput {
  readonly clusterName: string;
  readonly assignments: readonly Assignment[];
  /** Why there; written with those of its tasks that get the place that it names. */
  readonly decisions?: readonly Decision[];
}

export interface AssignResult {
  /** Where they are now: a task that an earlier call had given an instance keeps that one. */
  readonly assigned: readonly (Assignment & { readonly gpuIds: readonly string[] })[];
  readonly refused: readonly { readonly taskId: string; readonly reason: string }[];
}
