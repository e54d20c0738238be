/** A container engine whose answers, events and containers' ends come in an order that the test chooses. */
import type {
  ContainerRuntime,
  ContainerSpec,
  EventListener,
  ObservedContainer,
  RuntimeEvent,
} from '../../activities/host/runtime/types.ts';
import { RuntimeError } from '../../activities/host/runtime/types.ts';

/** The behaviour of a container. Without an exit code it runs until it is stopped. */
export interface Program {
  readonly exitCode?: number;
  readonly failsToStart?: boolean;
}

interface EngineContainer {
  readonly id: string;
  readonly spec: ContainerSpec;
  readonly program: Program;
  status: ObservedContainer['status'];
  starts: number;
  startedAt?: number;
  finishedAt?: number;
  exitCode?: number;
  error?: string;
}

/** A due action: an answer or event on its way to the agent, or the end of a container. */
interface Turn {
  readonly for: 'agent' | 'engine';
  readonly act: () => void;
}

export class PermutingEngine {
  readonly #programs: Readonly<Record<string, Program>>;
  readonly #now: () => number;
  readonly containers = new Map<string, EngineContainer>();
  #turns: Turn[] = [];
  #listener: EventListener | undefined;

  constructor(programs: Readonly<Record<string, Program>>, now: () => number) {
    this.#programs = programs;
    this.#now = now;
  }

  get isQuiet(): boolean {
    return this.#turns.length === 0;
  }

  /** Carries out one of the due actions. */
  turn(choice: number): void {
    const [turn] = this.#turns.splice(choice % Math.max(this.#turns.length, 1), 1);
    turn?.act();
  }

  /** The agent is gone, and everything on its way to it is lost. */
  forgetAgent(): void {
    this.#turns = this.#turns.filter((turn) => turn.for === 'engine');
    this.#listener = undefined;
  }

  /** Removes a container without the agent's knowledge. */
  removeByHand(name: string): void {
    for (const container of this.containers.values())
      if (container.spec.container.name === name) this.#remove(container);
  }

  get runtime(): ContainerRuntime {
    return {
      ensureImage: () => this.#answer({}),
      create: (spec) => this.#answer(this.#create(spec)),
      start: (id) => this.#start(id),
      stop: (id) => {
        const container = this.containers.get(id);
        if (container?.status === 'running') this.#end(container, 137);
        return this.#answer(undefined);
      },
      remove: (id) => {
        const container = this.containers.get(id);
        if (container !== undefined) this.#remove(container);
        return this.#answer(undefined);
      },
      inspect: (id) => this.#answer(this.#observe(id)),
      list: () => this.#answer([...this.containers.keys()]),
      ensureVolume: () => this.#answer(undefined),
      publishedPorts: () => this.#answer(new Set<string>()),
      inspectVolume: (name) => this.#answer({ name, driver: 'local', driverOpts: {}, labels: {} }),
      removeVolume: () => this.#answer(undefined),
      ensureTaskNetwork: () => this.#answer({ network: 'tasks', pauseImage: 'pause' }),
      listen: (_labels, listener) => {
        this.#listener = listener;
        return Promise.resolve({ close: () => undefined });
      },
    };
  }

  #answer<T>(value: T): Promise<T> {
    return new Promise((resolve) => this.#turns.push({ for: 'agent', act: () => resolve(value) }));
  }

  #refuse(error: RuntimeError): Promise<never> {
    return new Promise((_resolve, reject) => this.#turns.push({ for: 'agent', act: () => reject(error) }));
  }

  #tell(container: EngineContainer, kind: RuntimeEvent['kind'], more: Partial<RuntimeEvent> = {}): void {
    const event = { kind, containerId: container.id, labels: container.spec.labels, ...more };
    this.#turns.push({ for: 'agent', act: () => this.#listener?.onEvent(event) });
  }

  #create(spec: ContainerSpec): string {
    for (const { id, spec: existing } of this.containers.values()) if (existing.name === spec.name) return id;
    const id = `engine-${spec.name}-${this.containers.size}`;
    const program = this.#programs[spec.container.name ?? ''] ?? {};
    this.containers.set(id, { id, spec, program, status: 'created', starts: 0 });
    return id;
  }

  #start(id: string): Promise<void> {
    const container = this.containers.get(id);
    if (container === undefined)
      return this.#refuse(new RuntimeError('CannotStartContainerError', 'No such container'));
    if (container.status === 'running') return this.#answer(undefined);
    if (container.program.failsToStart === true) {
      container.error = 'no such file';
      this.#tell(container, 'died', { exitCode: 127 });
      return this.#refuse(new RuntimeError('CannotStartContainerError', 'no such file'));
    }
    container.status = 'running';
    container.starts += 1;
    container.startedAt = this.#now();
    this.#tell(container, 'started');
    const { exitCode } = container.program;
    if (exitCode !== undefined)
      this.#turns.push({
        for: 'engine',
        act: () => {
          if (container.status === 'running') this.#end(container, exitCode);
        },
      });
    return this.#answer(undefined);
  }

  #end(container: EngineContainer, exitCode: number): void {
    Object.assign(container, { status: 'exited', exitCode, finishedAt: this.#now() });
    this.#tell(container, 'died', { exitCode });
  }

  #remove(container: EngineContainer): void {
    if (container.status === 'running') this.#end(container, 137);
    this.containers.delete(container.id);
    this.#tell(container, 'removed');
  }

  #observe(idOrName: string): ObservedContainer | undefined {
    const container = this.containers.get(idOrName);
    if (container === undefined) return undefined;
    const { id, spec, status, startedAt, finishedAt, exitCode, error } = container;
    const isRunning = status === 'running';
    const ports = isRunning ? (spec.container.portMappings ?? []) : [];
    return {
      id,
      name: spec.name,
      labels: spec.labels,
      status,
      oomKilled: false,
      networkBindings: ports.map(({ containerPort = 0, hostPort }, i) => ({
        bindIP: '0.0.0.0',
        containerPort,
        hostPort: hostPort || 32_768 + i,
        protocol: 'tcp',
      })),
      ...(error === undefined ? {} : { error }),
      ...(startedAt === undefined ? {} : { startedAt }),
      ...(finishedAt === undefined || isRunning ? {} : { finishedAt }),
      ...(exitCode === undefined || isRunning ? {} : { exitCode }),
      ...(spec.network.mode === 'network' && isRunning
        ? { address: { ipv4: '10.0.0.2', mac: '02:42:00:00:00:02' } }
        : {}),
    };
  }
}
