/** The worker of the instance's task queue, whose connection follows the agent's certificate. */
import { type NativeConnection, Worker } from '@temporalio/worker';
import type { Logger } from 'pino';
import { createHostActivities, type HostActivityDeps } from '../activities/host/index.ts';
import { instanceTaskQueue } from '../model/container-instance.ts';
import type { ControlPlane } from './control-plane.ts';

/** Concurrent activities: most of them only wait for containers. */
const CONCURRENT_ACTIVITIES = 500;
/** Concurrent polls for work. Temporal limits the polls of a namespace, and each instance of a cluster has its own. */
const POLLS = 2;
/** Time between heartbeats to Temporal. A few missing ones reveal a silent instance. */
const HEARTBEAT_INTERVAL_MS = 3_000;
/** Polls that began on a connection end within this time, with work or without. */
const LONGEST_POLL_MS = 90_000;

export interface HostWorkerOptions {
  readonly controlPlane: ControlPlane;
  readonly containerInstanceId: string;
  readonly activities: HostActivityDeps;
  readonly logger: Logger;
}

export class HostWorker {
  readonly #worker: Worker;
  readonly #logger: Logger;
  readonly #controlPlane: ControlPlane;
  readonly #ended: Promise<void>;
  readonly #stopRenewing: () => void;
  /** The latest is the worker's; the others have polls under way. */
  readonly #connections: NativeConnection[];
  readonly #closing = new Set<NodeJS.Timeout>();

  private constructor(worker: Worker, connection: NativeConnection, { controlPlane, logger }: HostWorkerOptions) {
    this.#worker = worker;
    this.#connections = [connection];
    this.#controlPlane = controlPlane;
    this.#logger = logger;
    this.#ended = worker.run().catch((error: unknown) => logger.error({ err: error }, 'the agent stopped taking work'));
    this.#stopRenewing = controlPlane.onRenewed(() => void this.#reconnect());
  }

  /** Rejects while the control plane is out of reach. */
  static async start(options: HostWorkerOptions): Promise<HostWorker> {
    const { controlPlane, containerInstanceId, activities } = options;
    const connection = await controlPlane.connectWorker();
    try {
      const worker = await Worker.create({
        connection,
        namespace: controlPlane.namespace,
        taskQueue: instanceTaskQueue(containerInstanceId),
        activities: createHostActivities(activities),
        maxConcurrentActivityTaskExecutions: CONCURRENT_ACTIVITIES,
        // The SDK pays no heed to `maxConcurrentActivityTaskPolls`: it would be ten.
        activityTaskPollerBehavior: { type: 'simple-maximum', maximum: POLLS },
        maxHeartbeatThrottleInterval: HEARTBEAT_INTERVAL_MS,
        defaultHeartbeatThrottleInterval: HEARTBEAT_INTERVAL_MS,
      });
      return new HostWorker(worker, connection, options);
    } catch (error) {
      await connection.close();
      throw error;
    }
  }

  /** Resolves when activities and polls have ended. */
  async shutdown(): Promise<void> {
    this.#stopRenewing();
    if (this.#worker.getState() === 'RUNNING') this.#worker.shutdown();
    await this.#ended;
    for (const timer of this.#closing) clearTimeout(timer);
    await Promise.all(this.#connections.map((connection) => connection.close()));
  }

  /** Goes on over a new connection: activities keep running, and polls under way end on the old one. */
  async #reconnect(): Promise<void> {
    try {
      const connection = await this.#controlPlane.connectWorker();
      this.#worker.connection = connection;
      const old = this.#connections.splice(0, this.#connections.length, connection);
      for (const each of old) this.#closeLater(each);
    } catch (error) {
      // The next renewal comes well before the certificate ends.
      this.#logger.warn({ err: error }, 'the worker keeps its old certificate; it takes the next one');
    }
  }

  #closeLater(connection: NativeConnection): void {
    const timer = setTimeout(() => {
      this.#closing.delete(timer);
      void connection.close();
    }, LONGEST_POLL_MS);
    this.#closing.add(timer.unref());
  }
}
