/**
 * One task on this host, from launch to clean-up. It lives in the agent, not in an activity: activities attach to it.
 * Every change ends in `advance`, which asks the pure graph what comes next.
 */
import type { Logger } from 'pino';
import type { TaskReport } from '../../../model/task.ts';
import type { EpochMs } from '../../../model/time.ts';
import type { ObservedContainer, RuntimeEvent } from '../runtime/types.ts';
import {
  adoptedRecord,
  applyObserved,
  endRecord,
  failRecord,
  mayLackMemory,
  newRecord,
  noteOutOfMemory,
} from './container-record.ts';
import type { ContainerRecord } from './container-record.ts';
import { stopContainer } from './container-stop.ts';
import type { TaskBlueprint } from './container-spec.ts';
import { hadTheirTurn, nextSteps, shouldRestart } from './graph.ts';
import { HolderRemoval } from './holder-removal.ts';
import { HOLDER_NAME } from './labels.ts';
import type { TaskPlan } from './plan.ts';
import { failureText } from './preparation.ts';
import { TaskProgress } from './task-progress.ts';
import { toTaskReport } from './task-report.ts';
import { readBindings, TaskStart } from './task-start.ts';
import type { TaskStartDeps } from './task-start.ts';
import { VANISHED } from './vanished.ts';
import { Waiters } from './waiters.ts';
import type { Settled } from './waiters.ts';

/** The engine tells of memory that ran out apart from the end, and now and then after it. */
const MEMORY_NEWS_MS = 250;
const ESSENTIAL_EXITED = {
  stopCode: 'EssentialContainerExited',
  stoppedReason: 'Essential container in task exited',
} as const;

/** Its `slots` bound the creates and starts of all tasks together. */
export interface TaskRunDeps extends TaskStartDeps {
  readonly containerInstanceId: string;
  readonly logger: Logger;
  readonly report: (ownerWorkflowId: string, report: TaskReport) => void;
  /** All containers have stopped: time to think of removing them. */
  readonly onStopped: (run: TaskRun) => void;
}

export class TaskRun {
  readonly plan: TaskPlan;
  private readonly deps: TaskRunDeps;
  private readonly task: TaskProgress;
  /** Set once it is known what is to be launched. */
  private way: TaskStart | undefined;
  private readonly holder: HolderRemoval;
  private isDisowned = false;
  private timer: NodeJS.Timeout | undefined;
  /** All have ended, one killed by nobody knows whom: how long to wait for the engine's word. */
  private memoryNews: NodeJS.Timeout | 'late' | undefined;
  /** That it is RUNNING has been told. */
  private isAnnounced = false;
  private isFinishing = false;
  private readonly waiters = new Waiters();

  private constructor(task: TaskProgress, deps: TaskRunDeps) {
    this.plan = task.plan;
    this.task = task;
    this.deps = deps;
    this.isAnnounced = task.hasStarted;
    this.holder = new HolderRemoval(task, deps);
  }

  /** A new task; it begins at once. */
  static launch(blueprint: TaskBlueprint, deps: TaskRunDeps): TaskRun {
    const { plan } = blueprint;
    const run = new TaskRun(new TaskProgress(plan, plan.containers.map(newRecord)), deps);
    run.begin(blueprint);
    return run;
  }

  /** A task whose containers were found on the engine, by container name. It goes on from there. */
  static adopt(plan: TaskPlan, found: ReadonlyMap<string, ObservedContainer>, deps: TaskRunDeps): TaskRun {
    const records = plan.containers.map((c) => adoptedRecord(c, found.get(c.name)));
    const task = new TaskProgress(plan, records);
    const holder = found.get(HOLDER_NAME);
    // A holder that has ended is started when the task is launched again, and is removed in any case.
    task.holderId = holder?.id;
    task.holderRuns = holder?.status === 'running';
    task.address = holder?.address;
    if (records.every((r) => r.startedAt !== undefined))
      task.startedAt = Math.max(...records.map((r) => r.startedAt ?? 0));
    return new TaskRun(task, deps);
  }

