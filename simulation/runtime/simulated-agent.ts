/**
 * The agent of a simulated machine: the real agent over a simulated engine. Many fit in one process. It runs on a real
 * Temporal as well as on the virtual one, because it only needs a way to the control plane and a clock.
 */
import { pino } from 'pino';
import { createHostActivities } from '../../activities/host/index.ts';
import { HostTasks } from '../../activities/host/launch/host-tasks.ts';
import { TaskReporter } from '../../activities/host/reporter.ts';
import type { HostActivities } from '../../activities/host/types.ts';
import { ControlPlaneSession } from '../../agent/session.ts';
import type { InstanceControl } from '../../model/agent-calls.ts';
import type { InstanceRegistration } from '../../model/container-instance.ts';
import type { Clock } from '../clock.ts';
import type { Random } from '../random.ts';
import { unreliableActivities, unreliableReports, type HostFaults } from './faults.ts';
import { connectTo, type EngineConnection } from './engine-connection.ts';
import type { SimulatedEngine } from './simulated-engine.ts';

const SILENT = pino({ level: 'silent' });
/** How long ended containers stay on the engine, unless the options say otherwise. */
const CLEANUP_WAIT_MS = 60_000;

export interface SimulatedAgentOptions {
  readonly control: InstanceControl;
  readonly engine: SimulatedEngine;
  /** The instance's registration without a session id, which the agent makes itself. */
  readonly registration: Omit<InstanceRegistration, 'sessionId'>;
  readonly clock: Clock;
  readonly random: Random;
  readonly faults?: HostFaults;
  readonly cleanupWaitMs?: number;
  /** Gets the errors of reports that did not get through. The agent sends the reports again. */
  readonly onError?: (error: unknown) => void;
}

export class SimulatedAgent {
  readonly containerInstanceId: string;
  /** The activities of the instance's own task queue. */
  readonly activities: HostActivities;
  readonly #connection: EngineConnection;
  readonly #tasks: HostTasks;
  readonly #reporter: TaskReporter;
  readonly #session: ControlPlaneSession;
  readonly #stopping = new AbortController();
  #opened: Promise<void> | undefined;

  constructor({ control, engine, registration, clock, random, ...options }: SimulatedAgentOptions) {
    const { faults = {}, cleanupWaitMs = CLEANUP_WAIT_MS, onError = () => undefined } = options;
    this.containerInstanceId = registration.containerInstanceId;
    this.#connection = connectTo(engine);
    this.#reporter = new TaskReporter({
      send: unreliableReports((owner, reports) => control.sendReports(owner, reports), {
        faults,
        clock,
        random: random.fork('reports'),
      }),
      onError,
    });
    this.#tasks = new HostTasks({
      runtime: this.#connection.runtime,
      containerInstanceId: this.containerInstanceId,
      logger: SILENT,
      now: () => clock.now(),
      report: (owner, report) => this.#reporter.report(owner, report),
      // No program runs here that could read them.
      secrets: () => Promise.resolve({}),
      cleanupWaitMs,
      engineConcurrency: Infinity,
    });
    this.#session = new ControlPlaneSession({
      control,
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

  /**
   * Adopts what is on the engine, registers and reconciles. The instance takes work once a worker serves its queue with
   * `activities`.
   */
  async register(): Promise<void> {
    this.#opened ??= this.#tasks.open();
    await this.#opened;
    await this.#session.renew();
  }

  /** Ends in order: its watch is told. Containers keep running. */
  shutdown(): void {
    this.#stopping.abort();
    this.#tasks.close();
  }

  /** Ends without telling anybody. Containers keep running. */
  kill(): void {
    this.#tasks.close();
    this.#connection.cut();
  }
}
