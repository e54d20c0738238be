/** The worker of the instance's task queue, whose connection follows the agent's certificate. */
import { type NativeConnection, Worker, type WorkerOptions } from '@temporalio/worker';
import type { Logger } from 'pino';
import type { HostActivities } from '../activities/host/types.ts';
import { type AgentUpdateOrders, createUpdateActivities } from '../activities/host/update.ts';
import { instanceTaskQueue } from '../model/container-instance.ts';
import type { ControlPlane } from './control-plane.ts';
import { untilDone } from './retry.ts';

/** Concurrent activities: most of them only wait for containers. */
const CONCURRENT_ACTIVITIES = 500;
/** Concurrent polls for work. Temporal limits the polls of a namespace, and each instance of a cluster has its own. */
const POLLS = 2;
/** The activities keep the pace of their heartbeats themselves: the SDK must hold none of them back, at the quickest pace either. */
const HEARTBEAT_THROTTLE_MS = 1_000;
/** Polls that began on a connection end within this time, with work or without. */
const LONGEST_POLL_MS = 90_000;

export interface HostWorkerOptions {
  readonly controlPlane: ControlPlane;
  readonly containerInstanceId: string;
  readonly activities: HostActivities;
  /** Absent: the agent cannot be replaced. */
  readonly updates?: AgentUpdateOrders;
  readonly logger: Logger;
  /** In place of what suits the agent of one engine. */
  readonly worker?: Omit<WorkerOptions, 'connection' | 'namespace' | 'taskQueue' | 'activities'>;
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
  /** Aborted by the next renewal, and when the worker ends. */
  #reconnecting = new AbortController();

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
    const { controlPlane, containerInstanceId, activities, updates } = options;
    const meanwhile = { isRenewed: false };
    const stopWatching = controlPlane.onRenewed(() => (meanwhile.isRenewed = true));
    const connection = await controlPlane.connectWorker();
    try {
      const worker = await Worker.create({
        connection,
        namespace: controlPlane.namespace,
        taskQueue: instanceTaskQueue(containerInstanceId),
        activities: { ...activities, ...(updates === undefined ? {} : createUpdateActivities(updates)) },
        maxConcurrentActivityTaskExecutions: CONCURRENT_ACTIVITIES,
        // The SDK pays no heed to `maxConcurrentActivityTaskPolls`: it would be ten.
        activityTaskPollerBehavior: { type: 'simple-maximum', maximum: POLLS },
        maxHeartbeatThrottleInterval: HEARTBEAT_THROTTLE_MS,
        defaultHeartbeatThrottleInterval: HEARTBEAT_THROTTLE_MS,
        ...options.worker,
      });
      const host = new HostWorker(worker, connection, options);
      if (meanwhile.isRenewed) void host.#reconnect();
      return host;
    } catch (error) {
      await connection.close();
      throw error;
    } finally {
      stopWatching();
    }
  }

  /** Resolves when activities and polls have ended. */
  async shutdown(): Promise<void> {
    this.#stopRenewing();
    this.#reconnecting.abort();
    if (this.#worker.getState() === 'RUNNING') this.#worker.shutdown();
    await this.#ended;
    for (const timer of this.#closing) clearTimeout(timer);
    await Promise.all(this.#connections.map((connection) => connection.close()));
  }

  /**
   * Goes on over a new connection: activities keep running, and polls under way end on the old one. Tries until it succeeds,
   * because the next renewal comes when the old certificate ends.
   */
  async #reconnect(): Promise<void> {
    this.#reconnecting.abort();
    this.#reconnecting = new AbortController();
    const { signal } = this.#reconnecting;
    try {
      const options = { what: 'the worker keeps its old certificate for now', logger: this.#logger, signal };
      const connection = await untilDone(options, () => this.#controlPlane.connectWorker());
      if (signal.aborted) {
        await connection.close();
        return;
      }
      this.#worker.connection = connection;
      const old = this.#connections.splice(0, this.#connections.length, connection);
      for (const each of old) this.#closeLater(each);
    } catch (error) {
      if (!signal.aborted) this.#logger.error({ err: error }, 'the worker stays on its old connection');
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