  get isStopped(): boolean {
    return this.task.isStopped;
  }

  /** False for an adopted task that had not reached RUNNING: it waits to be launched again. */
  get hasBlueprint(): boolean {
    return this.way !== undefined;
  }

  get hasStarted(): boolean {
    return this.task.hasStarted;
  }

  /** Engine ids of its containers; the holder has its own way out. */
  get containerIds(): readonly string[] {
    return this.task.containers.map((r) => r.containerId).filter((id) => id !== undefined);
  }

  /** Launches the task, or what is missing of it after an agent's return. */
  begin(blueprint: TaskBlueprint): void {
    if (this.way !== undefined || this.isStopped) return;
    this.way = new TaskStart(blueprint, this.task, this.deps, {
      onProgress: () => this.advance(),
      onSlow: () => this.publish(),
      onFailure: (error) => this.fail(failureText(error)),
      onContainerFailure: (record, error) => this.onFailure(record, error),
      onContainerEnd: (record, end) => this.onEnd(record, end),
      onLateHolder: () => this.removeHolder(),
    });
    void this.way.prepare();
  }

  /** After an adoption: notices what ended meanwhile, and tells the owner. A task that had been RUNNING must be complete. */
  resume(wasRunning: boolean): void {
    const now = this.deps.now();
    for (const record of this.task.containers) {
      if (wasRunning && record.phase === 'waiting') failRecord(record, VANISHED);
    }
    const ended = this.task.containers.filter((r) => r.phase === 'stopped' && r.plan.essential);
    const stoppedReason = ended.find((r) => r.startedAt === undefined)?.reason;
    if (!wasRunning && stoppedReason !== undefined)
      this.task.beginStop({ stopCode: 'TaskFailedToStart', stoppedReason });
    for (const record of ended) this.onEssentialEnd(record, record.finishedAt ?? now);
    this.advance();
    if (!this.isStopped && this.hasStarted) this.publish();
  }

  /** Nobody waits for this task any more: its owner is not told of it. */
  disown(): void {
    this.isDisowned = true;
  }

  /** The holder of the task's namespaces goes as soon as the task has stopped. Resolves when it is gone. */
  removeHolder(): Promise<void> {
    return this.holder.run();
  }

  /** Ends the task: containers stop in reverse dependency order. The owner's reason, if any, is its own affair. */
  stop(): void {
    this.task.beginStop();
    this.advance();
  }

  /** Resolves when the task is RUNNING or STOPPED, or, with `stopped` alone, when it is STOPPED. */
  until(...settled: readonly Settled[]): Promise<void> {
    if (this.isStopped || (settled.includes('running') && this.isAnnounced)) return Promise.resolve();
    return this.waiters.until(settled);
  }

  /** Tells the owner how the task stands. One that is RUNNING shows its host ports from the first. */
  publish(): void {
    const isIncomplete = this.task.containers.some((r) => r.phase === 'running' && r.awaitsBindings);
    if (!this.isDisowned && !isIncomplete) this.deps.report(this.plan.ownerWorkflowId, this.report());
  }

  report(): TaskReport {
    return toTaskReport(this.task, this.deps.containerInstanceId);
  }

  // ---- what the engine tells ------------------------------------------------------------------------------------

  /** An event of one of the task's containers. Repeats and late ones change nothing. */
  onEvent(containerName: string, event: RuntimeEvent): void {
    const record = this.task.records.get(containerName);
    if (record === undefined || this.isStopped) {
      if (containerName === HOLDER_NAME) this.onHolderEvent(event);
      return;
    }
    if (record.containerId !== undefined && record.containerId !== event.containerId) return;
    switch (event.kind) {
      case 'started':
        break;
      case 'oom':
        if (!noteOutOfMemory(record)) break;
        if (this.hasStarted) this.publish();
        this.settle();
        break;
      case 'health':
        this.onHealth(record, event);
        break;
      case 'died':
        this.onDied(record, event.exitCode === undefined ? {} : { exitCode: event.exitCode });
        break;
      case 'removed':
        this.onVanished(record);
        break;
    }
  }

