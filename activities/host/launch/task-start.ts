/** Starts up one task: images, volumes and the pause container, then each container when its turn comes. */
import type { ContainerSecrets } from '../../../model/task-calls.ts';
import type { EpochMs } from '../../../model/time.ts';
import { defined } from '../../../model/defined.ts';
import type { TaskDefinition } from '../../../model/task-definition.ts';
import type { TaskCgroups } from '../limits/task-cgroups.ts';
import type { ContainerRuntime, ContainerSpec, ObservedVolume } from '../runtime/types.ts';
import type { TaskLaunch } from '../types.ts';
import { containerSpec, definitionOf } from './container-spec.ts';
import type { AgentVariables, TaskBlueprint } from './container-spec.ts';
import {
  checkVolumes,
  ensureCgroup,
  ensureVolumes,
  failureText,
  refuseUnsupported,
  startPauseContainer,
} from './preparation.ts';
import { fixedPortsOf } from './port-ranges.ts';
import type { HostPorts } from './host-ports.ts';
import type { TaskPlan } from './plan.ts';
import { fetchSecrets, needsSecrets, type SecretsDeps } from './secrets.ts';
import type { Slots } from './slots.ts';
import { hasStarted, idsOf, isStopped, recordOf } from './task-life.ts';
import type { TaskLife } from './task-life.ts';
import type { ContainerInput, TaskInput } from './transition.ts';

/**
 * A launch that takes longer than this is reported as PENDING with its pull times; a quicker one is reported as RUNNING
 * at once.
 */
const PENDING_REPORT_AFTER_MS = 2_000;

export interface TaskStartDeps extends SecretsDeps {
  readonly runtime: ContainerRuntime;
  readonly cgroups?: TaskCgroups;
  readonly slots: Slots;
  readonly hostPorts: HostPorts;
  /** Rejects if a task of the definition may not run on this host. */
  readonly checkGuards?: (definition: TaskDefinition) => Promise<void>;
  /** Rejects if a task may not mount the engine's volume. Absent: all may. */
  readonly checkVolume?: (volume: ObservedVolume) => Promise<void>;
  /** How the operator bounds the containers of a task. Absent: not at all. */
  readonly boundsOf?: (launch: TaskLaunch) => Pick<ContainerSpec, 'limits' | 'runtime'>;
  /** Throws where a container of the task must not start: the host is fenced. */
  readonly assertMayStart?: (plan: TaskPlan) => void;
  /** Absent: none. */
  readonly variables?: AgentVariables;
  readonly now: () => EpochMs;
}

/** The task that starts up. */
export interface StartingTask {
  /** The task's life at this moment. */
  life(): TaskLife;
  take(input: TaskInput): void;
  /** The startup takes a while. */
  onSlow(): void;
}

export class TaskStart {
  readonly #blueprint: TaskBlueprint;
  readonly #task: StartingTask;
  readonly #deps: TaskStartDeps;
  #cgroupParent: string | undefined;
  /** By container; each is forgotten once its container exists. */
  #secrets: Promise<Map<string, ContainerSecrets>> = Promise.resolve(new Map<string, ContainerSecrets>());

  constructor(blueprint: TaskBlueprint, task: StartingTask, deps: TaskStartDeps) {
    this.#blueprint = blueprint;
    this.#task = task;
    this.#deps = deps;
  }

