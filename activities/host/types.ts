/** The activities of an agent, on its instance's own task queue. Workflows import only types from this file. */
import type { NetworkConfiguration, TaskOverride } from '@aws-sdk/client-ecs';
import type { Columns } from '../../model/columns.ts';
import type { TaskDefinitions } from '../../model/service.ts';
import type { LaunchType } from '../../model/status.ts';
import type { LogDriverMode, TaskReport } from '../../model/task.ts';

/** One task to launch: everything that differs between the tasks of a batch. */
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
  /** Ids of the reserved GPUs. */
  readonly gpuIds?: readonly string[];
  /** For containers whose log configuration sets no mode. Absent: non-blocking. */
  readonly logDriverMode?: LogDriverMode;
}

export interface LaunchTasksInput {
  readonly clusterName: string;
  readonly containerInstanceId: string;
  /** The workflow id to which reports on these tasks go, whatever run is current. */
  readonly ownerWorkflowId: string;
  /** The definitions that the tasks name, each once. */
  readonly taskDefinitions: TaskDefinitions;
  /** Alike but for their ids: as columns they take half of the history. */
  readonly tasks: Columns<TaskLaunch>;
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
  /** The instance's service tasks end without contact, before it is given up. Absent: they run on. */
  readonly fencing?: {
    /** The instance is given up after so much silence: longer than the heartbeat timeout by this. */
    readonly lostAfterMs: number;
  };
}

export interface HostActivities {
  /**
   * Launches the batch, or attaches to launches of the same task ids that are under way; heartbeats. Returns when each
   * task is RUNNING or STOPPED, with the reports that have not reached the owner: all of them if the batch is quick.
   * Tasks whose order is older than the instance's giving up are not launched but reported STOPPED. Never fails because
   * of a task. Cancellation ends the wait, not the launches; stopTasks ends those.
   */
  launchTasks(input: LaunchTasksInput): Promise<Columns<TaskReport>>;
  /**
   * Stops in reverse dependency order with each container's stopTimeout. Returns when all tasks are STOPPED, with
   * reports as launchTasks does. Unknown tasks are reported STOPPED.
   */
  stopTasks(input: StopTasksInput): Promise<Columns<TaskReport>>;
  /**
   * Signals agentAttends with the agent's own session id, then heartbeats for as long as the agent lives and its engine
   * answers. Returns when the agent shuts down in order. If `sessionId` is not the agent's own because the control
   * plane gave the instance up meanwhile, the agent first registers again: a new session, in which expected tasks are
   * compared and others stopped. With `fencing`, the agent's own heartbeats renew the lease that its guard keeps.
   */
  attendInstance(input: AttendInstanceInput): Promise<void>;
}
