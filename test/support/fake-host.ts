/**
 * Host activities without containers. The test chooses the outcome of a launch; reports go to the owners as an agent's
 * do.
 */
import { Context } from '@temporalio/activity';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { AttendInstanceInput, HostActivities, TaskLaunch } from '../../activities/host/types.ts';
import { fromColumns, toColumns } from '../../model/columns.ts';
import type { HealthStatus } from '../../model/status.ts';
import type { TaskReport } from '../../model/task.ts';

/** The outcome of a launch. `starts`: RUNNING at once; `fails`: STOPPED before RUNNING; `hangs`: nothing yet. */
export type LaunchFate = 'starts' | 'fails' | 'hangs';

type PartialReport = Partial<TaskReport> & Pick<TaskReport, 'lastStatus'>;

export class FakeHost {
  readonly #env: TestWorkflowEnvironment;
  readonly deliver: (ownerWorkflowId: string, reports: readonly TaskReport[]) => Promise<void>;
  fate: (task: TaskLaunch) => LaunchFate = () => 'starts';
  /** The first result of a started task's health check. */
  health: HealthStatus | undefined;
  /** False: stops are ordered but not carried out. */
  stops = true;
  readonly launched: { instanceId: string; task: TaskLaunch; owner: string; atMs: number }[] = [];
  readonly stopped: { instanceId: string; taskId: string }[] = [];
  readonly #owners = new Map<string, { owner: string; instanceId: string }>();

  readonly attended: AttendInstanceInput[] = [];
  /** Called when a watch begins on a living agent. Signals agentAttends, as a real agent does. */
  onAttend: (input: AttendInstanceInput) => Promise<void> = () => Promise.resolve();
  #close: () => void = () => undefined;
  readonly #closed = new Promise<void>((resolve) => {
    this.#close = resolve;
  });
  readonly #deaths = new Map<string, (reason: Error) => void>();

  constructor(env: TestWorkflowEnvironment, deliver: FakeHost['deliver']) {
    this.#env = env;
    this.deliver = deliver;
  }

  async now(): Promise<number> {
    return this.#env.currentTimeMs();
  }

  /** Sends a report about a launched task, as its agent would. */
  async report(taskId: string, report: PartialReport): Promise<void> {
    const { owner } = this.#known(taskId);
    await this.deliver(owner, [this.#whole(taskId, report)]);
  }

  /** The task's essential container exits by itself. */
  async exit(taskId: string): Promise<void> {
    const at = await this.now();
    const stoppedReason = 'Essential container in task exited';
    await this.report(taskId, {
      lastStatus: 'STOPPED',
      stopCode: 'EssentialContainerExited',
      stoppedReason,
      stoppedAt: at,
    });
  }

  activities(): HostActivities {
    return {
      // As a real agent does for a quick batch: no signal. What tests report later comes as a signal.
      launchTasks: async ({ containerInstanceId: instanceId, ownerWorkflowId: owner, tasks }) => {
        const reports: TaskReport[] = [];
        for (const task of fromColumns(tasks)) {
          const again = this.#owners.has(task.taskId);
          this.#owners.set(task.taskId, { owner, instanceId });
          this.launched.push({ instanceId, task, owner, atMs: await this.now() });
          const fate = this.fate(task);
          if (fate === 'starts' && !again) reports.push(this.#whole(task.taskId, await this.#started()));
          if (fate === 'fails') reports.push(this.#whole(task.taskId, await this.#failed()));
        }
        return toColumns(reports);
      },
      stopTasks: async ({ containerInstanceId: instanceId, tasks }) => {
        const stoppedAt = await this.now();
        for (const { taskId } of tasks) this.stopped.push({ instanceId, taskId });
        const gone = this.stops ? tasks : [];
        return toColumns(gone.map(({ taskId }) => this.#whole(taskId, { lastStatus: 'STOPPED', stoppedAt })));
      },
      attendInstance: async (input) => {
        this.attended.push(input);
        await this.onAttend(input);
        await Promise.race([
          new Promise<void>((_resolve, reject) => this.#deaths.set(input.containerInstanceId, reject)),
          Context.current().cancelled,
          this.#closed,
        ]);
      },
    };
  }

  /** Ends every watch, so that workers can shut down. */
  close(): void {
    this.#close();
  }

  /** The agent becomes silent: its watch fails, as after missed heartbeats. */
  silence(instanceId: string): void {
    this.#deaths.get(instanceId)?.(new Error('heartbeats stopped'));
  }

  async start(taskId: string): Promise<void> {
    await this.report(taskId, await this.#started());
  }

  async fail(taskId: string): Promise<void> {
    await this.report(taskId, await this.#failed());
  }

  async #started(): Promise<PartialReport> {
    const startedAt = await this.now();
    return { lastStatus: 'RUNNING', startedAt, ...(this.health ? { healthStatus: this.health } : {}) };
  }

  async #failed(): Promise<PartialReport> {
    const stoppedReason = 'CannotPullContainerError: no such image';
    return { lastStatus: 'STOPPED', stopCode: 'TaskFailedToStart', stoppedReason, stoppedAt: await this.now() };
  }

  #known(taskId: string): { readonly owner: string; readonly instanceId: string } {
    const known = this.#owners.get(taskId);
    if (!known) throw new Error(`task ${taskId} was never launched`);
    return known;
  }

  #whole(taskId: string, report: PartialReport): TaskReport {
    return { taskId, containerInstanceId: this.#known(taskId).instanceId, containers: [], ...report };
  }
}
