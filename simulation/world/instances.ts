/** The container instances of a simulation: engines, their agents, and the network between agents and control plane. */
import type { Client } from '@temporalio/client';
import { directControl } from '../../agent/direct-control.ts';
import { InstanceRefused } from '../../model/agent-calls.ts';
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
  /** Callers that wait for the network to come back. */
  waiting: (() => void)[];
}

const REGISTER_RETRY_MS = 1_000;

/** One machine with its current agent. */
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

  /** Starts a new agent process, which registers until that succeeds and then takes work. */
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
        // A getter, because `running` cannot be read while this literal is being built.
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

  /** The process ends without telling anybody; containers keep running. */
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

  /** The machine loses power: agent and containers end. */
  powerOff(): void {
    this.kill();
    this.engine.powerOff();
  }

  /** Nothing gets through between the agent and the control plane. */
  silence(): void {
    if (this.#running?.state === 'up') this.#running.state = 'silent';
  }

  /** Calls get through again. */
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
        // The control plane has answered, and the answer is a refusal.
        if (error instanceof InstanceRefused) throw error;
        await new Promise<void>((resolve) => void clock.after(REGISTER_RETRY_MS, resolve));
      }
    }
  }

  #createAgent(random: Random, running: () => RunningAgent): SimulatedAgent {
    const { clock, faults } = this.#deps;
    return new SimulatedAgent({
      control: directControl(this.#createClient(random.fork('client'), running)),
      engine: this.engine,
      registration: simulatedRegistration(this.shape),
      clock,
      random,
      faults,
    });
  }

  /** A dead agent never gets an answer; a silent one's calls wait, whichever way they go. */
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