  async prepare(): Promise<void> {
    const task = this.#task;
    task.take({ kind: 'pulling' });
    const slow = setTimeout(() => {
      if (!hasStarted(task.life()) && !isStopped(task.life())) task.onSlow();
    }, PENDING_REPORT_AFTER_MS);
    try {
      refuseUnsupported(this.#blueprint);
      // What runs already goes on: the guards may be younger than the task.
      if (!hasStarted(task.life())) await this.#deps.checkGuards?.(this.#blueprint.definition);
      this.#secrets = this.#fetchSecrets();
      // Who needs them learns of it.
      this.#secrets.catch(() => undefined);
      await Promise.all([this.#pullAll(), this.#prepareHost()]);
    } catch (error) {
      task.take({ kind: 'task failed', reason: failureText(error) });
    } finally {
      clearTimeout(slow);
    }
  }

  /** Creates and starts the container; gives up if the task must end meanwhile. */
  async start(name: string): Promise<void> {
    try {
      const isUp = await this.#deps.slots.run(() => this.#createAndStart(name));
      if (isUp) await this.#onStarted(name);
      else this.#tell(name, { kind: 'start given up' });
    } catch (error) {
      this.#tell(name, { kind: 'failed', reason: failureText(error) });
    }
  }

  /** Rejects if a container of the task may not start. Links and volumes may be others than they were when the task began. */
  async check(): Promise<void> {
    const { runtime, checkGuards, checkVolume } = this.#deps;
    await checkGuards?.(this.#blueprint.definition);
    await checkVolumes(runtime, this.#blueprint, checkVolume);
  }

  async #fetchSecrets(): Promise<Map<string, ContainerSecrets>> {
    const { containers } = this.#task.life();
    const missing = containers.filter(({ phase, containerId }) => phase === 'waiting' && containerId === undefined);
    const names = missing.map(({ plan }) => plan.name);
    if (!needsSecrets(this.#blueprint, names)) return new Map();
    const secrets = await fetchSecrets(this.#blueprint, this.#deps, () => !this.#task.life().isStopping);
    return new Map(Object.entries(secrets));
  }

  async #pullAll(): Promise<void> {
    const waiting = this.#task.life().containers.filter((r) => r.phase === 'waiting');
    await Promise.all(waiting.map(({ plan }) => this.#pull(plan.name)));
    this.#task.take({ kind: 'all pulled' });
  }

  async #pull(name: string): Promise<void> {
    try {
      const { image = '', repositoryCredentials } = definitionOf(this.#blueprint, name);
      const secrets = repositoryCredentials === undefined ? undefined : (await this.#secrets).get(name);
      const { digest } = await this.#deps.runtime.ensureImage(image, secrets?.registryAuth);
      this.#tell(name, { kind: 'pulled', ...defined({ imageDigest: digest }) });
    } catch (error) {
      this.#tell(name, { kind: 'failed', reason: failureText(error) });
    }
  }

  async #prepareHost(): Promise<void> {
    const [blueprint, task] = [this.#blueprint, this.#task];
    const { runtime, slots, cgroups } = this.#deps;
    // First, since an engine may give its label to a volume of a plugin that it did not know yet.
    if (!hasStarted(task.life())) await checkVolumes(runtime, blueprint, this.#deps.checkVolume);
    await ensureVolumes(runtime, blueprint);
    this.#cgroupParent = await ensureCgroup(cgroups, blueprint);
    const needsPauseContainer = blueprint.plan.hasHolder && !task.life().pauseContainerRuns;
    // Without them, no container is created.
    await this.#secrets;
    const pauseContainer = needsPauseContainer ? await startPauseContainer(runtime, slots, blueprint) : undefined;
    task.take({ kind: 'prepared', ...defined({ pauseContainer }) });
  }

  /** Returns false if the task must end, so that nothing starts. */
  async #createAndStart(name: string): Promise<boolean> {
    const [blueprint, task, cgroupParent] = [this.#blueprint, this.#task, this.#cgroupParent];
    const { runtime, variables } = this.#deps;
    if (task.life().isStopping) return false;
    const all = await this.#secrets;
    const secrets = all.get(name);
    const record = recordOf(task.life(), name);
    const bare = containerSpec(blueprint, name, idsOf(task.life()), variables);
    const bounds = this.#deps.boundsOf?.(blueprint.launch);
    const spec = { ...bare, ...bounds, ...defined({ cgroupParent, secrets }) };
    // A container that exists has its ports already.
    const ranges = record.containerId === undefined ? (record.plan.portRanges ?? []) : [];
    const fixed = fixedPortsOf(blueprint.definition.containerDefinitions);
    return this.#deps.hostPorts.with({ taskId: blueprint.plan.taskId, ranges, fixed }, async (portRanges) => {
      const containerId = record.containerId ?? (await runtime.create({ ...spec, portRanges }));
      all.delete(name);
      this.#tell(name, { kind: 'created', containerId });
      await this.check();
      if (task.life().isStopping) return false;
      this.#deps.assertMayStart?.(blueprint.plan);
      await runtime.start(containerId);
      return true;
    });
  }

  async #onStarted(name: string): Promise<void> {
    const { portMappings } = definitionOf(this.#blueprint, name);
    const hasPorts = this.#blueprint.plan.networkMode === 'bridge' && (portMappings?.length ?? 0) > 0;
    this.#tell(name, { kind: 'started', awaitsBindings: hasPorts });
    if (recordOf(this.#task.life(), name).awaitsBindings) await readBindings(name, this.#task, this.#deps.runtime);
  }

  #tell(name: string, input: ContainerInput): void {
    this.#task.take({ name, ...input });
  }
}

/** Learns which host ports the engine chose. A container that has already ended has none. */
export async function readBindings(
  name: string,
  task: Pick<StartingTask, 'life' | 'take'>,
  runtime: Pick<ContainerRuntime, 'inspect'>,
): Promise<void> {
  const { containerId } = recordOf(task.life(), name);
  const observed = containerId === undefined ? undefined : await runtime.inspect(containerId);
  const networkBindings = observed?.status === 'running' ? observed.networkBindings : undefined;
  task.take({ kind: 'bindings', name, networkBindings });
}
