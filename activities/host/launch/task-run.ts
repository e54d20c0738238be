/**
 * One task on this host, from launch to clean-up. It lives in the agent, not in an activity: activities attach to it.
 * Every change ends in `advance`, which asks the pure graph what comes next; states go forwards only.
 */
import type { Logger } from 'pino';
import type { StopCode } from '../../../model/status.ts';
import type { TaskReport } from '../../../model/task.ts';
import type { EpochMs } from '../../../model/time.ts';
import { RuntimeError } from '../runtime/types.ts';
import type { ContainerRuntime, ObservedContainer, RuntimeEvent } from '../runtime/types.ts';
import { adoptedRecord, applyObserved, endRecord, newRecord } from './container-record.ts';
import type { ContainerRecord } from './container-record.ts';
import { stopContainer } from './container-stop.ts';
import { containerSpec, definitionOf } from './container-spec.ts';
import type { TaskBlueprint } from './container-spec.ts';
import { nextSteps, shouldRestart } from './graph.ts';
import { HOLDER_NAME } from './labels.ts';
import type { TaskPlan } from './plan.ts';
import type { TaskCgroups } from '../limits/task-cgroups.ts';
import { ensureCgroup, ensureVolumes, failureText, refuseUnsupported, startHolder } from './preparation.ts';
import type { Slots } from './slots.ts';
import { toTaskReport } from './task-report.ts';
import type { TaskAddress } from './task-report.ts';
import { Waiters } from './waiters.ts';
import type { Settled } from './waiters.ts';

/** A launch that takes longer than this is reported as PENDING with its pull times; quicker ones go straight to RUNNING. */
const PENDING_REPORT_AFTER_MS = 2_000;
const VANISHED = 'ContainerVanishedError: No container matching saved ID found';

export interface TaskRunDeps {
  readonly runtime: ContainerRuntime;
  readonly containerInstanceId: string;
  readonly cgroups?: TaskCgroups;
  /** Bounds the creates and starts of all tasks together. */
  readonly slots: Slots;
  readonly now: () => EpochMs;
  readonly logger: Logger;
  readonly report: (ownerWorkflowId: string, report: TaskReport) => void;
  /** All containers have stopped: time to think of removing them. */
  readonly onStopped: (run: TaskRun) => void;
}

export class TaskRun {
  readonly plan: TaskPlan;
  private readonly deps: TaskRunDeps;
  private readonly records: ReadonlyMap<string, ContainerRecord>;
  private blueprint: TaskBlueprint | undefined;
  private holderId: string | undefined;
  private address: TaskAddress | undefined;
  private cgroupParent: string | undefined;
  private holderRemoval: Promise<void> | undefined;
  /** Network and volumes are there: containers may be created. */
  private prepared = false;
  private stopping = false;
  private isDisowned = false;
  private times: { pullStartedAt?: EpochMs; pullStoppedAt?: EpochMs; startedAt?: EpochMs } = {};
  private executionStoppedAt: EpochMs | undefined;
  private stoppedAt: EpochMs | undefined;
  private stopCode: StopCode | undefined;
  private stoppedReason: string | undefined;
  private timer: NodeJS.Timeout | undefined;
  private readonly waiters = new Waiters();

  private constructor(plan: TaskPlan, records: readonly ContainerRecord[], deps: TaskRunDeps) {
    this.plan = plan;
    this.deps = deps;
    this.records = new Map(records.map((r) => [r.plan.name, r]));
  }

  /** A new task; it begins at once. */
  static launch(blueprint: TaskBlueprint, deps: TaskRunDeps): TaskRun {
    const run = new TaskRun(blueprint.plan, blueprint.plan.containers.map(newRecord), deps);
    run.begin(blueprint);
    return run;
  }

  /** A task whose containers were found on the engine, by container name. It goes on from there. */
  static adopt(plan: TaskPlan, found: ReadonlyMap<string, ObservedContainer>, deps: TaskRunDeps): TaskRun {
    const records = plan.containers.map((c) => adoptedRecord(c, found.get(c.name)));
    const run = new TaskRun(plan, records, deps);
    const holder = found.get(HOLDER_NAME);
    // A holder that does not run is started, or found missing, when the task is launched again.
    if (holder?.status === 'running') run.holderId = holder.id;
    run.address = holder?.address;
    if (records.every((r) => r.startedAt !== undefined))
      run.times.startedAt = Math.max(...records.map((r) => r.startedAt ?? 0));
    return run;
  }

