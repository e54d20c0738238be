/** The way up of one task: images, volumes and the holder of its namespaces, then each container when its turn comes. */
import type { EpochMs } from '../../../model/time.ts';
import type { TaskCgroups } from '../limits/task-cgroups.ts';
import type { ContainerRuntime } from '../runtime/types.ts';
import { startRecord } from './container-record.ts';
import type { ContainerRecord } from './container-record.ts';
import { containerSpec, definitionOf } from './container-spec.ts';
import type { TaskBlueprint } from './container-spec.ts';
import { ensureCgroup, ensureVolumes, refuseUnsupported, startHolder } from './preparation.ts';
import type { Slots } from './slots.ts';
import type { TaskProgress } from './task-progress.ts';

/** A launch that takes longer than this is reported as PENDING with its pull times; quicker ones go straight to RUNNING. */
const PENDING_REPORT_AFTER_MS = 2_000;

export interface TaskStartDeps {
  readonly runtime: ContainerRuntime;
  readonly cgroups?: TaskCgroups;
  readonly slots: Slots;
  readonly now: () => EpochMs;
}

/** What the way up tells of itself. */
export interface TaskStartListener {
  /** Time to ask what comes next. */
  onProgress(): void;
  /** It takes a while. */
  onSlow(): void;
  /** The task cannot start. */
  onFailure(error: unknown): void;
  /** A container could not be launched. */
  onContainerFailure(record: ContainerRecord, error: unknown): void;
  onContainerEnd(record: ContainerRecord, end: { exitCode?: number }): void;
  /** There is a holder now, for a task that has ended meanwhile. */
  onLateHolder(): Promise<void>;
}

export class TaskStart {
  private readonly blueprint: TaskBlueprint;
  private readonly task: TaskProgress;
  private readonly deps: TaskStartDeps;
  private readonly listener: TaskStartListener;
  private cgroupParent: string | undefined;
  private prepared = false;

  constructor(blueprint: TaskBlueprint, task: TaskProgress, deps: TaskStartDeps, listener: TaskStartListener) {
    this.blueprint = blueprint;
    this.task = task;
    this.deps = deps;
    this.listener = listener;
  }

  /** Network and volumes are there: containers may be created. */
  get isPrepared(): boolean {
    return this.prepared;
  }

  async prepare(): Promise<void> {
    const { task, listener } = this;
    task.pullStartedAt ??= this.deps.now();
    const slow = setTimeout(() => {
      if (!task.hasStarted && !task.isStopped) listener.onSlow();
    }, PENDING_REPORT_AFTER_MS);
    try {
      refuseUnsupported(this.blueprint);
      await Promise.all([this.pullAll(), this.prepareHost()]);
    } catch (error) {
      listener.onFailure(error);
    } finally {
      clearTimeout(slow);
    }
  }

  /** Creates and starts the container; in vain when the task is to end meanwhile. */
  async start(record: ContainerRecord): Promise<void> {
    if (record.phase !== 'waiting') return;
    record.phase = 'starting';
    try {
      const started = await this.deps.slots.run(() => this.createAndStart(record));
      if (started) await this.onStarted(record);
    } catch (error) {
      this.listener.onContainerFailure(record, error);
    }
    this.listener.onProgress();
  }

  private async pullAll(): Promise<void> {
    const waiting = this.task.containers.filter((r) => r.phase === 'waiting');
    await Promise.all(waiting.map((record) => this.pull(record)));
    this.task.pullStoppedAt ??= this.deps.now();
    this.listener.onProgress();
  }

  private async pull(record: ContainerRecord): Promise<void> {
    try {
      const image = definitionOf(this.blueprint, record.plan.name).image ?? '';
      const { digest } = await this.deps.runtime.ensureImage(image);
      if (digest !== undefined) record.imageDigest = digest;
      record.pulled = true;
    } catch (error) {
      this.listener.onContainerFailure(record, error);
    }
    this.listener.onProgress();
  }

  private async prepareHost(): Promise<void> {
    const { blueprint, task } = this;
    const { runtime, slots, cgroups } = this.deps;
    await ensureVolumes(runtime, blueprint);
    this.cgroupParent = await ensureCgroup(cgroups, blueprint);
    if (task.plan.hasHolder && !task.holderRuns) {
      const holder = await startHolder(runtime, slots, blueprint);
      task.holderId = holder.id;
      task.holderRuns = true;
      task.address = holder.address;
      // The task ended meanwhile, and with it the holder was to go.
      if (task.isStopped) await this.listener.onLateHolder();
    }
    this.prepared = true;
    this.listener.onProgress();
  }

  /** False when the task was to end meanwhile: nothing starts then. */
  private async createAndStart(record: ContainerRecord): Promise<boolean> {
    const { blueprint, task, cgroupParent } = this;
    if (task.isStopping) return giveUp(record);
    const spec = containerSpec(blueprint, record.plan.name, task.ids);
    record.containerId ??= await this.deps.runtime.create(
      cgroupParent === undefined ? spec : { ...spec, cgroupParent },
    );
    if (isStoppingNow(task)) return giveUp(record);
    await this.deps.runtime.start(record.containerId);
    return true;
  }

  private async onStarted(record: ContainerRecord): Promise<void> {
    const { portMappings } = definitionOf(this.blueprint, record.plan.name);
    record.awaitsBindings = this.task.plan.networkMode === 'bridge' && (portMappings?.length ?? 0) > 0;
    startRecord(record, this.deps.now());
    if (record.earlyEnd !== undefined) this.listener.onContainerEnd(record, record.earlyEnd);
    else if (record.awaitsBindings) {
      // Its task may be up by now.
      this.listener.onProgress();
      await readBindings(record, this.deps.runtime);
    }
  }
}

/** Learns which host ports the engine chose. A container that has ended meanwhile has none. */
export async function readBindings(record: ContainerRecord, runtime: Pick<ContainerRuntime, 'inspect'>): Promise<void> {
  try {
    const observed = record.containerId === undefined ? undefined : await runtime.inspect(record.containerId);
    if (observed?.status === 'running') record.networkBindings = observed.networkBindings;
  } finally {
    record.awaitsBindings = false;
  }
}

function giveUp(record: ContainerRecord): false {
  record.phase = 'stopped';
  return false;
}

/** Read again after an await: the compiler takes the property for unchanged. */
const isStoppingNow = (task: TaskProgress): boolean => task.isStopping;
