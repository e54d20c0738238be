/** Composition root of a container instance: one agent serves one Docker engine in one cluster. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type Docker from 'dockerode';
import type { Logger } from 'pino';
import { createHostActivities } from '../activities/host/index.ts';
import { HostTasks } from '../activities/host/launch/host-tasks.ts';
import { probeTaskCgroups } from '../activities/host/limits/task-cgroups.ts';
import type { TaskCgroups } from '../activities/host/limits/task-cgroups.ts';
import { TaskReporter } from '../activities/host/reporter.ts';
import { connectDocker, DockerRuntime } from '../activities/host/runtime/docker-runtime.ts';
import { isFreePort } from '../activities/host/runtime/free-port.ts';
import { InstanceRefused } from '../model/agent-calls.ts';
import type { AgentBuild } from '../model/agent-update.ts';
import type { Partition } from '../model/arn.ts';
import { containerInstanceArn } from '../model/arn.ts';
import { defined } from '../model/defined.ts';
import type { Attribute, InstanceRegistration } from '../model/container-instance.ts';
import { attributesOf, offersFargate, resourcesOf } from './attributes.ts';
import type { EngineFacts } from './attributes.ts';
import type { ControlPlane } from './control-plane.ts';
import { Fence } from './fence/fence.ts';
import { HostGuards, isContained } from './host-guards.ts';
import { HostWorker } from './host-worker.ts';
import { probeEngine } from './probe.ts';
import { untilDone } from './retry.ts';
import { ControlPlaneSession } from './session.ts';
import { openTaskEndpoint, type TaskEndpoint } from './task-endpoint/index.ts';
import { AgentUpdater, type UpdaterDeps } from './update/updater.ts';
import type { AgentUpdates } from './update/updates.ts';

/** A restarting engine is back sooner. An engine that is away for longer takes its instance out of service. */
const ENGINE_LOST_AFTER_MS = 10_000;
/** Time for the worker's last answers at shutdown: behind a door that refuses them, the SDK would try for ever. */
const LAST_ANSWERS_MS = 10_000;
/** Time for the last reports to reach their owners at shutdown. */
const LAST_REPORTS_MS = 2_000;

export interface AgentOptions {
  /** Opens the way to the control plane. Rejects while that is out of reach. The agent closes it. */
  readonly connect: () => Promise<ControlPlane>;
  readonly containerInstanceId: string;
  /** The agent's own folder. */
  readonly folder: string;
  readonly docker: Docker.DockerOptions;
  readonly clusterName: string;
  readonly partition: Partition;
  readonly availabilityZone: string;
  /** The instance offers its capacity to tasks of launch type FARGATE. */
  readonly fargate: boolean;
  /** The engine's runtime under which FARGATE tasks run. Absent: its default. */
  readonly fargateRuntime?: string;
  /** The capacity provider of the operator to whose group the instance belongs. */
  readonly capacityProvider?: string;
  readonly attributes: readonly Attribute[];
  readonly logger: Logger;
  /** The code that runs. */
  readonly build: AgentBuild;
  /** Absent: nobody can start another version in its place. */
  readonly updates?: AgentUpdates;
  /** The agent removes stopped containers after this time. */
  readonly taskCleanupWaitMs: number;
  /** The agent removes the oldest stopped containers sooner when there are more than this. */
  readonly keptContainers: { readonly perFamily: number; readonly inAll: number };
}

export interface RunningAgent {
  /** Ends the agent. Containers keep running. */
  shutdown(): Promise<void>;
}

/**
 * Starts the agent: registers the instance, adopts running containers, then serves the instance's task queue. Waits for
 * Docker and the control plane when they do not answer. Throws InstanceRefused when the control plane refuses the instance for
 * good, such as for an unknown cluster.
 */
