/**
 * The control plane's worker: runs the workflows and their store activities. It is stateless, and any number may run.
 */
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import type { Logger } from 'pino';
import { Background } from '../activities/control/background.ts';
import { createControlActivities } from '../activities/control/index.ts';
import { createTemporalSignals } from '../activities/control/temporal-signals.ts';
import type { InstancePolicy } from '../activities/control/types.ts';
import type { Partition } from '../model/arn.ts';
import { CONTROL_TASK_QUEUE } from '../model/container-instance.ts';
import { temporalConnectionOptions, type TemporalSettings } from '../model/temporal-settings.ts';
import type { Store } from '../store/contract/store.ts';
import { loadWorkflowBundle } from './bundle.ts';
import type { ReturningAgents } from '../activities/control/returning-agents.ts';
import { rebuildLostWorkflows } from './rebuild.ts';

export interface WorkerOptions {
  readonly temporal: TemporalSettings;
  readonly store: Store;
  readonly partition: Partition;
  readonly policy: InstancePolicy;
  /** Folder for the workflow bundle, shared by all workers of a machine. */
  readonly bundleCacheDir: string;
  readonly logger: Logger;
}

/** How long the server holds a workflow task for a worker that was killed before another worker may take it. */
const STICKY_TIMEOUT_MS = 3_000;

/** How often to look for workflows that somebody terminated. An owner whose call was lost finds its tasks by itself. */
const LOOK_EVERY_MS = 2 * 60_000;

async function returningAgents(store: Store, { heartbeatTimeoutMs }: InstancePolicy): Promise<ReturningAgents> {
  const instanceIds = new Set(await store.listLastConnected(heartbeatTimeoutMs));
  return { instanceIds, until: Date.now() + heartbeatTimeoutMs };
}

/**
 * Starts the worker. Resolves once it polls and every owner that the store knows has its workflow. `shutdown` lets
 * workflow tasks and activities under way finish.
 */
export async function startWorker(options: WorkerOptions): Promise<{ shutdown(): Promise<void> }> {
  const { temporal, store, policy, logger } = options;
  const connectionOptions = temporalConnectionOptions(temporal);
  const [workflowBundle, connection, clientConnection] = await Promise.all([
    loadWorkflowBundle(options.bundleCacheDir),
    NativeConnection.connect(connectionOptions),
    Connection.connect(connectionOptions),
  ]);
  const client = new Client({ connection: clientConnection, namespace: temporal.namespace });
  const signal = createTemporalSignals(client);
  const background = new Background();
  const worker = await Worker.create({
    connection,
    namespace: temporal.namespace,
    taskQueue: CONTROL_TASK_QUEUE,
    workflowBundle,
    activities: createControlActivities({
      store,
      signal,
      policy,
      logger,
      background,
      returning: await returningAgents(store, policy),
    }),
    stickyQueueScheduleToStartTimeout: STICKY_TIMEOUT_MS,
    shutdownGraceTime: '5s',
  });
  const run = worker.run().catch((error: unknown) => {
    logger.fatal({ err: error }, 'the worker stopped; start Longshore again');
    process.exitCode = 1;
  });
  const owners = { client, store, logger };
  await rebuildLostWorkflows(owners);
  const look = (): void => {
    void background.begin(() =>
      rebuildLostWorkflows(owners).catch((error: unknown) => {
        logger.warn({ err: error }, 'could not look for lost workflows; trying again later');
      }),
    );
  };
  const timer = setInterval(look, LOOK_EVERY_MS);
  return {
    shutdown: async () => {
      clearInterval(timer);
      worker.shutdown();
      await run;
      await background.end();
      await connection.close();
      await clientConnection.close();
    },
  };
}
