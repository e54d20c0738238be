/** The activities of an agent, on its instance's own task queue. Workflows import this file as types only. */
import type { NetworkConfiguration, TaskOverride } from '@aws-sdk/client-ecs';
import type { TaskDefinitions } from '../../model/service.ts';
import type { LaunchType } from '../../model/status.ts';
import type { TaskReport } from '../../model/task.ts';

/** One task to launch: everything that differs from task to task of a batch. */
export interface TaskLaunch {
  readonly taskId: string;
  readonly taskArn: string;
  readonly taskDefinitionArn: string;
  readonly group: string;
  /** Absent: EC2. */
  readonly launchType?: LaunchType;
  readonly overrides: TaskOverride;
  readonly networkConfiguration?: NetworkConfiguration;
  /** By container: the image to run instead of the definition's, with its digest. */
  readonly images?: Readonly<Record<string, string>>;
  /** Reserved GPUs. */
  readonly gpuIds?: readonly string[];
}

export interface LaunchTasksInput {
  readonly clusterName: string;
  readonly containerInstanceId: string;
  /** Where reports on these tasks go: a workflow id, whichever run holds it. */
  readonly ownerWorkflowId: string;
  /** The definitions that the tasks name, once each. */
  readonly taskDefinitions: TaskDefinitions;
  readonly tasks: readonly TaskLaunch[];
}

export interface TaskStop {
  readonly taskId: string;
}

export interface StopTasksInput {
  readonly containerInstanceId: string;
  readonly ownerWorkflowId: string;
  readonly tasks: readonly TaskStop[];
}

export interface AttendInstanceInput {
  readonly clusterName: string;
  readonly containerInstanceId: string;
  readonly sessionId: string;
}

export interface HostActivities {
  /**
   * Launches the batch, or attaches to launches of the same task ids that are under way; heartbeats. Returns when each
   * task is RUNNING or STOPPED, with the reports that have not reached the owner as taskReports: all of them when the
   * batch is quick. Tasks of an order from before the instance was given up are not launched: STOPPED. Never fails for a
   * task's sake. Cancellation ends the wait, not the launches: stopTasks ends those.
   */
  launchTasks(input: LaunchTasksInput): Promise<readonly TaskReport[]>;
  /**
   * Stops in reverse dependency order with each container's stopTimeout; returns when all are gone, with reports as
   * launchTasks does. Unknown tasks are reported STOPPED.
   */
  stopTasks(input: StopTasksInput): Promise<readonly TaskReport[]>;
  /**
   * Signals agentAttends with the agent's own session id, then heartbeats for as long as the agent lives and its engine answers.
   * Returns when the agent shuts down in order. When `sessionId` is not the agent's own (the control plane gave the
   * instance up meanwhile), the agent registers again first: a new session, expected tasks compared, survivors stopped.
   */
  attendInstance(input: AttendInstanceInput): Promise<void>;
}
