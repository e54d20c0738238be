/**
 * The agent of a simulated machine: its activities, session and reports are the real agent's, its tasks the machine's.
 * Many fit in one process. It runs on a real Temporal as well as in the engine: it only needs a client and a clock.
 */
import type { Client } from '@temporalio/client';
import { createHostActivities } from '../../activities/host/index.ts';
import { TaskReporter } from '../../activities/host/reporter.ts';
import type { HostActivities } from '../../activities/host/types.ts';
import { reportSender } from '../../agent/control-plane.ts';
import { ControlPlaneSession } from '../../agent/session.ts';
import type { InstanceRegistration } from '../../model/container-instance.ts';
import type { Clock } from '../clock.ts';
import type { Random } from '../random.ts';
import { unreliableActivities, unreliableReports, type HostFaults } from './faults.ts';
import type { SimulatedMachine } from './simulated-machine.ts';
import { SimulatedTasks } from './simulated-tasks.ts';

/** Ended tasks stay on the machine this long, unless the options say otherwise. */
const CLEANUP_WAIT_MS = 60_000;

export interface SimulatedAgentOptions {
  readonly client: Client;
  readonly machine: SimulatedMachine;
  /** What the instance is; the session id is the agent's own. */
  readonly registration: Omit<InstanceRegistration, 'sessionId'>;
  readonly clock: Clock;
  readonly random: Random;
  readonly faults?: HostFaults;
  readonly cleanupWaitMs?: number;
  /** Reports that did not get through; they are sent again. */
  readonly onError?: (error: unknown) => void;
}

export class SimulatedAgent {
  readonly containerInstanceId: string;
  /** For the instance's own task queue. */
  readonly activities: HostActivities;
  readonly #machine: SimulatedMachine;
  readonly #tasks: SimulatedTasks;
  readonly #reporter: TaskReporter;
  readonly #session: ControlPlaneSession;
  readonly #stopping = new AbortController();

  constructor({ client, machine, registration, clock, random, ...options }: SimulatedAgentOptions) {
    const { faults = {}, cleanupWaitMs = CLEANUP_WAIT_MS, onError = () => undefined } = options;
    this.containerInstanceId = machine.containerInstanceId;
    this.#machine = machine;
    this.#reporter = new TaskReporter({
      send: unreliableReports(reportSender(client), { faults, clock, random: random.fork('reports') }),
      onError,
    });
    this.#tasks = new SimulatedTasks({
      machine,
      clock,
      cleanupWaitMs,
      report: (owner, report) => this.#reporter.report(owner, report),
    });
    this.#session = new ControlPlaneSession({
      client,
      describe: () => Promise.resolve(registration),
      reconcile: (expected) => this.#tasks.reconcile(expected),
    });
    const activities = createHostActivities({
      tasks: this.#tasks,
      reporter: this.#reporter,
      session: this.#session,
      engineIsLost: () => false,
      shutdown: this.#stopping.signal,
    });
    this.activities = unreliableActivities(activities, { faults, random: random.fork('activities') });
  }

  /** Registers and reconciles; the instance takes work once a worker serves its queue with `activities`. */
  register(): Promise<void> {
    return this.#session.renew();
  }

  /** Ends in order: its watch is told. What runs on the machine runs on. */
  shutdown(): void {
    this.#stopping.abort();
    this.#tasks.close();
  }

  /** Ends without a word. What it had not yet started on the machine is gone. */
  kill(): void {
    this.#tasks.close();
    this.#machine.agentEnded();
  }
}