export async function startAgent(options: AgentOptions): Promise<RunningAgent> {
  const { containerInstanceId } = options;
  const logger = options.logger.child({ containerInstanceId });
  const stopping = new AbortController();
  const patiently = <T>(what: string, attempt: () => Promise<T>): Promise<T> =>
    untilDone({ what, logger, signal: stopping.signal, isFinal: isRefusal }, attempt);
  const docker = connectDocker(options.docker);
  const controlPlane = await patiently('control plane', options.connect);
  const { control } = controlPlane;
  const reporter = new TaskReporter({
    send: (owner, reports) => control.sendReports(owner, reports),
    onError: (error, owner) =>
      logger.warn({ ownerWorkflowId: owner, err: error }, 'could not report on tasks; trying again'),
  });
  const cgroups = await patiently('container engine', () => probeTaskCgroups(docker, containerInstanceId));
  if (typeof cgroups === 'string')
    logger.warn({ err: cgroups }, 'the limits of a task apply to each of its containers, not to all of them together');
  const fence = new Fence({
    folder: join(options.folder, 'fence'),
    containerInstanceId,
    docker: options.docker,
    heartbeat: (taskToken, timeoutMs) => controlPlane.heartbeat(taskToken, timeoutMs),
    logger,
  });
  const endpoint = await patiently('container engine', () => openTaskEndpoint({ ...options, docker, logger }));
  const guards = hostGuardsOf(options);
  const tasks = createHostTasks({
    ...{ options, logger, docker, reporter, cgroups, fence, controlPlane, guards },
    ...defined({ endpoint }),
  });
  await patiently('container engine', () => tasks.open());
  endpoint?.serve(tasks, controlPlane.tasks);
  const session = new ControlPlaneSession({
    control,
    describe: async ({ isFirst }) => ({
      ...describe(options, await probe({ docker, options, guards, logger }), endpoint),
      // Later it could be taken for the outcome of another update to the same version.
      ...(isFirst ? defined({ failedUpdate: options.updates?.failed }) : {}),
    }),
    reconcile: (expected) => tasks.reconcile(expected),
    allow: (allowed) => guards.allow(allowed),
    takesWork: () => options.updates?.takesWork(),
    comesBack: { logger, shutdown: stopping.signal },
  });
  await patiently('registration', () => session.renew());
  const activities = createHostActivities({
    tasks,
    reporter,
    session,
    fence,
    engineIsLost: () => tasks.engineAwayMs > ENGINE_LOST_AFTER_MS,
    shutdown: stopping.signal,
  });
  const updates = updaterOf(options, { controlPlane, logger, shutdown: stopping.signal });
  const worker = await patiently('worker', () =>
    HostWorker.start({ controlPlane, containerInstanceId, activities, logger, ...defined({ updates }) }),
  );
  const arn = containerInstanceArn(options.partition, options.clusterName, containerInstanceId);
  logger.info({ containerInstanceArn: arn }, 'the agent takes work');
  return {
    async shutdown() {
      stopping.abort();
      await Promise.race([worker.shutdown(), sleep(LAST_ANSWERS_MS)]);
      await Promise.race([reporter.drained(), sleep(LAST_REPORTS_MS)]);
      await endpoint?.close();
      tasks.close();
      await controlPlane.close();
    },
  };
}

function updaterOf(
  { build, updates }: AgentOptions,
  {
    controlPlane: { packages: source },
    ...parts
  }: Pick<UpdaterDeps, 'logger' | 'shutdown'> & {
    readonly controlPlane: ControlPlane;
  },
): AgentUpdater | undefined {
  if (updates === undefined || source === undefined) return undefined;
  return new AgentUpdater({ ...parts, build, updates, source });
}

/** What the engine says of itself now. */
async function probe({
  docker,
  options,
  guards,
  logger,
}: Pick<HostTasksSetup, 'docker' | 'options' | 'guards' | 'logger'>): Promise<EngineFacts> {
  const engine = await probeEngine(docker);
  guards.setLogDriver(engine.logDriver);
  guards.setEngineFolder(engine.folder);
  if (options.fargate && !offersFargate({ ...options, engine }))
    logger.warn('the engine lacks the runtime of FARGATE tasks: this instance takes none');
  return engine;
}

function hostGuardsOf({ clusterName, fargateRuntime, docker: { socketPath } }: AgentOptions): HostGuards {
  const engineSocket = typeof socketPath === 'string' ? socketPath : undefined;
  return new HostGuards(clusterName, { ...defined({ engineSocket, fargateRuntime }), isContained: isContained() });
}

interface HostTasksSetup {
  readonly options: AgentOptions;
  readonly logger: Logger;
  readonly docker: Docker;
  readonly reporter: TaskReporter;
  readonly cgroups: TaskCgroups | string;
  readonly fence: Fence;
  readonly controlPlane: ControlPlane;
  readonly endpoint?: TaskEndpoint;
  readonly guards: HostGuards;
}

function createHostTasks(setup: HostTasksSetup): HostTasks {
  const { options, logger, docker, reporter, cgroups, fence, controlPlane, endpoint, guards } = setup;
  return new HostTasks({
    runtime: new DockerRuntime(docker, {
      onNoStorageLimits: (reason) =>
        logger.warn({ err: reason }, 'this engine cannot limit what containers write: ephemeralStorage is not limited'),
    }),
    isFreePort,
    containerInstanceId: options.containerInstanceId,
    ...(typeof cgroups === 'string' ? {} : { cgroups }),
    logger,
    secrets: (task) => controlPlane.tasks.secrets(task),
    now: Date.now,
    checkGuards: (definition) => guards.check(definition),
    checkVolume: (volume) => guards.checkVolume(volume),
    boundsOf: (launch) => guards.boundsOf(launch),
    assertMayStart: (plan) => fence.assertMayStart(plan),
    ...defined({ variables: endpoint?.variables }),
    report: (owner, report) => reporter.report(owner, fence.explain(report)),
    cleanupWaitMs: options.taskCleanupWaitMs,
    kept: options.keptContainers,
    isTold: (owner, taskId) => reporter.isTold(owner, taskId),
  });
}

function describe(
  options: AgentOptions,
  engine: EngineFacts,
  endpoint: TaskEndpoint | undefined,
): Omit<InstanceRegistration, 'sessionId'> {
  return {
    containerInstanceId: options.containerInstanceId,
    clusterName: options.clusterName,
    resources: resourcesOf(engine, endpoint?.port),
    attributes: attributesOf({
      ...options,
      engine,
      isUpdatable: options.updates !== undefined,
      hasTaskEndpoint: endpoint !== undefined,
    }),
    agentVersion: options.build.version,
    agentHash: options.build.hash,
    dockerVersion: `DockerVersion: ${engine.version}`,
    tags: [],
  };
}

/** True when the control plane refused the instance for good. */
const isRefusal = (error: unknown): boolean => error instanceof InstanceRefused;