  get isStopped(): boolean {
    return this.stoppedAt !== undefined;
  }

  /** False for an adopted task that had not reached RUNNING: it waits to be launched again. */
  get hasBlueprint(): boolean {
    return this.blueprint !== undefined;
  }

  get hasStarted(): boolean {
    return this.times.startedAt !== undefined;
  }

  /** Engine ids of its containers; the holder has its own way out. */
  get containerIds(): readonly string[] {
    return [...this.records.values()].map((r) => r.containerId).filter((id) => id !== undefined);
  }

  /** Launches the task, or what is missing of it after an agent's return. */
  begin(blueprint: TaskBlueprint): void {
    if (this.blueprint !== undefined || this.isStopped) return;
    this.blueprint = blueprint;
    void this.prepare(blueprint);
  }

  /** After an adoption: notices what ended meanwhile, and tells the owner. A task that had been RUNNING must be complete. */
  resume(wasRunning: boolean): void {
    const now = this.deps.now();
    for (const record of this.records.values()) {
      if (wasRunning && record.phase === 'waiting') {
        record.phase = 'stopped';
        record.reason = VANISHED;
      }
      if (record.phase === 'stopped' && record.plan.essential) this.onEssentialEnd(record.finishedAt ?? now);
    }
    this.advance();
    if (!this.isStopped && this.hasStarted) this.publish();
  }

  /** Nobody waits for this task any more: its owner is not told of it. */
  disown(): void {
    this.isDisowned = true;
  }

  /** The holder of the task's namespaces goes as soon as the task has stopped. Resolves when it is gone. */
  removeHolder(): Promise<void> {
    const { holderId } = this;
    if (holderId === undefined) return Promise.resolve();
    this.holderRemoval ??= this.deps.runtime
      .remove(holderId)
      .catch((error: unknown) => this.deps.logger.warn(error, 'cannot remove the holder of a network'));
    return this.holderRemoval;
  }

  /** Ends the task: containers stop in reverse dependency order. The owner's reason, if any, is its own affair. */
  stop(): void {
    this.beginStop();
    this.advance();
  }

  /** Resolves when the task is RUNNING or STOPPED, or, with `stopped` alone, when it is STOPPED. */
  until(...settled: readonly Settled[]): Promise<void> {
    if (this.isStopped || (settled.includes('running') && this.hasStarted)) return Promise.resolve();
    return this.waiters.until(settled);
  }

  /** Tells the owner how the task stands. */
  publish(): void {
    if (!this.isDisowned) this.deps.report(this.plan.ownerWorkflowId, this.report());
  }

  report(): TaskReport {
    return toTaskReport({
      plan: this.plan,
      containerInstanceId: this.deps.containerInstanceId,
      records: [...this.records.values()],
      ...this.times,
      ...(this.address === undefined ? {} : { address: this.address }),
      ...(this.executionStoppedAt === undefined ? {} : { executionStoppedAt: this.executionStoppedAt }),
      ...(this.stoppedAt === undefined ? {} : { stoppedAt: this.stoppedAt }),
      ...(this.stopCode === undefined ? {} : { stopCode: this.stopCode }),
      ...(this.stoppedReason === undefined ? {} : { stoppedReason: this.stoppedReason }),
    });
  }

  // ---- what the engine tells ------------------------------------------------------------------------------------

