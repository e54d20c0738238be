/**
 * Many simulated container instances in one process, on a real Temporal: each is registered, watched and given work
 * like any other.
 */
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type NativeConnection, Worker } from '@temporalio/worker';
import type { ControlPlane } from '../../agent/control-plane.ts';
import { connectDirect } from '../../agent/direct.ts';
import { InstanceRefused } from '../../model/agent-calls.ts';
import type { Attribute, InstanceRegistration } from '../../model/container-instance.ts';
import { instanceTaskQueue, SIMULATED_ATTRIBUTE } from '../../model/container-instance.ts';
import type { TemporalSettings } from '../../model/temporal-settings.ts';
import { realClock } from '../clock.ts';
import { createRandom, type Span } from '../random.ts';
import { DEFAULT_BEHAVIOUR } from './behaviour.ts';
import { simulatedRegistration } from './registration.ts';
import { SimulatedAgent } from './simulated-agent.ts';
import { SimulatedEngine } from './simulated-engine.ts';

/** How many instances register at the same time. */
const AT_ONCE = 16;
/** A registration is tried again if the control plane did not get to it. */
const REGISTER_ATTEMPTS = 10;
const RETRY_MS = 2_000;
const ACTIVITIES_AT_ONCE = 500;
/** The SDK pays no heed to `maxConcurrentActivityTaskPolls`: each worker would have ten polls open at a time. */
const ONE_POLL = { type: 'simple-maximum', maximum: 1 } as const;
const always = (ms: number): Span => ({ least: ms, most: ms });
const NO_TIME = always(0);

export interface FleetOptions {
  readonly temporal: TemporalSettings;
  readonly clusterName: string;
  readonly count: number;
  /** The same seed and place in the fleet give the same container instance id. */
  readonly seed: string;
  readonly zones: readonly string[];
  /** Cores of each instance. */
  readonly cores: number;
  readonly memoryMiB: number;
  /** Whether the instances offer their capacity to FARGATE tasks. */
  readonly fargate: boolean;
  /** The operator's custom attributes. */
  readonly attributes: readonly Attribute[];
  /** Milliseconds from the launch of a task until it is RUNNING. */
  readonly startMs: number;
  readonly onError: (error: unknown) => void;
}

export interface Fleet {
  readonly containerInstanceIds: readonly string[];
  /** Shuts down in order; from then on every instance is silent. */
  shutdown(): Promise<void>;
}

/** Registers the fleet and takes its work. Resolves when the last instance is registered; rejects if one cannot be. */
export async function startFleet(options: FleetOptions): Promise<Fleet> {
  const controlPlane = await connectDirect(options.temporal);
  const workerConnection = await controlPlane.connectWorker();
  const ids = Array.from({ length: options.count }, (_, i) => instanceId(options.seed, i));
  const members: Member[] = [];
  await inParallel(ids, async (id, i) => {
    members.push(await startMember({ options, controlPlane, workerConnection }, id, i));
  });
  return {
    containerInstanceIds: ids,
    async shutdown() {
      for (const { agent, worker } of members) {
        agent.shutdown();
        if (worker.getState() === 'RUNNING') worker.shutdown();
      }
      await Promise.all(members.map(({ ended }) => ended));
      await workerConnection.close();
      await controlPlane.close();
    },
  };
}

interface Member {
  readonly agent: SimulatedAgent;
  readonly worker: Worker;
  readonly ended: Promise<void>;
}

interface Setup {
  readonly options: FleetOptions;
  readonly controlPlane: ControlPlane;
  readonly workerConnection: NativeConnection;
}

async function startMember(setup: Setup, id: string, place: number): Promise<Member> {
  const { options, controlPlane, workerConnection } = setup;
  const random = createRandom(id);
  const behaviour = { ...DEFAULT_BEHAVIOUR, pullMs: NO_TIME, startMs: always(options.startMs), stopMs: NO_TIME };
  const engine = new SimulatedEngine({
    clock: realClock,
    random: random.fork('engine'),
    behaviourOf: () => behaviour,
  });
  const registration = describe(options, id, place);
  const { onError } = options;
  const agent = new SimulatedAgent({
    control: controlPlane.control,
    engine,
    registration,
    clock: realClock,
    random,
    onError,
  });
  await register(agent);
  const worker = await Worker.create({
    connection: workerConnection,
    namespace: controlPlane.namespace,
    taskQueue: instanceTaskQueue(id),
    activities: agent.activities,
    maxConcurrentActivityTaskExecutions: ACTIVITIES_AT_ONCE,
    activityTaskPollerBehavior: ONE_POLL,
  });
  return { agent, worker, ended: worker.run().catch(onError) };
}

async function register(agent: SimulatedAgent): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await agent.register();
      return;
    } catch (error) {
      // A refusal is final; all other errors may pass with time.
      if (error instanceof InstanceRefused || attempt === REGISTER_ATTEMPTS) throw error;
    }
    await sleep(RETRY_MS);
  }
}

const instanceId = (seed: string, place: number): string =>
  createHash('sha256').update(`${seed}/${place}`).digest('hex').slice(0, 32);

function describe(options: FleetOptions, id: string, place: number): Omit<InstanceRegistration, 'sessionId'> {
  const { clusterName, cores, memoryMiB, fargate, zones } = options;
  return simulatedRegistration({
    containerInstanceId: id,
    clusterName,
    cpu: cores * 1024,
    memoryMiB,
    fargate,
    availabilityZone: zones[place % zones.length] ?? '',
    attributes: [...options.attributes, { name: SIMULATED_ATTRIBUTE }],
  });
}

/** Works on each item, a bounded number at a time. The first failure ends it. */
async function inParallel<T>(items: readonly T[], work: (item: T, place: number) => Promise<void>): Promise<void> {
  const entries = items.entries();
  const lane = async (): Promise<void> => {
    for (const [place, item] of entries) await work(item, place);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
}
