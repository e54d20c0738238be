/**
 * One task on this host, from launch to clean-up. It lives in the agent, not in an activity; activities attach to it.
 * All inputs go through the pure transition; this class carries out its effects and feeds their results back in.
 */
import type { Logger } from 'pino';
import type { TaskReport } from '../../../model/task.ts';
import type { ObservedContainer, RuntimeEvent } from '../runtime/types.ts';
import { stopContainer } from './container-stop.ts';
import type { TaskBlueprint } from './container-spec.ts';
import { PauseContainerRemoval } from './pause-container-removal.ts';
import { PAUSE_CONTAINER_NAME } from './labels.ts';
import type { TaskPlan } from './plan.ts';
import { failureText } from './preparation.ts';
import { adoptedLife, awaitsBindings, hasStarted, isStopped, newLife, recordOf } from './task-life.ts';
import type { TaskLife } from './task-life.ts';
import { toTaskReport } from './task-report.ts';
import { readBindings, TaskStart } from './task-start.ts';
import type { StartingTask, TaskStartDeps } from './task-start.ts';
import { transition } from './transition.ts';
import type { Effect, TaskInput } from './transition.ts';
import { Waiters } from './waiters.ts';
import type { Settled } from './waiters.ts';

/** The engine reports an out-of-memory kill separately from the end, and sometimes after it. */
const MEMORY_NEWS_MS = 250;

/** Its `slots` bound the creates and starts of all tasks together. */
export interface TaskRunDeps extends TaskStartDeps {
  readonly containerInstanceId: string;
  readonly logger: Logger;
  readonly report: (ownerWorkflowId: string, report: TaskReport) => void;
  /** The task has stopped, so its containers can be removed. */
  readonly onStopped: (run: TaskRun) => void;
}

