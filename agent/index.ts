/** Composition root on a container instance: one agent serves one Docker engine in one cluster. */
import { randomUUID } from 'node:crypto';
import type Docker from 'dockerode';
import type { Logger } from 'pino';
import { ApplicationFailure } from '@temporalio/common';
import { Client, Connection, WorkflowUpdateFailedError } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { createHostActivities } from '../activities/host/index.ts';
import { HostTasks } from '../activities/host/launch/host-tasks.ts';
import { TaskReporter } from '../activities/host/reporter.ts';
import { connectDocker, DockerRuntime } from '../activities/host/runtime/docker-runtime.ts';
import type { Partition } from '../model/arn.ts';
import { containerInstanceArn } from '../model/arn.ts';
import { instanceTaskQueue } from '../model/container-instance.ts';
import type { Attribute, InstanceRegistration } from '../model/container-instance.ts';
import { isBeforeRunning } from '../model/status.ts';
import type { TaskStatus } from '../model/status.ts';
import { temporalConnectionOptions } from '../model/temporal-settings.ts';
import type { TemporalSettings } from '../model/temporal-settings.ts';
import type { ExpectedTask } from '../workflows/messages.ts';
import { attributesOf, resourcesOf } from './attributes.ts';
import { announceAgent, registerInstance, reportSender } from './control-plane.ts';
import { loadInstanceId } from './instance-id.ts';
import { probeEngine } from './probe.ts';
import { untilDone } from './retry.ts';
import type { Attempts } from './retry.ts';

const AGENT_VERSION = '0.1.0';
/** Activities at a time: most only wait for containers. */
const CONCURRENT_ACTIVITIES = 500;
/** Heartbeats reach Temporal this often: a silent instance is noticed after a few that are missing. */
const HEARTBEAT_INTERVAL_MS = 3_000;
/** An engine that restarts is back sooner; one that is away longer takes its instance out of service. */
const ENGINE_LOST_AFTER_MS = 10_000;
/** At shutdown, reports have this long to reach their owners. */
const LAST_REPORTS_MS = 2_000;

export interface AgentOptions {
  readonly temporal: TemporalSettings;
  readonly docker: Docker.DockerOptions;
  readonly clusterName: string;
  readonly partition: Partition;
  /** Keeps the instance's id. */
  readonly dataDir: string;
  readonly availabilityZone: string;
  /** Offers its capacity to tasks of launch type FARGATE. */
  readonly fargate: boolean;
  readonly attributes: readonly Attribute[];
  readonly logger: Logger;
  /** Stopped containers are removed after this time. */
  readonly taskCleanupWaitMs: number;
}

export interface RunningAgent {
  readonly containerInstanceId: string;
  /** Takes no more work and ends; containers keep running. */
  shutdown(): Promise<void>;
}

/**
 * Starts the agent: registers the instance, adopts what runs, then serves its task queue. Waits for Docker and Temporal
 * where they are away; throws what the control plane refuses for good, such as an unknown cluster.
 */
export async function startAgent(options: AgentOptions): Promise<RunningAgent> {
  const containerInstanceId = await loadInstanceId(options.dataDir);
  const logger = options.logger.child({ containerInstance: containerInstanceId });
  const stopping = new AbortController();
  const attempts = (what: string): Attempts => ({ what, logger, signal: stopping.signal, isFinal: isRefusal });
  const docker = connectDocker(options.docker);
  const registration = await untilDone(attempts('container engine'), () =>
    describe(options, containerInstanceId, docker),
  );
  const connectionOptions = temporalConnectionOptions(options.temporal);
  const connection = await untilDone(attempts('Temporal'), () => Connection.connect(connectionOptions));
  const client = new Client({ connection, namespace: options.temporal.namespace });
  const reporter = new TaskReporter({
    send: reportSender(client),
    onError: (error, owner) => logger.warn({ owner, error: String(error) }, 'cannot report tasks: trying again'),
  });
  const tasks = new HostTasks({
    runtime: new DockerRuntime(docker),
    containerInstanceId,
    logger,
    now: Date.now,
    report: (owner, report) => reporter.report(owner, report),
    cleanupWaitMs: options.taskCleanupWaitMs,
  });
  await untilDone(attempts('container engine'), () => tasks.open());
  const expected = await untilDone(attempts('registration'), () => registerInstance(client, registration));
  await tasks.reconcile(expected.map(toHostTask));
  const activities = createHostActivities({
    tasks,
    reporter,
    announce: () => announceAgent(client, registration),
    assertEngine: () => assertEngine(tasks),
    shutdown: stopping.signal,
  });
  const worker = await untilDone(attempts('worker'), () => createWorker(options, containerInstanceId, activities));
  const ended = worker.run().catch((error: unknown) => logger.error(error, 'the agent stopped taking work'));
  const arn = containerInstanceArn(options.partition, options.clusterName, containerInstanceId);
  logger.info({ arn, expectedTasks: expected.length }, 'agent takes work');
  return {
    containerInstanceId,
    async shutdown() {
      stopping.abort();
      if (worker.getState() === 'RUNNING') worker.shutdown();
      await ended;
      await Promise.race([reporter.drained(), new Promise((resolve) => setTimeout(resolve, LAST_REPORTS_MS))]);
      tasks.close();
      await connection.close();
    },
  };
}

async function describe(options: AgentOptions, id: string, docker: Docker): Promise<InstanceRegistration> {
  const engine = await probeEngine(docker);
  return {
    containerInstanceId: id,
    clusterName: options.clusterName,
    resources: resourcesOf(engine),
    attributes: attributesOf({ ...options, engine }),
    agentVersion: AGENT_VERSION,
    agentHash: 'longshore',
    dockerVersion: `DockerVersion: ${engine.version}`,
    tags: [],
    sessionId: randomUUID(),
  };
}

async function createWorker(options: AgentOptions, id: string, activities: object): Promise<Worker> {
  const connection = await NativeConnection.connect(temporalConnectionOptions(options.temporal));
  return Worker.create({
    connection,
    namespace: options.temporal.namespace,
    taskQueue: instanceTaskQueue(id),
    activities,
    maxConcurrentActivityTaskExecutions: CONCURRENT_ACTIVITIES,
    maxHeartbeatThrottleInterval: HEARTBEAT_INTERVAL_MS,
    defaultHeartbeatThrottleInterval: HEARTBEAT_INTERVAL_MS,
  });
}

/** An engine that is gone must not look alive: without the heartbeats of attendInstance the instance counts as silent. */
function assertEngine(tasks: HostTasks): void {
  if (tasks.engineAwayMs > ENGINE_LOST_AFTER_MS)
    throw ApplicationFailure.retryable('The container engine does not answer.', 'ContainerEngineAway');
}

function toHostTask(task: ExpectedTask): Parameters<HostTasks['reconcile']>[0][number] {
  return {
    taskId: task.taskId,
    ownerWorkflowId: task.ownerWorkflowId,
    wasRunning: !isBeforeRunning(task.lastStatus as TaskStatus),
    shouldStop: task.desiredStatus === 'STOPPED',
  };
}

/** The control plane has answered, and the answer is no: the workflow's refusals are ApplicationFailures. */
const isRefusal = (error: unknown): boolean =>
  error instanceof WorkflowUpdateFailedError && error.cause instanceof ApplicationFailure;
