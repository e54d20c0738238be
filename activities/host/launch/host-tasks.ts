/**
 * All tasks of this host: launched, adopted, stopped, cleaned up. The engine's events keep them current; they are
 * listed once at the start.
 */
import type { Logger } from 'pino';
import { instanceLost } from '../../../model/container-instance.ts';
import type { TaskReport } from '../../../model/task.ts';
import type { TaskDefinition } from '../../../model/task-definition.ts';
import type { EpochMs } from '../../../model/time.ts';
import { defined } from '../../../model/defined.ts';
import type { ContainerRuntime, ObservedContainer, RuntimeEvent } from '../runtime/types.ts';
import type { TaskCgroups } from '../limits/task-cgroups.ts';
import { CleanUp } from './clean-up.ts';
import type { AgentVariables, TaskBlueprint } from './container-spec.ts';
import { EndedTasks } from './ended-tasks.ts';
import { HostPorts } from './host-ports.ts';
import type { PortIsFree } from './host-ports.ts';
import type { KeptLimits } from './kept-tasks.ts';
import { LABELS, planFrom } from './labels.ts';
import type { TaskPlan } from './plan.ts';
import type { SecretsDeps } from './secrets.ts';
import { Slots } from './slots.ts';
import { TaskRun } from './task-run.ts';
import type { TaskLife } from './task-life.ts';
import type { TaskRunDeps } from './task-run.ts';
import { Timers } from './timers.ts';
import { TASK_VANISHED } from './vanished.ts';

/** A Docker engine on two cores is no faster with a higher number. */
const ENGINE_CONCURRENCY = 6;
const RESYNC_RETRY_MS = 1_000;

export interface HostTasksDeps extends SecretsDeps {
  readonly runtime: ContainerRuntime;
  readonly containerInstanceId: string;
  /** Limits tasks as a whole, if that is possible. */
  readonly cgroups?: TaskCgroups;
  readonly logger: Logger;
  /** Rejects if a task of the definition may not run on this host. Absent: all may. */
  readonly checkGuards?: (definition: TaskDefinition) => Promise<void>;
  /** Rejects if a task may not mount the engine's volume. Absent: all may. */
  readonly checkVolume?: TaskRunDeps['checkVolume'];
  /** How the operator bounds the containers of a task. Absent: not at all. */
  readonly boundsOf?: TaskRunDeps['boundsOf'];
  /** Throws where a container of the task must not start. Absent: all may. */
  readonly assertMayStart?: (plan: TaskPlan) => void;
  /** Variables for each container. Absent: none. */
  readonly variables?: AgentVariables;
  readonly now: () => EpochMs;
  readonly report: (ownerWorkflowId: string, report: TaskReport) => void;
  /** Stopped containers are kept this long for people to look at. */
  readonly cleanupWaitMs: number;
  /** At most this many of them are kept. Absent: all, for the whole time. */
  readonly kept?: KeptLimits;
  /** Whether every report of a task has reached its owner. Absent: always true. */
  readonly isTold?: (ownerWorkflowId: string, taskId: string) => boolean;
  /** Whether nobody but the engine has a host port. Absent: the engine's word is enough. */
  readonly isFreePort?: PortIsFree;
  /** How many creates and starts run at the same time. Absent: a number that suits a Docker engine. */
  readonly engineConcurrency?: number;
}

/** A task that the control plane expects on this host. */
export interface ExpectedHostTask {
  readonly taskId: string;
  readonly ownerWorkflowId: string;
  /** The task had reached RUNNING, so its containers must be here. */
  readonly wasRunning: boolean;
  readonly shouldStop: boolean;
}

type Found = Map<string, { plan: TaskPlan; containers: Map<string, ObservedContainer> }>;

export class HostTasks {
  readonly #deps: HostTasksDeps;
  readonly #runs = new Map<string, TaskRun>();
  readonly #ended: EndedTasks;
  readonly #cleanUp: CleanUp;
  readonly #slots: Slots;
  readonly #hostPorts: HostPorts;
  readonly #timers = new Timers();
  #subscription: { close(): void } | undefined;
  #engineLostAt: EpochMs | undefined;
  /** Events that came before the first list was processed. */
  #early: RuntimeEvent[] | undefined = [];

  constructor(deps: HostTasksDeps) {
    this.#deps = deps;
    this.#slots = new Slots(deps.engineConcurrency ?? ENGINE_CONCURRENCY);
    this.#hostPorts = new HostPorts(deps.runtime, deps.isFreePort);
    this.#ended = new EndedTasks(deps);
    this.#cleanUp = new CleanUp({ ...deps, onRemoved: (run) => this.#runs.delete(run.plan.taskId) });
  }