  /** What the engine shows of the task's containers after events may have been missed, by container name. */
  resync(found: ReadonlyMap<string, ObservedContainer>): void {
    for (const record of this.task.containers) {
      if (record.phase !== 'running' && record.phase !== 'stopping') continue;
      const observed = found.get(record.plan.name);
      if (observed === undefined) this.onVanished(record);
      else if (observed.status === 'exited') this.onEnd(record, observed);
      else if (observed.health !== record.health) {
        applyObserved(record, observed);
        this.publish();
      }
    }
    this.advance();
  }

  /** While its start is under way, the engine's answer comes first: a failed start tells of an end too. */
  private onDied(record: ContainerRecord, end: { exitCode?: number }): void {
    if (record.phase === 'starting') record.earlyEnd ??= end;
    else this.onEnd(record, end);
  }

  private onHealth(record: ContainerRecord, event: RuntimeEvent): void {
    if (event.health === undefined || record.health === event.health) return;
    record.health = event.health;
    this.advance();
    if (this.hasStarted) this.publish();
  }

  /** Removed by hand, or with its engine: a container that was known is gone. */
  private onVanished(record: ContainerRecord): void {
    if (record.phase === 'stopped' || record.phase === 'waiting' || record.earlyEnd !== undefined) return;
    record.reason ??= VANISHED;
    this.onDied(record, {});
  }

  /** Without their namespaces the containers have no network: the task ends. */
  private onHolderEvent(event: RuntimeEvent): void {
    if (this.isStopped || event.kind !== 'died' || this.task.isStopping) return;
    this.fail('ContainerRuntimeError: the container that holds the network of the task ended');
  }

  private onEnd(record: ContainerRecord, end: { exitCode?: number; oomKilled?: boolean }): void {
    if (record.phase === 'stopped' || record.phase === 'waiting') return;
    const endedAt = this.deps.now();
    const startedAt = record.restartedAt ?? record.startedAt ?? endedAt;
    if (!this.task.isStopping && shouldRestart(record.plan, { exitCode: end.exitCode, startedAt, endedAt })) {
      void this.restart(record, endedAt);
      return;
    }
    endRecord(record, end);
    if (record.plan.essential) this.onEssentialEnd(record, endedAt);
    this.advance();
    // A task that stopped has said so already.
    if (this.hasStarted && !this.isStopped) this.publish();
  }

  private onEssentialEnd(record: ContainerRecord, endedAt: EpochMs): void {
    this.task.executionStoppedAt ??= endedAt;
    if (this.task.isStopping) return;
    if (record.startedAt !== undefined) this.noteRun();
    this.task.beginStop(ESSENTIAL_EXITED);
  }

  /** An essential container has run: so has the task, where it was the engine alone that had yet to start another. */
  private noteRun(): void {
    const { task, plan } = this;
    if (task.hasStarted || !hadTheirTurn({ plans: plan.containers, states: task.records })) return;
    task.startedAt = Math.max(...task.containers.map((r) => r.startedAt ?? 0));
  }

  // ---- steps ----------------------------------------------------------------------------------------------------

  /** Carries out what the graph says comes next. Cheap: called after every change. */
  private advance(): void {
    if (this.isStopped) return;
    const { task, way } = this;
    const stopping = task.isStopping;
    const steps = nextSteps({ plans: this.plan.containers, states: task.records, stopping, now: this.deps.now() });
    if (steps.unreachable.length > 0) {
      for (const { name, reason } of steps.unreachable) this.onUnreachable(name, reason);
      // Others may have waited for these.
      this.advance();
      return;
    }
    if (way?.isPrepared === true) for (const name of steps.start) void way.start(task.recordOf(name));
    for (const name of steps.stop) void this.stopContainer(task.recordOf(name));
    this.settle();
    clearTimeout(this.timer);
    if (steps.wakeAt !== undefined && !task.isStopping)
      this.timer = setTimeout(() => this.advance(), Math.max(steps.wakeAt - this.deps.now(), 0));
  }

