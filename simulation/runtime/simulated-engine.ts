/**
 * One machine's container engine and what really runs on it, whatever agents and workflows believe. It outlives its
 * agents: containers keep running while no agent is there, and have ended when the machine restarts.
 */
import { LABELS, PAUSE_ROLE } from '../../activities/host/launch/labels.ts';
import { RuntimeError } from '../../activities/host/runtime/types.ts';
import type {
  ContainerRuntime,
  ContainerSpec,
  EventListener,
  ImageReady,
  ObservedContainer,
  RuntimeEvent,
  ObservedVolume,
  VolumeSpec,
} from '../../activities/host/runtime/types.ts';
import type { Clock } from '../clock.ts';
import type { Random } from '../random.ts';
import { drawFate, drawPull, type BehaviourOf, type ContainerFate } from './behaviour.ts';
import { noSuchContainer, pause, SimulatedContainer } from './simulated-container.ts';

export interface SimulatedEngineOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly behaviourOf: BehaviourOf;
}

type Labels = Readonly<Record<string, string>>;

interface Subscription {
  readonly labels: Labels;
  readonly listener: EventListener;
}

/** As long as an engine takes to end a running container and to remove it with its network. */
const REMOVAL_MS = 150;
const PAUSE_FATE: ContainerFate = { startMs: 0, stopMs: 0, healthMs: 0, failsToStart: false, becomesUnhealthy: false };

export class SimulatedEngine implements ContainerRuntime {
  readonly #options: SimulatedEngineOptions;
  readonly #containers = new Map<string, SimulatedContainer>();
  readonly #byName = new Map<string, SimulatedContainer>();
  readonly #volumes = new Map<string, ObservedVolume>();
  readonly #subscriptions = new Set<Subscription>();
  /** Random streams of pulls, by image. */
  readonly #pulls = new Map<string, Random>();
  #created = 0;

  constructor(options: SimulatedEngineOptions) {
    this.#options = options;
  }

  /** Ids of the tasks of which a container runs at this moment; pause containers do not count. */
  get running(): readonly string[] {
    const tasks = [...this.#containers.values()].flatMap(({ isRunning, spec: { labels } }) =>
      isRunning && labels[LABELS.role] === 'container' ? (labels[LABELS.taskId] ?? []) : [],
    );
    return [...new Set(tasks)];
  }

  /** The machine loses power: nothing runs. The next agent finds the ended containers. */
  powerOff(): void {
    for (const container of this.#containers.values()) container.halt();
  }

  async ensureImage(image: string): Promise<ImageReady> {
    const { clock, random, behaviourOf } = this.#options;
    const pulls = this.#pulls.get(image) ?? random.fork(`pulls/${image}`);
    this.#pulls.set(image, pulls);
    const { ms, fails } = drawPull(behaviourOf(image), pulls);
    await pause(clock, ms);
    if (!fails) return {};
    const words = `pull image manifest has been retried 1 time(s): failed to resolve ref ${image}: not found`;
    throw new RuntimeError('CannotPullContainerError', words);
  }

  create(spec: ContainerSpec): Promise<string> {
    const existing = this.#byName.get(spec.name);
    if (existing) return Promise.resolve(existing.id);
    const { clock } = this.#options;
    this.#created += 1;
    const id = `sim-${spec.labels[LABELS.taskId]?.slice(0, 12) ?? ''}-${this.#created}`;
    const emit = (event: RuntimeEvent): void => this.#emit(event);
    const container = new SimulatedContainer({ id, spec, clock, emit, fate: this.#fateOf(spec) });
    this.#containers.set(id, container);
    this.#byName.set(spec.name, container);
    return Promise.resolve(id);
  }

  start(containerId: string): Promise<void> {
    const container = this.#containers.get(containerId);
    if (container) return container.start();
    return Promise.reject(new RuntimeError('CannotStartContainerError', noSuchContainer(containerId)));
  }

  async stop(containerId: string, timeoutSeconds: number): Promise<void> {
    await this.#containers.get(containerId)?.stop(timeoutSeconds);
  }

  async remove(containerId: string): Promise<void> {
    const container = this.#containers.get(containerId);
    if (!container) return;
    const takesMs = container.isRunning ? REMOVAL_MS : 0;
    container.halt();
    await pause(this.#options.clock, takesMs);
    if (!this.#containers.delete(containerId)) return;
    const { name, labels } = container.spec;
    this.#byName.delete(name);
    this.#emit({ kind: 'removed', containerId, labels });
  }

  inspect(containerId: string): Promise<ObservedContainer | undefined> {
    return Promise.resolve(this.#containers.get(containerId)?.observed);
  }

  list(labels: Labels): Promise<readonly string[]> {
    const all = [...this.#containers.values()];
    return Promise.resolve(all.filter(({ spec }) => carries(spec.labels, labels)).map(({ id }) => id));
  }

  publishedPorts(): Promise<ReadonlySet<string>> {
    const bindings = [...this.#containers.values()].flatMap(({ observed }) => observed.networkBindings);
    return Promise.resolve(new Set(bindings.map(({ hostPort, protocol }) => `${hostPort}/${protocol}`)));
  }

  ensureVolume({ name, driver = 'local', driverOpts = {}, labels = {} }: VolumeSpec): Promise<void> {
    if (!this.#volumes.has(name)) this.#volumes.set(name, { name, driver, driverOpts, labels });
    return Promise.resolve();
  }

  inspectVolume(name: string): Promise<ObservedVolume | undefined> {
    return Promise.resolve(this.#volumes.get(name));
  }

  removeVolume(name: string): Promise<void> {
    this.#volumes.delete(name);
    return Promise.resolve();
  }

  ensureTaskNetwork(): Promise<{ network: string; pauseImage: string }> {
    return Promise.resolve({ network: 'simulated', pauseImage: 'simulated-pause' });
  }

  listen(labels: Labels, listener: EventListener): Promise<{ close(): void }> {
    const subscription = { labels, listener };
    this.#subscriptions.add(subscription);
    return Promise.resolve({ close: () => void this.#subscriptions.delete(subscription) });
  }

  /** Drawn from the task's id and the container's name, so that it depends on nothing else. */
  #fateOf({ container: { name, image = '' }, labels }: ContainerSpec): ContainerFate {
    if (labels[LABELS.role] === PAUSE_ROLE) return PAUSE_FATE;
    const { random, behaviourOf } = this.#options;
    return drawFate(behaviourOf(image), random.fork(`${labels[LABELS.taskId] ?? ''}/${name ?? ''}`));
  }

  #emit(event: RuntimeEvent): void {
    for (const { labels, listener } of this.#subscriptions) if (carries(event.labels, labels)) listener.onEvent(event);
  }
}

const carries = (labels: Labels, wanted: Labels): boolean =>
  Object.entries(wanted).every(([key, value]) => labels[key] === value);