export class TaskRun {
  readonly plan: TaskPlan;
  readonly #deps: TaskRunDeps;
  #life: TaskLife;
  /** Absent for an adopted task until it is launched again. */
  #startup: TaskStart | undefined;
  readonly #pauseContainer: PauseContainerRemoval;
  #isDisowned = false;
  #timer: NodeJS.Timeout | undefined;
  readonly #waiters = new Waiters();
  readonly #asStarting: StartingTask = {
    life: () => this.#life,
    take: (input) => this.#take(input),
    onSlow: () => this.publish(),
  };

  private constructor(life: TaskLife, deps: TaskRunDeps) {
    this.plan = life.plan;
    this.#life = life;
    this.#deps = deps;
    this.#pauseContainer = new PauseContainerRemoval(deps);
  }

  /** Makes a new task, which begins at once. */
  static launch(blueprint: TaskBlueprint, deps: TaskRunDeps): TaskRun {
    const run = new TaskRun(newLife(blueprint.plan), deps);
    run.begin(blueprint);
    return run;
  }

  /** Makes a task from containers that were found on the engine, by container name. It continues from there. */
  static adopt(plan: TaskPlan, found: ReadonlyMap<string, ObservedContainer>, deps: TaskRunDeps): TaskRun {
    return new TaskRun(adoptedLife(plan, found), deps);
  }

  get isStopped(): boolean {
    return isStopped(this.#life);
  }

  get hasStarted(): boolean {
    return hasStarted(this.#life);
  }

  /** The task as it is now. It never changes: news of the task make another one. */
  get life(): TaskLife {
    return this.#life;
  }

  /** Engine ids of the task's containers, without the pause container. */
  get containerIds(): readonly string[] {
    return this.#life.containers.map((r) => r.containerId).filter((id) => id !== undefined);
  }

  /** Launches the task, or what is missing of it after the agent has restarted. */
  begin(blueprint: TaskBlueprint): void {
    if (this.#startup !== undefined || this.isStopped) return;
    this.#startup = new TaskStart(blueprint, this.#asStarting, this.#deps);
    void this.#startup.prepare();
  }

  /**
   * Runs after an adoption: notices what has ended, and tells the owner. A task that had been RUNNING must be complete.
   */
  resume(wasRunning: boolean): void {
    this.#take({ kind: 'resumed', wasRunning });
  }

  /** Nobody waits for this task any more, so its owner gets no reports of it. */
  disown(): void {
    this.#isDisowned = true;
  }

  /** Resolves when the pause container is gone. */
  removePauseContainer(): Promise<void> {
    return this.#pauseContainer.run(this.#life.pauseContainerId);
  }

  /** Ends the task: containers stop in reverse dependency order. */
  stop(): void {
    this.#take({ kind: 'stop' });
  }

  /** Resolves when the task is RUNNING or STOPPED or, with only `stopped`, when it is STOPPED. */
  until(...settled: readonly Settled[]): Promise<void> {
    if (this.isStopped || (settled.includes('running') && this.#life.isAnnounced)) return Promise.resolve();
    return this.#waiters.until(settled);
  }

  /** Sends the owner a report of the task as it is now. */
  publish(): void {
    if (!this.#isDisowned && !awaitsBindings(this.#life)) this.#deps.report(this.plan.ownerWorkflowId, this.report());
  }

  report(): TaskReport {
    return toTaskReport(this.#life, this.#deps.containerInstanceId);
  }

  /** An event of one of the task's containers, or of its pause container. */
  onEvent(name: string, event: RuntimeEvent): void {
    if (name === PAUSE_CONTAINER_NAME) this.#take({ kind: 'pause container event', event });
    else if (this.plan.containers.some((c) => c.name === name)) this.#take({ kind: 'event', name, event });
  }

  /** After events may have been missed: what the engine shows of the task's containers, by container name. */
  resync(found: ReadonlyMap<string, ObservedContainer>): void {
    this.#take({ kind: 'observed', found: new Map(this.plan.containers.map(({ name }) => [name, found.get(name)])) });
  }

  #take(input: TaskInput): void {
    const { now, logger } = this.#deps;
    const before = this.#life;
    const { task, effects, wakeAt } = transition(before, input, now());
    this.#life = task;
    const { stoppedReason } = task;
    if (stoppedReason !== before.stoppedReason)
      logger.info({ taskId: this.plan.taskId, stoppedReason }, 'the task ends by itself');
    clearTimeout(this.#timer);
    if (wakeAt !== undefined) this.#timer = setTimeout(() => this.#take({ kind: 'wake' }), Math.max(wakeAt - now(), 0));
    for (const effect of effects) this.#perform(effect);
  }

  #perform(effect: Effect): void {
    switch (effect.kind) {
      case 'start':
        void this.#startup?.start(effect.name);
        break;
      case 'restart':
        void this.#restart(effect.name, effect.ranSince);
        break;
      case 'stop':
        void this.#stopContainer(effect.name);
        break;
      case 'report':
        this.publish();
        break;
      case 'running':
        this.#waiters.release('running');
        break;
      case 'await memory news':
        setTimeout(() => this.#take({ kind: 'memory news late' }), MEMORY_NEWS_MS);
        break;
      case 'release network':
        void this.removePauseContainer().then(() => this.#take({ kind: 'network released' }));
        break;
      case 'remove pause container':
        void this.removePauseContainer();
        break;
      case 'stopped':
        this.#waiters.release('stopped');
        this.#deps.onStopped(this);
        break;
    }
  }

  async #restart(name: string, ranSince: number | undefined): Promise<void> {
    const { runtime, assertMayStart } = this.#deps;
    const { containerId, networkBindings } = recordOf(this.#life, name);
    try {
      await this.#startup?.check();
      if (this.#life.isStopping) return;
      assertMayStart?.(this.plan);
      if (containerId !== undefined) await runtime.start(containerId, ranSince);
      if (networkBindings.length > 0) await readBindings(name, this.#asStarting, runtime);
    } catch (error) {
      this.#take({ kind: 'failed', name, reason: failureText(error) });
    }
  }

  async #stopContainer(name: string): Promise<void> {
    const { containerId, plan } = recordOf(this.#life, name);
    if (containerId === undefined) return;
    const { runtime, logger } = this.#deps;
    const container = { containerId, timeoutSeconds: plan.stopTimeoutSeconds };
    await stopContainer(container, {
      runtime,
      logger,
      isStopping: () => recordOf(this.#life, name).phase === 'stopping',
      onRefusal: (reason) => this.#take({ kind: 'stop failed', name, reason }),
      onEnd: (observed) => this.#take({ kind: 'observed', found: new Map([[name, observed]]) }),
    });
  }
}
