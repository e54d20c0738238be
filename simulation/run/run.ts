/** One run of a scenario with one seed: step after step, with the promises checked after each. */
import { isDeepStrictEqual } from 'node:util';
import { defined } from '../../model/defined.ts';
import { BoundsWatch } from '../checks/bounds.ts';
import { capacity } from '../checks/capacity.ts';
import { missed } from '../checks/expected.ts';
import type { Check } from '../checks/check.ts';
import { EventOrder } from '../checks/events.ts';
import { knownOwners } from '../checks/known-owners.ts';
import { NOTHING_YET, observe, type Observation } from '../checks/observation.ts';
import { oneCopy } from '../checks/one-copy.ts';
import { order } from '../checks/order.ts';
import { ownersDiffer } from '../checks/owners.ts';
import { ProtectionWatch } from '../checks/protection.ts';
import { unsettled } from '../checks/settled.ts';
import type { SandboxFactory } from '../engine/sandbox.ts';
import { withVirtualGlobals } from '../engine/virtual-globals.ts';
import { createRandom } from '../random.ts';
import { behaviourOf, IMAGE_PREFIX, type Scenario } from '../scenario/scenario.ts';
import { type Step, stepLine } from '../scenario/step.ts';
import type { SimulationDatabases } from '../world/database.ts';
import { SimulatedWorld } from '../world/world.ts';
import { Actor } from './actor.ts';

export interface RunOptions {
  readonly scenario: Scenario;
  readonly seed: string;
  /** All steps: the scenario's own and the random ones. */
  readonly steps: readonly Step[];
  readonly databases: SimulationDatabases;
  readonly sandboxes: SandboxFactory;
  readonly onStep?: (done: number) => void;
}

export interface RunFailure {
  /** How many steps had been done when the failure showed, the current one included. */
  readonly step: number;
  readonly violations: readonly string[];
  /** The latest lines of the trace. */
  readonly trace: readonly string[];
}

export interface RunResult {
  readonly steps: number;
  readonly virtualMs: number;
  readonly realMs: number;
  /** A hash of everything that happened, in order: the same for the same seed and code. */
  readonly digest: string;
  readonly tasks: number;
  readonly replays: number;
  readonly failure?: RunFailure;
}

const CLUSTER = 'simulated';
/** Longer than the throttle ever waits. */
const SETTLE_WITHIN_MS = 40 * 60_000;
const SETTLE_LOOK_MS = 5_000;
/** The default; a scenario may say otherwise. */
const EXPECT_WITHIN_MS = 10 * 60_000;

export async function runScenario(options: RunOptions): Promise<RunResult> {
  const startedAt = performance.now();
  const { scenario, seed } = options;
  const database = await options.databases.open(createRandom(`${seed}/dice`).next());
  try {
    const world = createWorld(options, database);
    const run = new Run(options, world);
    const failure = await withVirtualGlobals(world.clock, createRandom(`${seed}/globals`), () => run.perform());
    return {
      steps: run.done,
      virtualMs: world.elapsed,
      realMs: performance.now() - startedAt,
      digest: world.digest,
      tasks: world.temporal.counts.tasks,
      replays: world.temporal.counts.replays,
      ...(failure ? { failure } : {}),
    };
  } finally {
    await database.close();
  }
  function createWorld(
    { sandboxes }: RunOptions,
    db: Awaited<ReturnType<SimulationDatabases['open']>>,
  ): SimulatedWorld {
    const { cluster, policy, network, faults } = scenario;
    const delayed = faults.reportsDelayed;
    return new SimulatedWorld({
      seed,
      clusterName: CLUSTER,
      workers: cluster.workers,
      latencyMs: network.latency,
      policy: {
        heartbeatTimeoutMs: policy.heartbeatTimeout,
        giveUpAfterMs: policy.lostAfter,
        provisioningTimeoutMs: policy.provisioningTimeout,
      },
      continueAsNewAfterEvents: scenario.continueAsNewAfter,
      behaviourOf: (image) => behaviourOf(scenario.tasks[image.slice(IMAGE_PREFIX.length)]),
      hostFaults: {
        ...defined({ reportsLost: faults.reportsLost, reportAnswersLost: faults.reportAnswersLost }),
        ...(delayed ? { reportsDelayed: { share: delayed.share, ms: delayed.by } } : {}),
        ...defined({ activitiesFail: faults.hostActivitiesFail, activityAnswersLost: faults.hostAnswersLost }),
      },
      controlFaults: defined({
        lost: faults.databaseAway,
        answersLost: faults.databaseAnswersLost,
        activityAnswersLost: faults.activityAnswersLost,
        evictions: faults.evictions,
        workflowTasksLost: faults.workflowTasksLost,
        callsLost: faults.callsLost,
      }),
      sandboxes,
      database: db,
    });
  }
}

