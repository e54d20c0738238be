/** The container instances of a simulation: engines, the agents on them, and the network between those and the control plane. */
import { WorkflowUpdateFailedError, type Client } from '@temporalio/client';
import { instanceTaskQueue } from '../../model/container-instance.ts';
import type { ActivityFunctions, ActivityWorker } from '../engine/activity-tasks.ts';
import { createVirtualClient } from '../engine/client.ts';
import { randomUuid } from '../engine/virtual-globals.ts';
import type { VirtualTemporal } from '../engine/temporal.ts';
import type { Clock } from '../clock.ts';
import type { Random } from '../random.ts';
import type { BehaviourOf } from '../runtime/behaviour.ts';
import type { HostFaults } from '../runtime/faults.ts';
import { simulatedRegistration, type SimulatedInstanceShape } from '../runtime/registration.ts';
import { SimulatedAgent } from '../runtime/simulated-agent.ts';
import { SimulatedEngine } from '../runtime/simulated-engine.ts';

export interface InstancesDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly temporal: VirtualTemporal;
  readonly latency: () => number;
  readonly behaviourOf: BehaviourOf;
  readonly faults: HostFaults;
  readonly trace: (line: string) => void;
}

type AgentState = 'up' | 'silent' | 'dead';

interface RunningAgent {
  readonly agent: SimulatedAgent;
  readonly worker: ActivityWorker;
  state: AgentState;
  /** Whoever waits for the network to be back. */
  waiting: (() => void)[];
}

const REGISTER_RETRY_MS = 1_000;

/** One machine with its agent of the moment. */
export class SimulatedInstance {
  readonly shape: SimulatedInstanceShape;
  readonly engine: SimulatedEngine;
  readonly #deps: InstancesDeps;
  readonly #random: Random;
  #running: RunningAgent | undefined;
  #starts = 0;

  constructor(shape: SimulatedInstanceShape, deps: InstancesDeps) {
    this.shape = shape;
    this.#deps = deps;
    this.#random = deps.random.fork(shape.containerInstanceId);
    const { clock, behaviourOf } = deps;
    this.engine = new SimulatedEngine({ clock, behaviourOf, random: this.#random });
  }

  get id(): string {
    return this.shape.containerInstanceId;
  }

  get state(): AgentState {
    return this.#running?.state ?? 'dead';
  }

  /** A new agent process: registers until that is done, then takes work. */
  start(): void {
    if (this.#running) return;
    this.#starts += 1;
    const random = this.#random.fork(`agent-${this.#starts}`);
    const running: RunningAgent = {
      state: 'up',
      waiting: [],
      agent: this.#createAgent(random, () => running),
      worker: {
        queue: instanceTaskQueue(this.id),
        // Read when they are called: the worker is made with the agent.
        get activities() {
          return running.agent.activities as unknown as ActivityFunctions;
        },
        state: () => running.state,
      },
    };
    this.#running = running;
    this.#deps.trace(`agent starts ${this.id}`);
    void this.#register(running);
  }

  /** The process ends without a word; containers run on. */
  kill(): void {
    const running = this.#running;
    if (!running) return;
    this.#running = undefined;
    running.state = 'dead';
    running.waiting = [];
    this.#deps.temporal.activities.removeWorker(running.worker);
    running.agent.kill();
    this.#deps.trace(`agent dies ${this.id}`);
  }

  /** The machine loses its power: agent and containers end. */
  powerOff(): void {
    this.kill();
    this.engine.powerOff();
  }

  /** Nothing gets through between the agent and the control plane. */
  silence(): void {
    if (this.#running?.state === 'up') this.#running.state = 'silent';
  }

  /** It does again. */
  reconnect(): void {
    const running = this.#running;
    if (running?.state !== 'silent') return;
    running.state = 'up';
    for (const go of running.waiting.splice(0)) go();
    this.#deps.temporal.activities.poll(running.worker.queue);
  }

  async #register(running: RunningAgent): Promise<void> {
    const { clock, temporal } = this.#deps;
    while (running.state !== 'dead') {
      try {
        await running.agent.register();
        if (this.#running === running) temporal.activities.addWorker(running.worker);
        return;
      } catch (error) {
        // The control plane has answered, and the answer is no.
        if (error instanceof WorkflowUpdateFailedError) throw error;
        await new Promise<void>((resolve) => void clock.after(REGISTER_RETRY_MS, resolve));
      }
    }
  }

  #createAgent(random: Random, running: () => RunningAgent): SimulatedAgent {
    const { clock, faults } = this.#deps;
    return new SimulatedAgent({
      client: this.#createClient(random.fork('client'), running),
      engine: this.engine,
      registration: simulatedRegistration(this.shape),
      clock,
      random,
      faults,
    });
  }

  /** What a dead agent asks gets no answer, ever; a silent one's calls wait on either way. */
  #createClient(random: Random, running: () => RunningAgent): Client {
    const { clock, latency, temporal } = this.#deps;
    const passage = async (): Promise<void> => {
      await new Promise<void>((resolve) => void clock.after(latency(), resolve));
      while (running().state !== 'up') await new Promise<void>((resolve) => running().waiting.push(resolve));
    };
    return createVirtualClient({
      temporal,
      newId: () => randomUuid(random),
      network: async (call) => {
        await passage();
        const outcome = await call().then(
          (value) => ({ value }),
          (error: unknown) => ({ error }),
        );
        await passage();
        if ('error' in outcome) throw outcome.error;
        return outcome.value;
      },
    });
  }
}