  /** Subscribes to events, then lists: from now on every task on the engine is known. */
  async open(): Promise<void> {
    const labels = { [LABELS.instance]: this.#deps.containerInstanceId };
    this.#subscription = await this.#deps.runtime.listen(labels, {
      onEvent: (event) => (this.#early === undefined ? this.#dispatch(event) : this.#early.push(event)),
      onLost: () => (this.#engineLostAt ??= this.#deps.now()),
      onResume: () => {
        this.#engineLostAt = undefined;
        void this.#resync();
      },
    });
    for (const [taskId, { plan, containers }] of await this.#find())
      this.#runs.set(taskId, TaskRun.adopt(plan, containers, this.#runDeps()));
    await this.#deps.cgroups?.sweep((taskId) => this.#runs.has(taskId));
    const early = this.#early ?? [];
    this.#early = undefined;
    early.forEach((event) => this.#dispatch(event));
  }

  /** For how many milliseconds the engine has been away; 0 while it answers. */
  get engineAwayMs(): number {
    return this.#engineLostAt === undefined ? 0 : this.#deps.now() - this.#engineLostAt;
  }

  /** The tasks that the host knows, with those that ended lately. */
  lives(): readonly TaskLife[] {
    return [...this.#runs.values()].map((run) => run.life);
  }

  life(taskId: string): TaskLife | undefined {
    return this.#runs.get(taskId)?.life;
  }

  /** Ends the subscription. Containers keep running. */
  close(): void {
    this.#subscription?.close();
    this.#cleanUp.close();
    this.#timers.clear();
  }

  /**
   * Compares the tasks that were found with the expected ones. Unexpected tasks are stopped and removed before this
   * resolves; the others are reported as they are now.
   */
  async reconcile(expected: readonly ExpectedHostTask[]): Promise<void> {
    const byId = new Map(expected.map((e) => [e.taskId, e]));
    const strangers = [...this.#runs.values()].filter((run) => !byId.has(run.plan.taskId));
    await Promise.all(strangers.map((run) => this.#discard(run)));
    for (const task of expected) {
      const run = this.#runs.get(task.taskId);
      // A task that must stop may never have started.
      if (run !== undefined) run.resume(task.wasRunning && !task.shouldStop);
      else if (task.wasRunning || task.shouldStop) this.#reportMissing(task);
    }
  }

  /**
   * Launches the task, or finds its launch that is under way or done. Undefined if the task ended long ago; its report
   * is then sent again.
   */
  launch(blueprint: TaskBlueprint): TaskRun | undefined {
    const { taskId, ownerWorkflowId } = blueprint.plan;
    if (this.#ended.reportAgain(taskId, ownerWorkflowId)) return undefined;
    const existing = this.#runs.get(taskId);
    if (existing === undefined) {
      const run = TaskRun.launch(blueprint, this.#runDeps());
      this.#runs.set(taskId, run);
      return run;
    }
    if (existing.isStopped || existing.hasStarted) existing.publish();
    existing.begin(blueprint);
    return existing;
  }

  /** Does not launch the task, now or later: its instance was given up, so it is reported as STOPPED. */
  decline(taskId: string, ownerWorkflowId: string): void {
    this.#ended.report(taskId, ownerWorkflowId, instanceLost(this.#deps.containerInstanceId));
  }

  /** Starts to stop the task. Undefined if it is not here; it is then reported as STOPPED. */
  stop(taskId: string, ownerWorkflowId: string): TaskRun | undefined {
    const run = this.#runs.get(taskId);
    if (run === undefined) {
      this.#ended.report(taskId, ownerWorkflowId);
      return undefined;
    }
    if (run.isStopped) run.publish();
    run.stop();
    return run;
  }

  #reportMissing({ taskId, ownerWorkflowId, wasRunning, shouldStop }: ExpectedHostTask): void {
    const vanished = wasRunning && !shouldStop;
    this.#ended.report(taskId, ownerWorkflowId, vanished ? TASK_VANISHED : {});
  }

  #dispatch(event: RuntimeEvent): void {
    const taskId = event.labels[LABELS.taskId];
    const name = event.labels[LABELS.containerName];
    if (taskId !== undefined && name !== undefined) this.#runs.get(taskId)?.onEvent(name, event);
  }

  #runDeps(): TaskRunDeps {
    const { runtime, containerInstanceId, now, logger, report } = this.#deps;
    const { cgroups, assertMayStart, checkGuards, checkVolume, boundsOf, secrets, variables } = this.#deps;
    return {
      runtime,
      containerInstanceId,
      now,
      logger,
      report,
      slots: this.#slots,
      hostPorts: this.#hostPorts,
      ...defined({ cgroups, assertMayStart, checkGuards, checkVolume, boundsOf, secrets, variables }),
      onStopped: (run) => this.#afterStop(run),
    };
  }

  /** Finds everything on the engine with this instance's label, by task and container name. */
  async #find(): Promise<Found> {
    const { runtime, containerInstanceId } = this.#deps;
    const ids = await runtime.list({ [LABELS.instance]: containerInstanceId });
    const inspecting = new Slots(ENGINE_CONCURRENCY);
    const observed = await Promise.all(ids.map((id) => inspecting.run(() => runtime.inspect(id))));
    const found: Found = new Map();
    for (const container of observed) {
      const plan = container === undefined ? undefined : planFrom(container.labels);
      const name = container?.labels[LABELS.containerName];
      if (container === undefined || plan === undefined || name === undefined) continue;
      const task = found.get(plan.taskId) ?? { plan, containers: new Map<string, ObservedContainer>() };
      task.containers.set(name, container);
      found.set(plan.taskId, task);
    }
    return found;
  }

  /** Events may have been missed, so this compares every task with what the engine lists. */
  async #resync(): Promise<void> {
    try {
      const found = await this.#find();
      for (const run of this.#runs.values()) run.resync(found.get(run.plan.taskId)?.containers ?? new Map());
      this.#deps.logger.info({ tasks: this.#runs.size }, 'the container engine answers again');
    } catch (error) {
      this.#deps.logger.warn({ err: error }, 'could not list containers; trying again');
      this.#timers.later(RESYNC_RETRY_MS, () => void this.#resync());
    }
  }

  async #discard(run: TaskRun): Promise<void> {
    this.#deps.logger.info({ taskId: run.plan.taskId }, 'stopping and removing an unexpected task');
    run.disown();
    run.stop();
    await run.until('stopped');
    await this.#cleanUp.remove(run);
  }

  #afterStop(run: TaskRun): void {
    this.#ended.remember(run.report());
    this.#cleanUp.afterStop(run);
  }
}