  /** An event of one of the task's containers. Repeats and late ones change nothing. */
  onEvent(containerName: string, event: RuntimeEvent): void {
    const record = this.records.get(containerName);
    if (record === undefined || this.isStopped) {
      if (containerName === HOLDER_NAME) this.onHolderEvent(event);
      return;
    }
    if (record.containerId !== undefined && record.containerId !== event.containerId) return;
    switch (event.kind) {
      case 'started':
        break;
      case 'oom':
        record.oomKilled = true;
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
    for (const record of this.records.values()) {
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
    if (record.phase === 'starting') record.earlyEnd = end;
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
    if (record.phase === 'stopped' || record.phase === 'waiting') return;
    record.reason ??= VANISHED;
    this.onDied(record, {});
  }

  /** Without their namespaces the containers have no network: the task ends. */
  private onHolderEvent(event: RuntimeEvent): void {
    if (this.isStopped || event.kind !== 'died' || this.stopping) return;
    this.fail(new RuntimeError('ContainerRuntimeError', 'the container that holds the network of the task ended'));
  }

  private onEnd(record: ContainerRecord, end: { exitCode?: number; oomKilled?: boolean }): void {
    if (record.phase === 'stopped' || record.phase === 'waiting') return;
    const endedAt = this.deps.now();
    const startedAt = record.restartedAt ?? record.startedAt ?? endedAt;
    if (!this.stopping && shouldRestart(record.plan, { exitCode: end.exitCode, startedAt, endedAt })) {
      void this.restart(record, endedAt);
      return;
    }
    endRecord(record, end);
    if (record.plan.essential) this.onEssentialEnd(endedAt);
    this.advance();
    // A task that stopped has said so already.
    if (this.hasStarted && !this.isStopped) this.publish();
  }

  private onEssentialEnd(endedAt: EpochMs): void {
    this.executionStoppedAt ??= endedAt;
    if (this.stopping) return;
    this.stopCode = 'EssentialContainerExited';
    this.stoppedReason = 'Essential container in task exited';
    this.beginStop();
  }

  // ---- steps ----------------------------------------------------------------------------------------------------

  private async prepare(blueprint: TaskBlueprint): Promise<void> {
    this.times.pullStartedAt ??= this.deps.now();
    const slow = setTimeout(() => {
      if (!this.hasStarted && !this.isStopped) this.publish();
    }, PENDING_REPORT_AFTER_MS);
    try {
      refuseUnsupported(blueprint);
      await Promise.all([this.pullAll(blueprint), this.prepareHost(blueprint)]);
    } catch (error) {
      this.fail(error);
    } finally {
      clearTimeout(slow);
    }
  }

  private async pullAll(blueprint: TaskBlueprint): Promise<void> {
    const waiting = [...this.records.values()].filter((r) => r.phase === 'waiting');
    await Promise.all(waiting.map((record) => this.pull(blueprint, record)));
    this.times.pullStoppedAt ??= this.deps.now();
    this.advance();
  }

  private async pull(blueprint: TaskBlueprint, record: ContainerRecord): Promise<void> {
    try {
      const image = definitionOf(blueprint, record.plan.name).image ?? '';
      const { digest } = await this.deps.runtime.ensureImage(image);
      if (digest !== undefined) record.imageDigest = digest;
      record.pulled = true;
    } catch (error) {
      this.onFailure(record, error);
    }
    this.advance();
  }

  private async prepareHost(blueprint: TaskBlueprint): Promise<void> {
    const { runtime, slots } = this.deps;
    await ensureVolumes(runtime, blueprint);
    this.cgroupParent = await ensureCgroup(this.deps.cgroups, blueprint);
    if (this.plan.hasHolder && this.holderId === undefined) {
      const holder = await startHolder(runtime, slots, blueprint);
      this.holderId = holder.id;
      this.address = holder.address;
      // The task ended meanwhile, and with it the holder was to go.
      if (this.isStopped) await this.removeHolder();
    }
    this.prepared = true;
    this.advance();
  }

  /** Carries out what the graph says comes next. Cheap: called after every change. */
  private advance(): void {
    if (this.isStopped) return;
    const steps = nextSteps({
      plans: this.plan.containers,
      states: this.records,
      stopping: this.stopping,
      now: this.deps.now(),
    });
    for (const { name, reason } of steps.unreachable) this.onUnreachable(name, reason);
    if (this.prepared) for (const name of steps.start) void this.start(this.recordOf(name));
    for (const name of steps.stop) void this.stopContainer(this.recordOf(name));
    this.settle();
    clearTimeout(this.timer);
    if (steps.wakeAt !== undefined && !this.stopping)
      this.timer = setTimeout(() => this.advance(), Math.max(steps.wakeAt - this.deps.now(), 0));
  }

  private async start(record: ContainerRecord): Promise<void> {
    const { blueprint } = this;
    if (blueprint === undefined || record.phase !== 'waiting') return;
    record.phase = 'starting';
    try {
      const started = await this.deps.slots.run(() => this.createAndStart(blueprint, record));
      if (started) await this.onStarted(blueprint, record);
      if (record.earlyEnd !== undefined) this.onEnd(record, record.earlyEnd);
    } catch (error) {
      this.onFailure(record, error);
    }
    this.advance();
  }

  /** False when the task was to end meanwhile: nothing starts then. */
  private async createAndStart(blueprint: TaskBlueprint, record: ContainerRecord): Promise<boolean> {
    if (this.stopping) return this.giveUp(record);
    const { cgroupParent } = this;
    const spec = containerSpec(blueprint, record.plan.name, this.ids());
    record.containerId ??= await this.deps.runtime.create(
      cgroupParent === undefined ? spec : { ...spec, cgroupParent },
    );
    if (this.isStoppingNow()) return this.giveUp(record);
    await this.deps.runtime.start(record.containerId);
    return true;
  }

  private giveUp(record: ContainerRecord): false {
    record.phase = 'stopped';
    return false;
  }

  // Read again after an await: the compiler takes the field for unchanged.
  private isStoppingNow(): boolean {
    return this.stopping;
  }

  private async onStarted(blueprint: TaskBlueprint, record: ContainerRecord): Promise<void> {
    record.startedAt ??= this.deps.now();
    const { portMappings } = definitionOf(blueprint, record.plan.name);
    const showsPorts = this.plan.networkMode === 'bridge' && (portMappings?.length ?? 0) > 0;
    if (showsPorts && record.containerId !== undefined)
      record.networkBindings = (await this.deps.runtime.inspect(record.containerId))?.networkBindings ?? [];
    record.phase = 'running';
  }

  private async restart(record: ContainerRecord, at: EpochMs): Promise<void> {
    record.restartedAt = at;
    try {
      if (record.containerId !== undefined) await this.deps.runtime.start(record.containerId);
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

  private beginStop(): void {
    this.stopping = true;
    for (const record of this.records.values()) if (record.phase === 'waiting') record.phase = 'stopped';
  }

  /** A container could not be launched. Only essential ones end the task. */
  private onFailure(record: ContainerRecord, error: unknown): void {
    record.phase = 'stopped';
    record.reason = failureText(error);
    if (record.plan.essential) this.fail(error);
  }

  private onUnreachable(name: string, reason: string): void {
    const record = this.recordOf(name);
    record.phase = 'stopped';
    record.reason = `TaskDependencyError: ${reason}`;
    this.fail(
      new RuntimeError('TaskDependencyError', `Task dependencies cannot be resolved, taskArn: ${this.plan.taskArn}`),
    );
  }

  /** The task cannot start, or cannot go on; the first reason stays. */
  private fail(error: unknown): void {
    if (this.stopping) return;
    this.deps.logger.info({ taskId: this.plan.taskId, reason: failureText(error) }, 'task failed');
    this.stopCode = this.hasStarted ? 'EssentialContainerExited' : 'TaskFailedToStart';
    this.stoppedReason = failureText(error);
    this.beginStop();
    this.advance();
  }

  private settle(): void {
    const records = [...this.records.values()];
    if (this.stopping && records.every((r) => r.phase === 'stopped')) {
      this.finish();
      return;
    }
    const isUp = records.every((r) => r.phase === 'running' || r.phase === 'stopped');
    if (this.hasStarted || this.stopping || !isUp) return;
    this.times.startedAt = this.deps.now();
    this.publish();
    this.waiters.release('running');
  }

  private finish(): void {
    if (this.isStopped) return;
    clearTimeout(this.timer);
    this.stoppedAt = this.deps.now();
    this.publish();
    this.waiters.release('stopped');
    this.deps.onStopped(this);
  }

  private recordOf(name: string): ContainerRecord {
    const record = this.records.get(name);
    if (record === undefined) throw new Error(`no container ${name} in task ${this.plan.taskId}`);
    return record;
  }

  private ids(): Map<string, string> {
    const ids = new Map<string, string>();
    if (this.holderId !== undefined) ids.set(HOLDER_NAME, this.holderId);
    for (const record of this.records.values())
      if (record.containerId !== undefined) ids.set(record.plan.name, record.containerId);
    return ids;
  }
}
