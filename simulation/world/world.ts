/**
 * A whole Longshore in one process: the real workflows, activities, store and operations, on the virtual cluster and
 * the virtual clock, with simulated instances. Only its options and its seed decide what happens.
 */
import { createHash } from 'node:crypto';
import { createControlActivities } from '../../activities/control/index.ts';
import { createTemporalSignals } from '../../activities/control/temporal-signals.ts';
import type { InstancePolicy } from '../../activities/control/types.ts';
import type { OperationContext } from '../../api/operation.ts';
import { AccessKeySecrets } from '../../api/auth/access-keys.ts';
import { rootCaller } from '../../api/auth/caller.ts';
import { IamVersion } from '../../api/auth/iam-version.ts';
import { WebIdentities } from '../../api/auth/web-identity/web-identities.ts';
import { CallReads } from '../../api/call-reads.ts';
import { SealedValues } from '../../api/auth/sealed-values.ts';
import { SessionTokens } from '../../api/auth/session-tokens.ts';
import { ecsDoor } from '../../api/ecs/door.ts';
import { invokeOperation } from '../../api/protocol/invoke.ts';
import { responseBody } from '../../api/protocol/response-body.ts';
import { createGateway } from '../../api/temporal-gateway.ts';
import type { Logger } from 'pino';
import type { Partition } from '../../model/arn.ts';
import { newClusterSettings, systemDefault } from '../../model/account-setting.ts';
import type { OwnerRecord } from '../../model/owner-record.ts';
import { CONTROL_TASK_QUEUE } from '../../model/container-instance.ts';
import { isEcsError } from '../../model/errors.ts';
import { createStore } from '../../store/index.ts';
import type { Task } from '../../model/task.ts';
import { UNGUARDED } from '../../model/task-guards.ts';
import type { Store } from '../../store/contract/store.ts';
import { rebuildLostWorkflows } from '../../worker/rebuild.ts';
import type { ActivityFunctions } from '../engine/activity-tasks.ts';
import { createVirtualClient, createVirtualConnection } from '../engine/client.ts';
import type { SandboxFactory } from '../engine/sandbox.ts';
import { VirtualTemporal } from '../engine/temporal.ts';
import { VirtualClock } from '../engine/virtual-clock.ts';
import { randomUuid } from '../engine/virtual-globals.ts';
import { createRandom, type Random, type Span } from '../random.ts';
import type { BehaviourOf } from '../runtime/behaviour.ts';
import type { HostFaults } from '../runtime/faults.ts';
import { SIMULATED_BUILD, type SimulatedInstanceShape } from '../runtime/registration.ts';
import type { SimulationDatabase } from './database.ts';
import { SimulatedInstance } from './instances.ts';
import { createVirtualStore, type StoreFaults } from './virtual-store.ts';

/** What fails in the control plane by itself, besides what steps do to it. */
export interface ControlFaults extends StoreFaults {
  readonly activityAnswersLost?: number;
  readonly evictions?: number;
  readonly workflowTasksLost?: number;
  readonly callsLost?: number;
}

export interface WorldOptions {
  readonly seed: string;
  readonly clusterName: string;
  readonly workers: number;
  readonly latencyMs: Span;
  readonly policy: InstancePolicy;
  readonly continueAsNewAfterEvents: number;
  readonly behaviourOf: BehaviourOf;
  readonly hostFaults: HostFaults;
  readonly controlFaults: ControlFaults;
  readonly sandboxes: SandboxFactory;
  readonly database: SimulationDatabase;
}

/** Sees the writes of owners; no time passes. */
export interface WriteWatch {
  beforeWrite(writes: OwnerRecord): Promise<void>;
  afterReserve?(tasks: readonly Task[]): Promise<void>;
}

export const PARTITION: Partition = { account: '123456789012', region: 'us-east-1' };
/** Nobody makes keys in a simulation. */
const ACCESS_KEYS = new AccessKeySecrets(Buffer.alloc(32));
const TOKENS = new SessionTokens(Buffer.alloc(32));
const VALUES = new SealedValues(Buffer.alloc(32));
/** The first moment of each simulation. */
const START = 1_767_225_600_000;
const WORKER_RESTART_MS = 2_000;
/** How many lines of the trace a failure shows. */
const SHOWN_LINES = 200;
const CALL_LIMIT_MS = 120_000;

export class SimulatedWorld {
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly temporal: VirtualTemporal;
  /** The real store, for checks that look from outside: no time passes. */
  readonly store: Store;
  readonly instances: SimulatedInstance[] = [];
  readonly violations: string[] = [];
  readonly #options: WorldOptions;
  readonly #workers = new Map<string, () => void>();
  readonly #digest = createHash('sha256');
  readonly #lines: string[] = [];
  readonly #api: Pick<OperationContext, 'store' | 'workflows' | 'webIdentities'>;
  #areFaultsOn = true;
  readonly #watches: WriteWatch[] = [];
  #workerCount = 0;

