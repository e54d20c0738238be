/** One container on a simulated engine: its fate and the clock decide what it does. */
import type { ContainerSpec, ObservedContainer, RuntimeEvent } from '../../activities/host/runtime/types.ts';
import { RuntimeError } from '../../activities/host/runtime/types.ts';
import { LABELS } from '../../activities/host/launch/labels.ts';
import type { HealthStatus } from '../../model/status.ts';
import type { EpochMs } from '../../model/time.ts';
import type { Clock } from '../clock.ts';
import type { ContainerFate } from './behaviour.ts';

export interface SimulatedContainerOptions {
  readonly id: string;
  readonly spec: ContainerSpec;
  readonly fate: ContainerFate;
  readonly clock: Clock;
  readonly emit: (event: RuntimeEvent) => void;
}

const EXIT_CODE_KILLED = 137;
const EXIT_CODE_NOT_FOUND = 127;
const NOT_EXECUTABLE = 'Error response from daemon: exec: no such file or directory';

export class SimulatedContainer {
  readonly id: string;
  readonly spec: ContainerSpec;
  readonly #options: SimulatedContainerOptions;
  #status: ObservedContainer['status'] = 'created';
  #startedAt: EpochMs | undefined;
  #finishedAt: EpochMs | undefined;
  #exitCode: number | undefined;
  #health: HealthStatus | undefined;
  #error: string | undefined;
  #starting: Promise<void> | undefined;
  /** How often it was halted. What began before the latest halt has no effect. */
  #halts = 0;
  #cancelTimers: (() => void)[] = [];

  constructor(options: SimulatedContainerOptions) {
    this.id = options.id;
    this.spec = options.spec;
    this.#options = options;
  }

  get isRunning(): boolean {
    return this.#status === 'running';
  }

  get observed(): ObservedContainer {
    const { spec } = this;
    const address = this.isRunning && spec.network.mode === 'network' ? addressOf(spec) : undefined;
    return {
      id: this.id,
      name: spec.name,
      labels: spec.labels,
      status: this.#status,
      oomKilled: false,
      networkBindings: this.isRunning ? bindingsOf(spec) : [],
      ...(this.#startedAt === undefined ? {} : { startedAt: this.#startedAt }),
      ...(this.#finishedAt === undefined ? {} : { finishedAt: this.#finishedAt }),
      ...(this.#exitCode === undefined ? {} : { exitCode: this.#exitCode }),
      ...(this.#error === undefined ? {} : { error: this.#error }),
      ...(this.#health === undefined ? {} : { health: this.#health }),
      ...(address === undefined ? {} : { address }),
    };
  }

  /** Resolves when the container runs. Concurrent calls share one start. */
  start(): Promise<void> {
    if (this.isRunning) return Promise.resolve();
    this.#starting ??= this.#start(this.#halts);
    return this.#starting;
  }

  /** Resolves when the container has stopped. */
  async stop(timeoutSeconds: number): Promise<void> {
    if (!this.isRunning) return;
    const halts = this.#halts;
    await pause(this.#options.clock, Math.min(this.#options.fate.stopMs, timeoutSeconds * 1_000));
    if (halts === this.#halts) this.#end(EXIT_CODE_KILLED);
  }

  /** Ends the container and everything under way: it is removed, or the machine loses power. */
  halt(): void {
    this.#halts += 1;
    this.#starting = undefined;
    this.#end(EXIT_CODE_KILLED);
  }

  async #start(halts: number): Promise<void> {
    const { clock, fate } = this.#options;
    await pause(clock, fate.startMs);
    if (halts !== this.#halts) throw new RuntimeError('CannotStartContainerError', noSuchContainer(this.id));
    this.#starting = undefined;
    if (fate.failsToStart) {
      this.#error = NOT_EXECUTABLE;
      this.#emit('died', { exitCode: EXIT_CODE_NOT_FOUND });
      throw new RuntimeError('CannotStartContainerError', NOT_EXECUTABLE);
    }
    this.#status = 'running';
    this.#startedAt = clock.now();
    this.#finishedAt = undefined;
    this.#exitCode = undefined;
    this.#emit('started');
    this.#live(fate);
  }

  #live({ exit, healthMs, becomesUnhealthy }: ContainerFate): void {
    if (exit) this.#after(exit.afterMs, () => this.#end(exit.exitCode));
    if (!this.spec.container.healthCheck?.command?.length) return;
    this.#health = 'UNKNOWN';
    this.#after(healthMs, () => {
      const health = becomesUnhealthy ? 'UNHEALTHY' : 'HEALTHY';
      this.#health = health;
      this.#emit('health', { health });
    });
  }

  #end(exitCode: number): void {
    if (!this.isRunning) return;
    for (const cancel of this.#cancelTimers.splice(0)) cancel();
    this.#status = 'exited';
    this.#finishedAt = this.#options.clock.now();
    this.#exitCode = exitCode;
    this.#emit('died', { exitCode });
  }

  #emit(kind: RuntimeEvent['kind'], more: Pick<RuntimeEvent, 'exitCode' | 'health'> = {}): void {
    this.#options.emit({ kind, containerId: this.id, labels: this.spec.labels, ...more });
  }

  #after(ms: number, action: () => void): void {
    this.#cancelTimers.push(this.#options.clock.after(ms, action));
  }
}

export const noSuchContainer = (id: string): string => `Error response from daemon: No such container: ${id}`;

/** A pause of no time takes no timer: a fleet starts thousands. */
export const pause = (clock: Clock, ms: number): Promise<void> =>
  ms === 0 ? Promise.resolve() : new Promise((resolve) => void clock.after(ms, resolve));

/** An address from a range reserved for documentation; a task keeps it for its whole life. */
function addressOf({ labels }: ContainerSpec): NonNullable<ObservedContainer['address']> {
  const [a = 0, b = 0] = Buffer.from((labels[LABELS.taskId] ?? '').slice(0, 4), 'hex');
  const mac = `02:42:c6:12:${[a, b].map((byte) => byte.toString(16).padStart(2, '0')).join(':')}`;
  return { ipv4: `198.18.${a}.${b}`, mac };
}

/** The host ports that the definition names, and those that the agent chose for ranges. */
function bindingsOf({ container, network, portRanges = [] }: ContainerSpec): ObservedContainer['networkBindings'] {
  if (network.mode !== 'bridge') return [];
  const bindIP = '0.0.0.0';
  const named = (container.portMappings ?? []).flatMap(({ containerPort, hostPort, protocol }) =>
    containerPort === undefined || !hostPort
      ? []
      : [{ bindIP, containerPort, hostPort, protocol: protocol === 'udp' ? ('udp' as const) : ('tcp' as const) }],
  );
  const ranged = portRanges.flatMap(({ first, last, hostFirst, protocol }) =>
    Array.from({ length: last - first + 1 }, (_, i) => ({
      bindIP,
      containerPort: first + i,
      hostPort: hostFirst + i,
      protocol,
    })),
  );
  return [...named, ...ranged];
}
