/** Composition root of a container instance: one agent serves one Docker engine in one cluster. */
import { setTimeout as sleep } from 'node:timers/promises';
import type Docker from 'dockerode';
import type { Logger } from 'pino';
import { ApplicationFailure } from '@temporalio/common';
import { Client, Connection, WorkflowUpdateFailedError } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { createHostActivities } from '../activities/host/index.ts';
import type { HostActivityDeps } from '../activities/host/index.ts';
import { HostTasks } from '../activities/host/launch/host-tasks.ts';
import { probeTaskCgroups } from '../activities/host/limits/task-cgroups.ts';
import type { TaskCgroups } from '../activities/host/limits/task-cgroups.ts';
import { TaskReporter } from '../activities/host/reporter.ts';
import { connectDocker, DockerRuntime } from '../activities/host/runtime/docker-runtime.ts';
import type { Partition } from '../model/arn.ts';
import { containerInstanceArn } from '../model/arn.ts';
import { instanceTaskQueue } from '../model/container-instance.ts';
import type { Attribute, InstanceRegistration } from '../model/container-instance.ts';
import { temporalConnectionOptions } from '../model/temporal-settings.ts';
import type { TemporalSettings } from '../model/temporal-settings.ts';
import { attributesOf, resourcesOf } from './attributes.ts';
import type { EngineFacts } from './attributes.ts';
import { reportSender } from './control-plane.ts';
import { loadInstanceId } from './instance-id.ts';
import { probeEngine } from './probe.ts';
import { untilDone } from './retry.ts';
import { ControlPlaneSession } from './session.ts';

const AGENT_VERSION = '0.1.0';
/** ECS shows the agent's build here. */
const AGENT_HASH = 'longshore';
/** Concurrent activities: most of them only wait for containers. */
const CONCURRENT_ACTIVITIES = 500;
/** Concurrent polls for work. Temporal limits the polls of a namespace, and each instance of a cluster has its own. */
const POLLS = 2;
/** Time between heartbeats to Temporal. A few missing ones reveal a silent instance. */
const HEARTBEAT_INTERVAL_MS = 3_000;
/** A restarting engine is back sooner. An engine that is away for longer takes its instance out of service. */
const ENGINE_LOST_AFTER_MS = 10_000;
/** Time for the last reports to reach their owners at shutdown. */
const LAST_REPORTS_MS = 2_000;

export interface AgentOptions {
  readonly temporal: TemporalSettings;
  readonly docker: Docker.DockerOptions;
  readonly clusterName: string;
  readonly partition: Partition;
  /** Holds the instance's id. */
  readonly dataDir: string;
  readonly availabilityZone: string;
  /** The instance offers its capacity to tasks of launch type FARGATE. */
  readonly fargate: boolean;
  /** The capacity provider of the operator to whose group the instance belongs. */
  readonly capacityProvider?: string;
  readonly attributes: readonly Attribute[];
  readonly logger: Logger;
  /** The agent removes stopped containers after this time. */
  readonly taskCleanupWaitMs: number;
  /** The agent removes the oldest stopped containers sooner when there are more than this. */
  readonly keptContainers: { readonly perFamily: number; readonly inAll: number };
}

export interface RunningAgent {
  readonly containerInstanceId: string;
  /** Ends the agent. Containers keep running. */
  shutdown(): Promise<void>;
}

/**
 * Starts the agent: registers the instance, adopts running containers, then serves the instance's task queue. Waits for
 * Docker and Temporal when they do not answer. Throws when the control plane refuses the instance for good, such as for an
 * unknown cluster.
 */
