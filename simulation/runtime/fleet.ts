/**
 * Many simulated container instances in one process, on a real control plane: each is registered, watched and given work
 * like any other.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { InstanceRefused } from '../../model/agent-calls.ts';
import type { Attribute, InstanceRegistration } from '../../model/container-instance.ts';
import { SIMULATED_ATTRIBUTE } from '../../model/container-instance.ts';
import { realClock } from '../clock.ts';
import { createRandom, type Span } from '../random.ts';
import { DEFAULT_BEHAVIOUR } from './behaviour.ts';
import { type FleetMember, type FleetMembers, inParallel } from './fleet-member.ts';
import { simulatedRegistration } from './registration.ts';
import { SimulatedAgent } from './simulated-agent.ts';
import { SimulatedEngine } from './simulated-engine.ts';

/** How many instances connect and register at the same time. */
const AT_ONCE = 16;
/** A registration is tried again if the control plane did not get to it. */
const ATTEMPTS = 10;
const RETRY_MS = 2_000;
const always = (ms: number): Span => ({ least: ms, most: ms });
const NO_TIME = always(0);

export interface FleetOptions {
  /** How each reaches the control plane. The fleet closes it. */
  readonly through: FleetMembers;
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
  /** Gets the errors of reports that did not get through. They are sent again. */
  readonly onError: (error: unknown) => void;
}

export interface Fleet {
  readonly containerInstanceIds: readonly string[];
  /** Shuts down in order; from then on every instance is silent. */
  shutdown(): Promise<void>;
}

/** Registers the fleet and takes its work. Resolves when the last instance takes work; rejects if one cannot be registered. */
export async function startFleet(options: FleetOptions): Promise<Fleet> {
  const { through } = options;
  const { members } = through;
  const ends = await inParallel(members, AT_ONCE, (member, place) => startMember(options, member, place));
  return {
    containerInstanceIds: members.map(({ containerInstanceId }) => containerInstanceId),
    async shutdown() {
      await Promise.all(ends.map((end) => end()));
      await through.close();
    },
  };
}

/** The returned function ends it. */
async function startMember(options: FleetOptions, member: FleetMember, place: number): Promise<() => Promise<void>> {
  const { startMs, onError } = options;
  const random = createRandom(member.containerInstanceId);
  const behaviour = { ...DEFAULT_BEHAVIOUR, pullMs: NO_TIME, startMs: always(startMs), stopMs: NO_TIME };
  const engine = new SimulatedEngine({
    clock: realClock,
    random: random.fork('engine'),
    behaviourOf: () => behaviour,
  });
  const { control } = member;
  const registration = describe(options, member, place);
  const agent = new SimulatedAgent({ control, engine, registration, clock: realClock, random, onError });
  await patiently(() => agent.register());
  const stopServing = await patiently(() => member.serve(agent.activities));
  return async () => {
    agent.shutdown();
    await stopServing();
  };
}

async function patiently<T>(attempt: () => Promise<T>): Promise<T> {
  for (let failed = 1; ; failed += 1) {
    try {
      return await attempt();
    } catch (error) {
      // A refusal is final; all other errors may pass with time.
      if (error instanceof InstanceRefused || failed === ATTEMPTS) throw error;
    }
    await sleep(RETRY_MS);
  }
}

function describe(
  { cores, memoryMiB, fargate, zones, attributes }: FleetOptions,
  { containerInstanceId, clusterName, availabilityZone }: FleetMember,
  place: number,
): Omit<InstanceRegistration, 'sessionId'> {
  return simulatedRegistration({
    containerInstanceId,
    clusterName,
    cpu: cores * 1024,
    memoryMiB,
    fargate,
    availabilityZone: availabilityZone ?? zones[place % zones.length] ?? '',
    attributes: [...attributes, { name: SIMULATED_ATTRIBUTE }],
  });
}