  private async restart(record: ContainerRecord, at: EpochMs): Promise<void> {
    const ranSince = record.restartedAt ?? record.startedAt;
    record.restartedAt = at;
    try {
      if (record.containerId !== undefined) await this.deps.runtime.start(record.containerId, ranSince);
      if (record.networkBindings.length === 0) return;
      await readBindings(record, this.deps.runtime);
      this.publish();
    } catch (error) {
      this.onFailure(record, error);
      this.advance();
    }
  }

  private async stopContainer(record: ContainerRecord): Promise<void> {
    record.phase = 'stopping';
    const { containerId } = record;
    if (containerId === undefined) {
      this.onEnd(record, {});
      return;
    }
    const { runtime, logger } = this.deps;
    await stopContainer(record, containerId, {
      runtime,
      logger,
      onEnd: (observed) => this.onEnd(record, observed),
      onVanished: () => this.onVanished(record),
    });
  }

  // ---- ends -----------------------------------------------------------------------------------------------------

  /** A container could not be launched, or not be looked at once it was. Only essential ones end the task. */
  private onFailure(record: ContainerRecord, error: unknown): void {
    const reason = failureText(error);
    if (record.phase === 'running') {
      record.reason = reason;
      if (!record.plan.essential) void this.stopContainer(record);
    } else failRecord(record, reason);
    if (record.plan.essential) this.fail(reason);
  }

  /** What it waits for will never be: it ends without having run, and its task with it if it is essential. */
  private onUnreachable(name: string, reason: string): void {
    const record = this.task.recordOf(name);
    failRecord(record, `TaskDependencyError: ${reason}`);
    if (record.plan.essential)
      this.fail(`TaskDependencyError: Task dependencies cannot be resolved, taskArn: ${this.plan.taskArn}`);
  }

  /** The task cannot start, or cannot go on; the first reason stays. */
  private fail(stoppedReason: string): void {
    if (this.task.isStopping) return;
    this.deps.logger.info({ taskId: this.plan.taskId, stoppedReason }, 'a task failed');
    const stopCode = this.hasStarted ? 'EssentialContainerExited' : 'TaskFailedToStart';
    this.task.beginStop({ stopCode, stoppedReason });
    this.advance();
  }

  private settle(): void {
    const { task } = this;
    if (task.isStopping && task.containers.every((r) => r.phase === 'stopped')) {
      if (this.memoryNews !== 'late' && task.containers.some(mayLackMemory)) this.awaitMemoryNews();
      else void this.finish();
      return;
    }
    const isUp = task.containers.every((r) => r.phase === 'running' || r.phase === 'stopped');
    if (task.isStopping || !isUp) return;
    task.startedAt ??= this.deps.now();
    if (this.isAnnounced || task.containers.some((r) => r.awaitsBindings && r.phase === 'running')) return;
    this.isAnnounced = true;
    this.publish();
    this.waiters.release('running');
  }

  /** STOPPED is the last that is heard of a task, so the reason must be in it. That its containers ended is told already. */
  private awaitMemoryNews(): void {
    this.memoryNews ??= setTimeout(() => {
      this.memoryNews = 'late';
      this.settle();
    }, MEMORY_NEWS_MS);
  }

  private async finish(): Promise<void> {
    if (this.isFinishing) return;
    this.isFinishing = true;
    clearTimeout(this.timer);
    if (this.memoryNews !== 'late') clearTimeout(this.memoryNews);
    if (this.plan.networkMode === 'awsvpc' && this.task.holderRuns) await this.releaseNetwork();
    this.task.stoppedAt = this.deps.now();
    this.publish();
    this.waiters.release('stopped');
    this.deps.onStopped(this);
  }

  private async releaseNetwork(): Promise<void> {
    this.task.isDeprovisioning = true;
    this.publish();
    await this.holder.run();
  }
}