  constructor(options: WorldOptions) {
    this.#options = options;
    this.random = createRandom(options.seed);
    this.clock = new VirtualClock(START, this.random.fork('clock'));
    this.store = createStore(options.database.db, PARTITION);
    this.temporal = new VirtualTemporal({
      clock: this.clock,
      random: this.random.fork('temporal'),
      sandboxes: options.sandboxes,
      faults: () => this.#faults(),
      continueAsNewAfterEvents: options.continueAsNewAfterEvents,
      latency: this.#latency('temporal'),
      violation: (what) => this.violations.push(what),
      trace: (line) => this.trace(line),
    });
    const client = this.#client('api', () => true);
    const store = this.#virtualStore('api', () => true);
    const now = (): number => this.clock.now();
    const addresses = { loopback: false, allowed: [] };
    this.#api = {
      store,
      webIdentities: new WebIdentities({
        store,
        version: new IamVersion(store, now),
        partition: PARTITION,
        addresses,
        now,
      }),
      workflows: createGateway(createVirtualConnection(this.clock, this.temporal), client),
    };
  }

  /** Starts the control plane and creates the cluster. */
  async begin(): Promise<void> {
    await this.#options.database.setNow(this.clock.now());
    await this.store.createCluster({
      clusterName: this.#options.clusterName,
      status: 'ACTIVE',
      createdAt: this.clock.now(),
      settings: [...newClusterSettings(systemDefault('containerInsights'))],
      capacityProviders: [],
      defaultCapacityProviderStrategy: [],
      tags: [],
    });
    for (let i = 0; i < this.#options.workers; i += 1) this.#startWorker();
  }

  get digest(): string {
    return this.#digest.copy().digest('hex').slice(0, 16);
  }

  get lastLines(): readonly string[] {
    return this.#lines;
  }

  trace(line: string): void {
    const text = `${this.clock.now() - START} ${line}`;
    this.#digest.update(text).update('\n');
    this.#lines.push(text);
    if (this.#lines.length > SHOWN_LINES) this.#lines.shift();
  }

  /** Milliseconds since the first moment. */
  get elapsed(): number {
    return this.clock.now() - START;
  }

  // ---- the user ----------------------------------------------------------------------------------------------------

  /** Calls the API; time passes until it answers. Rejects as the operation does. */
  async call(operation: string, body: unknown): Promise<Record<string, unknown>> {
    this.trace(`call ${operation} ${JSON.stringify(body)}`);
    const requestId = randomUuid(this.random);
    const caller = rootCaller(PARTITION);
    const principalArn = caller.principal.arn;
    const context: OperationContext = {
      store: this.#api.store,
      workflows: this.#api.workflows.forCall({ kind: 'call', operation, requestId, principalArn }),
      partition: PARTITION,
      now: this.clock.now(),
      requestId,
      caller,
      circumstances: {},
      reads: new CallReads(this.#api.store),
      accessKeys: ACCESS_KEYS,
      tokens: TOKENS,
      values: VALUES,
      audited: false,
      webIdentities: this.#api.webIdentities,
      guards: UNGUARDED,
      tell: { judged: () => undefined, identified: () => undefined, warned: () => undefined },
      agentBuild: SIMULATED_BUILD,
      hasEnvironmentFiles: false,
    };
    const { shape, output } = await this.#until(
      operation,
      invokeOperation({ door: ecsDoor, name: operation }, body, { context, check: () => undefined }),
    );
    return responseBody(shape, output);
  }

  /** Gives an instance notice of a spot interruption, as the operator's watcher would. */
  async interrupt(containerInstanceId: string): Promise<void> {
    this.trace(`notice ${containerInstanceId}`);
    const { clusterName } = this.#options;
    await this.#until('the notice', this.#api.workflows.interruptInstance(clusterName, containerInstanceId));
  }

  async #until<T>(what: string, work: Promise<T>): Promise<T> {
    let isSettled = false;
    const settled = (): void => {
      isSettled = true;
    };
    work.then(settled, settled);
    const answered = await this.clock.advanceUntil(() => isSettled, this.clock.now() + CALL_LIMIT_MS);
    if (!answered) throw new Error(`${what} has no answer after ${CALL_LIMIT_MS / 1000} virtual seconds`);
    return work;
  }

  // ---- the world ---------------------------------------------------------------------------------------------------

  /** Shows the watch what owners write and reserve, as it is carried out. */
  watchWrites(watch: WriteWatch): void {
    this.#watches.push(watch);
  }

  addInstance(shape: Omit<SimulatedInstanceShape, 'clusterName'>): SimulatedInstance {
    const instance = new SimulatedInstance(
      { ...shape, clusterName: this.#options.clusterName },
      {
        clock: this.clock,
        random: this.random.fork('instances'),
        temporal: this.temporal,
        latency: this.#latency(`instance-${shape.containerInstanceId}`),
        behaviourOf: this.#options.behaviourOf,
        faults: this.#hostFaults(),
        trace: (line) => this.trace(line),
      },
    );
    this.instances.push(instance);
    instance.start();
    return instance;
  }

  /** A worker of the control plane dies with everything in its memory; another one starts soon after. */
  killWorker(): void {
    const [name, kill] = this.random.pick([...this.#workers]);
    this.trace(`worker dies ${name}`);
    this.#workers.delete(name);
    kill();
    this.clock.after(WORKER_RESTART_MS, () => this.#startWorker());
  }

  /** Temporal loses its data. The next worker finds that out and starts every owner again from the store. */
  async loseTemporal(): Promise<void> {
    this.trace('temporal forgets everything');
    this.temporal.forgetEverything();
    const isAlive = (): boolean => true;
    const logger = { warn: (_fields: unknown, message: string) => this.trace(`warn ${message}`) } as unknown as Logger;
    const options = { client: this.#client('rebuild', isAlive), store: this.#virtualStore('rebuild', isAlive), logger };
    const patiently = async (): Promise<void> => {
      for (;;) {
        try {
          await rebuildLostWorkflows(options);
          return;
        } catch (error) {
          if (!isEcsError(error)) throw error;
        }
      }
    };
    await this.#until('the start of lost workflows', patiently());
  }

  /** From now on nothing fails by itself. */
  ceaseFaults(): void {
    this.#areFaultsOn = false;
  }

  resumeFaults(): void {
    this.#areFaultsOn = true;
  }

  #faults(): ControlFaults {
    return this.#areFaultsOn ? this.#options.controlFaults : {};
  }

  /** A proxy looks at each use whether faults are on, so that they can cease. */
  #hostFaults(): HostFaults {
    const faults = this.#options.hostFaults;
    return new Proxy(faults, {
      get: (target, name) => (this.#areFaultsOn ? (Reflect.get(target, name) as unknown) : undefined),
    });
  }

  #startWorker(): void {
    this.#workerCount += 1;
    const name = `worker-${this.#workerCount}`;
    let isAlive = true;
    const store = this.#virtualStore(name, () => isAlive);
    const signal = createTemporalSignals(this.#client(name, () => isAlive));
    const logger = { warn: (_fields: unknown, message: string) => this.trace(`warn ${message}`) };
    const { policy } = this.#options;
    const activities = createControlActivities({ store, signal, policy, logger });
    const kill = this.temporal.addControlWorker(name, CONTROL_TASK_QUEUE, activities as unknown as ActivityFunctions);
    this.#workers.set(name, () => {
      isAlive = false;
      kill();
    });
    this.trace(`worker starts ${name}`);
  }

  #latency(label: string): () => number {
    const random = this.random.fork(`latency-${label}`);
    const { least, most } = this.#options.latencyMs;
    return () => least + random.next() * (most - least);
  }

  #virtualStore(label: string, isAlive: () => boolean): Store {
    return createVirtualStore({
      store: this.#watchedStore(),
      clock: this.clock,
      random: this.random.fork(`store-${label}`),
      latency: this.#latency(`store-${label}`),
      faults: () => this.#faults(),
      setNow: (at) => this.#options.database.setNow(at),
      isAlive,
      trace: (line) => this.trace(line),
    });
  }

  #watchedStore(): Store {
    const { store } = this;
    return {
      ...store,
      recordOwner: async (writes) => {
        for (const watch of this.#watches) await watch.beforeWrite(writes);
        return store.recordOwner(writes);
      },
      reserveTasks: async (input) => {
        const answer = await store.reserveTasks(input);
        for (const watch of this.#watches) await watch.afterReserve?.(input.tasks);
        return answer;
      },
    };
  }

  #client(label: string, isAlive: () => boolean) {
    const random = this.random.fork(`client-${label}`);
    const latency = this.#latency(`client-${label}`);
    const pause = (): Promise<void> => new Promise((resolve) => void this.clock.after(latency(), resolve));
    return createVirtualClient({
      temporal: this.temporal,
      newId: () => randomUuid(random),
      network: async (call) => {
        await pause();
        // A dead caller gets no answer and makes no call.
        if (!isAlive()) return new Promise<never>(() => undefined);
        const answer = await call();
        await pause();
        return answer;
      },
    });
  }
}