class Run {
  done = 0;
  readonly #options: RunOptions;
  readonly #world: SimulatedWorld;
  readonly #actor: Actor;
  readonly #bounds: BoundsWatch;
  readonly #checks: readonly Check[] = [oneCopy, capacity, order, knownOwners, new EventOrder()];
  #before: Observation = NOTHING_YET;

  constructor(options: RunOptions, world: SimulatedWorld) {
    this.#options = options;
    this.#world = world;
    this.#actor = new Actor(world, options.scenario, CLUSTER);
    this.#bounds = new BoundsWatch({
      store: world.store,
      clusterName: CLUSTER,
      now: () => world.clock.now(),
      beliefs: (name) => {
        const service = this.#actor.expectations.service(name);
        return {
          desiredCounts: service.desiredCount.values,
          minimums: service.minimum.values,
          maximums: service.maximum.values,
        };
      },
    });
    const protection = new ProtectionWatch({
      store: world.store,
      now: () => world.clock.now(),
      broken: (sentence) => world.violations.push(sentence),
    });
    world.watchWrites(this.#bounds);
    world.watchWrites(protection);
  }

  /** Returns undefined if every promise was kept. */
  async perform(): Promise<RunFailure | undefined> {
    await this.#world.begin();
    await this.#actor.begin();
    for (const step of this.#options.steps) {
      this.#world.trace(`step ${stepLine(step)}`);
      if (step.after !== undefined) await this.#world.clock.advance(step.after);
      const wrong = await this.#perform(step);
      this.done += 1;
      const violations = [...wrong, ...(await this.#check())];
      this.#options.onStep?.(this.done);
      if (violations.length > 0) return { step: this.done, violations, trace: this.#world.lastLines };
    }
    return undefined;
  }

  async #perform(step: Step): Promise<readonly string[]> {
    if (step.do === 'settle') return this.#settle(step.within);
    if (step.do === 'expect') return this.#expect(step);
    await this.#actor.perform(step);
    return [];
  }

  /** Returns what has not come about when the time is up. */
  async #expect({ that, within = EXPECT_WITHIN_MS }: Extract<Step, { do: 'expect' }>): Promise<readonly string[]> {
    const { clock, violations } = this.#world;
    const input = { world: this.#world, clusterName: CLUSTER };
    const limit = clock.now() + within;
    let wrong = await missed(input, that);
    while (wrong.length > 0 && clock.now() < limit && violations.length === 0) {
      await clock.advance(Math.min(SETTLE_LOOK_MS, limit - clock.now()));
      wrong = await missed(input, that);
    }
    return wrong.map((text) => `expect: ${text}`);
  }

  async #check(): Promise<readonly string[]> {
    const now = await this.#look();
    const bounds = (await this.#bounds.take()).map((text) => `bounds: ${text}`);
    const found: string[] = [...this.#world.violations.splice(0), ...bounds];
    for (const check of this.#checks) {
      const wrong = await check.check({ world: this.#world, before: this.#before, now });
      found.push(...wrong.map((text) => `${check.name}: ${text}`));
    }
    this.#before = now;
    return found;
  }

  #look(): Promise<Observation> {
    const ids = this.#world.instances.map((instance) => instance.id);
    return observe(this.#world.store, CLUSTER, ids, this.#before);
  }

  /** Returns what is still wrong when the time is up. */
  async #settle(within = SETTLE_WITHIN_MS): Promise<readonly string[]> {
    this.#world.ceaseFaults();
    const { instances } = await this.#look();
    for (const instance of this.#world.instances) {
      instance.reconnect();
      // The agent of a deregistered instance waits for an hour before it registers again. An operator who wants it back
      // restarts it.
      if (instances.get(instance.id)?.status === 'INACTIVE') instance.kill();
      instance.start();
    }
    const limit = this.#world.clock.now() + within;
    let wrong: readonly string[] = ['nothing was checked'];
    while (this.#world.clock.now() < limit && this.#world.violations.length === 0) {
      await this.#world.clock.advance(SETTLE_LOOK_MS);
      const earlier = wrong;
      wrong = await this.#unsettled(limit);
      // Checked twice, so that a state that is only passing does not count.
      if (wrong.length === 0 && isDeepStrictEqual(wrong, earlier)) break;
    }
    this.#world.resumeFaults();
    return this.#world.violations.length > 0 ? [] : wrong.map((text) => `settled: ${text}`);
  }

  async #unsettled(limit: number): Promise<readonly string[]> {
    const { scenario } = this.#options;
    const now = await this.#look();
    const { expectations } = this.#actor;
    const wrong = unsettled({ world: this.#world, scenario, expectations, now, limit });
    return wrong.length > 0 ? wrong : ownersDiffer({ world: this.#world, now });
  }
}