export async function startAgent(options: AgentOptions): Promise<RunningAgent> {
  const containerInstanceId = await loadInstanceId(options.dataDir);
  const logger = options.logger.child({ containerInstanceId });
  const stopping = new AbortController();
  const patiently = <T>(what: string, attempt: () => Promise<T>): Promise<T> =>
    untilDone({ what, logger, signal: stopping.signal, isFinal: isRefusal }, attempt);
  const connectionOptions = temporalConnectionOptions(options.temporal);
  const docker = connectDocker(options.docker);
  const connection = await patiently('Temporal', () => Connection.connect(connectionOptions));
  const client = new Client({ connection, namespace: options.temporal.namespace });
  const reporter = new TaskReporter({
    send: reportSender(client),
    onError: (error, owner) =>
      logger.warn({ ownerWorkflowId: owner, err: error }, 'could not report on tasks; trying again'),
  });
  const cgroups = await patiently('container engine', () => probeTaskCgroups(docker, containerInstanceId));
  if (typeof cgroups === 'string')
    logger.warn({ err: cgroups }, 'the limits of a task apply to each of its containers, not to all of them together');
  const tasks = createHostTasks({ options, containerInstanceId, logger, docker, reporter, cgroups });
  await patiently('container engine', () => tasks.open());
  const session = new ControlPlaneSession({
    client,
    describe: async () => describe(options, containerInstanceId, await probeEngine(docker)),
    reconcile: (expected) => tasks.reconcile(expected),
    comesBack: { logger, shutdown: stopping.signal },
  });
  await patiently('registration', () => session.renew());
  const worker = await patiently('worker', () =>
    createWorker(options, containerInstanceId, {
      tasks,
      reporter,
      session,
      engineIsLost: () => tasks.engineAwayMs > ENGINE_LOST_AFTER_MS,
      shutdown: stopping.signal,
    }),
  );
  const ended = worker.run().catch((error: unknown) => logger.error({ err: error }, 'the agent stopped taking work'));
  const arn = containerInstanceArn(options.partition, options.clusterName, containerInstanceId);
  logger.info({ containerInstanceArn: arn }, 'the agent takes work');
  return {
    containerInstanceId,
    async shutdown() {
      stopping.abort();
      if (worker.getState() === 'RUNNING') worker.shutdown();
      await ended;
      await Promise.race([reporter.drained(), sleep(LAST_REPORTS_MS)]);
      tasks.close();
      await connection.close();
    },
  };
}

interface HostTasksSetup {
  readonly options: AgentOptions;
  readonly containerInstanceId: string;
  readonly logger: Logger;
  readonly docker: Docker;
  readonly reporter: TaskReporter;
  readonly cgroups: TaskCgroups | string;
}

function createHostTasks(setup: HostTasksSetup): HostTasks {
  const { options, containerInstanceId, logger, docker, reporter, cgroups } = setup;
  return new HostTasks({
    runtime: new DockerRuntime(docker),
    containerInstanceId,
    ...(typeof cgroups === 'string' ? {} : { cgroups }),
    logger,
    now: Date.now,
    report: (owner, report) => reporter.report(owner, report),
    cleanupWaitMs: options.taskCleanupWaitMs,
    kept: options.keptContainers,
    isTold: (owner, taskId) => reporter.isTold(owner, taskId),
  });
}

function describe(options: AgentOptions, id: string, engine: EngineFacts): Omit<InstanceRegistration, 'sessionId'> {
  return {
    containerInstanceId: id,
    clusterName: options.clusterName,
    resources: resourcesOf(engine),
    attributes: attributesOf({ ...options, engine }),
    agentVersion: AGENT_VERSION,
    agentHash: AGENT_HASH,
    dockerVersion: `DockerVersion: ${engine.version}`,
    tags: [],
  };
}

async function createWorker(options: AgentOptions, id: string, deps: HostActivityDeps): Promise<Worker> {
  const connection = await NativeConnection.connect(temporalConnectionOptions(options.temporal));
  return Worker.create({
    connection,
    namespace: options.temporal.namespace,
    taskQueue: instanceTaskQueue(id),
    activities: createHostActivities(deps),
    maxConcurrentActivityTaskExecutions: CONCURRENT_ACTIVITIES,
    // The SDK pays no heed to `maxConcurrentActivityTaskPolls`: it would be ten.
    activityTaskPollerBehavior: { type: 'simple-maximum', maximum: POLLS },
    maxHeartbeatThrottleInterval: HEARTBEAT_INTERVAL_MS,
    defaultHeartbeatThrottleInterval: HEARTBEAT_INTERVAL_MS,
  });
}

/** True when the control plane refused the request: the workflow's refusals are ApplicationFailures. */
const isRefusal = (error: unknown): boolean =>
  error instanceof WorkflowUpdateFailedError && error.cause instanceof ApplicationFailure;
