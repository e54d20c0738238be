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

/** A watch that waits on its instance: for the end of the agent, or, while the agent is dead, for its return. */
interface Watch {
  readonly input: AttendInstanceInput;
  readonly fail: (reason: Error) => void;
}

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
  #isClosed = false;
  readonly #closed = new Promise<void>((resolve) => {
    this.#close = resolve;
  });
  #beginning = 0;
  /** The newest watch of each instance. */
  readonly #watches = new Map<string, Watch>();
  /** Instances whose agent is dead, each with what waits for its return. */
  readonly #dead = new Map<string, { readonly returned: Promise<void>; readonly revive: () => void }>();

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
        await this.#agentOf(instanceId);
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
        await this.#agentOf(instanceId);
        const stoppedAt = await this.now();
        for (const { taskId } of tasks) this.stopped.push({ instanceId, taskId });
        const gone = this.stops ? tasks : [];
        return toColumns(gone.map(({ taskId }) => this.#whole(taskId, { lastStatus: 'STOPPED', stoppedAt })));
      },
      attendInstance: (input) => this.#attendInstance(input),
    };
  }

  /** The session of the instance's newest watch, also while its agent is dead. */
  watchOf(instanceId: string): string | undefined {
    return this.#watches.get(instanceId)?.input.sessionId;
  }

  /** No watch is about to begin. */
  get isAtRest(): boolean {
    return this.#beginning === 0;
  }

  /** Ends every watch, so that workers can shut down. Their workflows must have ended. */
  close(): void {
    this.#isClosed = true;
    this.#close();
  }

  /** The agent dies: its watch fails, as after missed heartbeats, and work for it waits until it returns. */
  kill(instanceId: string): void {
    if (this.#dead.has(instanceId)) return;
    let revive = (): void => undefined;
    const returned = new Promise<void>((resolve) => {
      revive = resolve;
    });
    this.#dead.set(instanceId, { returned, revive });
    this.#watches.get(instanceId)?.fail(new Error('heartbeats stopped'));
  }

  /** The agent returns, with the work that waits for it. */
  async revive(instanceId: string): Promise<void> {
    this.#dead.get(instanceId)?.revive();
    this.#dead.delete(instanceId);
    const watch = this.#watches.get(instanceId);
    if (watch) await this.#begin(watch.input);
  }

  /** Resolves while the agent lives. */
  async #agentOf(instanceId: string): Promise<void> {
    await Promise.race([this.#dead.get(instanceId)?.returned, this.#closed]);
  }

  async #begin(input: AttendInstanceInput): Promise<void> {
    this.attended.push(input);
    await this.onAttend(input);
  }

  /**
   * The server's clock keeps to real time while an activity is pending, even one whose workflow has ended. A watch is always
   * pending: so it lets go of the clock, which the server took for it, and gives it back before the server does so itself.
   */
  async #attendInstance(input: AttendInstanceInput): Promise<void> {
    const { containerInstanceId } = input;
    const { testService } = this.#env.connection;
    let watch: Watch | undefined;
    const failed = new Promise<never>((_resolve, reject) => {
      watch = { input, fail: reject };
      this.#watches.set(containerInstanceId, watch);
    });
    this.#beginning += 1;
    if (!this.#dead.has(containerInstanceId)) await this.#begin(input);
    await testService?.unlockTimeSkipping({});
    this.#beginning -= 1;
    try {
      await Promise.race([failed, Context.current().cancelled, this.#closed]);
    } finally {
      if (this.#watches.get(containerInstanceId) === watch) this.#watches.delete(containerInstanceId);
      if (!this.#isClosed) await testService?.lockTimeSkipping({});
    }
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
