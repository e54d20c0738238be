/** What a workflow run asks of the engine around it. */
import type { coresdk } from '@temporalio/proto';
import type { VirtualClock } from './virtual-clock.ts';
import type { Job, RunIdentity, Sandbox } from './sandbox.ts';
import type { WorkflowSession } from './session.ts';
import type { WorkflowRun } from './workflow-run.ts';

/** A process of the control plane that runs workflows and their local activities. */
export interface WorkflowWorker {
  readonly name: string;
  readonly isAlive: boolean;
}

export type ActivityResolution = NonNullable<NonNullable<Job['resolveActivity']>['result']>;
export type ScheduleActivity = coresdk.workflow_commands.IScheduleActivity;
export type ScheduleLocalActivity = coresdk.workflow_commands.IScheduleLocalActivity;
export type UpdateResponse = coresdk.workflow_commands.IUpdateResponse;

export interface WorkflowHost {
  readonly clock: VirtualClock;
  readonly continueAsNewAfterEvents: number;
  /** Milliseconds that one way through the network takes. */
  latency(): number;
  /** The worker that has the run in memory, if it lives; otherwise any worker that does; undefined if there is none. */
  workerFor(current: WorkflowWorker | undefined): WorkflowWorker | undefined;
  createSandbox(identity: RunIdentity): Promise<Sandbox>;
  dispose(session: WorkflowSession): void;
  /** Does not call `answer` if the worker died. */
  runLocal(
    worker: WorkflowWorker,
    activity: ScheduleLocalActivity,
    answer: (result: ActivityResolution) => Promise<void>,
  ): void;
  scheduleActivity(run: WorkflowRun, activity: ScheduleActivity): void;
  cancelActivity(run: WorkflowRun, seq: number): void;
  updateAnswered(run: WorkflowRun, response: UpdateResponse): void;
  /** Whether the workflow task that is about to be completed is lost. */
  losesTask(): boolean;
  /** Whether the call that started a run is lost with its first workflow task. */
  losesCalls(): boolean;
  callLost(id: string): void;
  afterTask(run: WorkflowRun): void;
  replayed(run: WorkflowRun): void;
  /** `turnedAway`: ids of updates that the run never looked at. */
  closed(run: WorkflowRun, turnedAway: readonly string[]): void;
  /** Something that must never happen; it ends the simulation. */
  violation(what: string): void;
  trace(line: string): void;
}
