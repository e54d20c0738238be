/** Time-skipping Temporal with the real workflows, a fake store and fake hosts. The test moves virtual time. */
import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, makeTelemetryFilterString, Runtime, Worker } from '@temporalio/worker';
import type { WorkflowClient, WorkflowHandle } from '@temporalio/client';
import proto, { type temporal } from '@temporalio/proto';
import { isGrpcServiceError, ServiceError, WithStartWorkflowOperation } from '@temporalio/client';
import type { UpdateDefinition, Workflow } from '@temporalio/common';
import { instanceTaskQueue } from '../../model/container-instance.ts';
import { findOnPath } from '../../tools/command.ts';
import { loadWorkflowBundle } from '../../worker/bundle.ts';
import { RUN_TASK_WORKFLOW, runTaskWorkflowId, SERVICE_WORKFLOW, serviceWorkflowId } from '../../model/workflow-ids.ts';
import type { CreateServiceCommand } from '../../model/commands.ts';
import {
  createServiceUpdate,
  instanceNoticeSignal,
  placeUpdate,
  taskReportsSignal,
  type RunTaskCommand,
  type RunTaskOutcome,
} from '../../workflows/messages.ts';
import { FakeControl } from './fake-control.ts';
import { FakeHost } from './fake-host.ts';
import { startTimeSkippingServer } from './time-skipping-server.ts';

/** The SDK's runtime is one for all files of a process. */
let isQuiet = false;

/** Lets only the SDK's errors reach the terminal. Must run once per process, before anything else of the SDK. */
export function quietTemporal(): void {
  if (isQuiet) return;
  isQuiet = true;
  Runtime.install({
    logger: new DefaultLogger('ERROR'),
    telemetryOptions: { logging: { filter: makeTelemetryFilterString({ core: 'ERROR' }), forward: {} } },
  });
}

/**
 * One time-skipping server. The SDK gives a server that it starts itself five seconds to listen, too little on a busy machine.
 * So it gets a program that does nothing to start, and the port where our server listens already.
 */
export async function startWorkflowEnv(): Promise<TestWorkflowEnvironment> {
  const server = await startTimeSkippingServer();
  const path = findOnPath('true') ?? '/bin/true';
  const { port } = server;
  const env = await TestWorkflowEnvironment.createTimeSkipping({
    server: { executable: { type: 'existing-path', path }, port },
  });
  const teardown = env.teardown.bind(env);
  env.teardown = async () => {
    await teardown();
    server.kill();
  };
  return env;
}

/** The server of one file, after it has started. */
export interface EnvOfFile {
  readonly current: TestWorkflowEnvironment;
  /** For tests after one that may have affected the server's clock. */
  renewIfStuck(): Promise<void>;
}

const LASTING_TIMERS = fileURLToPath(new URL('lasting-timers.ts', import.meta.url));
const STEP_MS = 30_000;
const SHORTEST_STEP_MS = 500;
/** Waits of hours are done in steps of this share of the time waited already. */
const LATER_STEPS = 0.02;
const REST_TRIES = 20;
const REST_PAUSE_MS = 20;

interface CalledWorkflow {
  readonly type: string;
  readonly id: string;
  readonly args: unknown[];
}

/**
 * The server waits ten seconds for a worker to take in the call that came with a start, and does not understand its
 * repetition. It has the update all the same.
 */
function isForgotten(error: unknown): boolean {
  if (!(error instanceof ServiceError) || !isGrpcServiceError(error.cause)) return false;
  const code: number = error.cause.code;
  return code === GRPC_UNKNOWN;
}
const GRPC_UNKNOWN = 2;
const { PENDING_ACTIVITY_STATE_SCHEDULED } = proto.temporal.api.enums.v1.PendingActivityState;

export interface Stage {
  readonly env: TestWorkflowEnvironment;
  readonly client: WorkflowClient;
  readonly control: FakeControl;
  readonly host: FakeHost;
  /** Unique per test, so that tests of one file share the server. */
  readonly cluster: string;
  readonly taskQueue: string;
  /** Sends an update and starts its workflow with it if there is none; that is terminated when the stage ends. */
  callWithStart<R, C>(update: UpdateDefinition<R, [C]>, command: C, workflow: CalledWorkflow): Promise<R>;
  addInstance(options?: Parameters<FakeControl['addInstance']>[1]): Promise<string>;
  /** The instance's watch fails, and its queue stands still until the agent is revived. */
  killAgent(id: string): void;
  reviveAgent(id: string): Promise<void>;
  createService(command: CreateServiceCommand): Promise<{ incarnation: string }>;
  runTask(token: string, command: RunTaskCommand): Promise<RunTaskOutcome>;
  /** Lets virtual time pass. */
  pass(ms: number): Promise<void>;
  /** Lets virtual time pass in steps, short ones at first, until the condition holds; throws after the limit. */
  until(what: string, condition: () => boolean, limitMs?: number): Promise<void>;
}

/** A watch that has begun lets go of the clock, and lasts. */
const isWatch = ({ activityType, state }: temporal.api.workflow.v1.IPendingActivityInfo): boolean =>
  activityType?.name === 'attendInstance' && state !== PENDING_ACTIVITY_STATE_SCHEDULED;

/** A workflow task is scheduled or under way. The server's description of a workflow does not say so. */
function hasWorkflowTask({ events }: temporal.api.history.v1.IHistory): boolean {
  const last = (events ?? []).findLast(
    (event) =>
      event.workflowTaskScheduledEventAttributes ??
      event.workflowTaskCompletedEventAttributes ??
      event.workflowTaskFailedEventAttributes ??
      event.workflowTaskTimedOutEventAttributes,
  );
  return Boolean(last?.workflowTaskScheduledEventAttributes);
}

/**
 * Avoids terminating a workflow in the middle of a workflow task, as far as possible, because that would stop the
 * server's clock.
 */
async function terminateAtRest(workflow: WorkflowHandle, host: FakeHost): Promise<void> {
  // Seen twice: a worker may not know yet of what the server has handed out.
  for (let tries = 0, seen = 0; tries < REST_TRIES && seen < 2; tries += 1) {
    const { raw } = await workflow.describe();
    const works = !host.isAtRest || (raw.pendingActivities ?? []).some((activity) => !isWatch(activity));
    seen = works || hasWorkflowTask(await workflow.fetchHistory()) ? 0 : seen + 1;
    await delay(REST_PAUSE_MS);
  }
  await workflow.terminate('the test is over');
}

/**
 * Runs `act` with workers for the control queue and for every instance that it adds; all end with it. `asInProduction`:
 * without the interceptor that protects the server's clock, for histories that are recorded.
 */
export async function withStage(
  envOfFile: EnvOfFile,
  act: (stage: Stage) => Promise<void>,
  { asInProduction = false } = {},
): Promise<void> {
  const env = envOfFile.current;
  const cluster = `test-${randomUUID().slice(0, 8)}`;
  const taskQueue = `control-${cluster}`;
  const client = env.client.workflow;
  const control = new FakeControl();
  const send = (owner: string, reports: Parameters<FakeHost['deliver']>[1]) =>
    client.getHandle(owner).signal(taskReportsSignal, reports);
  const host = new FakeHost(env, send);
  control.deliver = async (owner, notice) => {
    await client.getHandle(owner).signal(instanceNoticeSignal, notice);
  };
  const connection = env.nativeConnection;
  const workers: Worker[] = [];
  const runs: Promise<void>[] = [];
  const start = async (options: Parameters<typeof Worker.create>[0]): Promise<void> => {
    const worker = await Worker.create(options);
    workers.push(worker);
    runs.push(worker.run());
  };
  const interceptorModules = asInProduction ? [] : [LASTING_TIMERS];
  const workflowBundle = await loadWorkflowBundle(join(tmpdir(), 'longshore-test-bundles'), interceptorModules);
  await start({ connection, taskQueue, workflowBundle, activities: control.activities() });

  const begun = new Set<string>();
  const callWithStart: Stage['callWithStart'] = async (update, command, { type, id, args }) => {
    begun.add(id);
    const startWorkflowOperation = new WithStartWorkflowOperation<Workflow>(type, {
      workflowId: id,
      taskQueue,
      args,
      // Virtual time passes while a worker thinks, so no workflow task may time out because of that.
      workflowTaskTimeout: '1 day',
      workflowIdConflictPolicy: 'USE_EXISTING',
    });
    const call = { args: [command] as [typeof command], updateId: randomUUID() };
    try {
      return await client.executeUpdateWithStart(update, { ...call, startWorkflowOperation });
    } catch (error) {
      if (!isForgotten(error)) throw error;
      return client.getHandle(id).executeUpdate(update, call);
    }
  };
  const stage: Stage = {
    env,
    client,
    control,
    host,
    cluster,
    taskQueue,
    callWithStart,
    addInstance: async (options) => {
      const id = randomUUID().replaceAll('-', '');
      control.addInstance(id, options);
      await start({ connection, taskQueue: instanceTaskQueue(id), activities: host.activities() });
      return id;
    },
    killAgent: (id) => {
      host.kill(id);
    },
    reviveAgent: (id) => host.revive(id),
    createService: (command) => {
      const { clusterName, serviceName } = command.definition;
      const id = serviceWorkflowId(clusterName, serviceName);
      const workflow = { type: SERVICE_WORKFLOW, id, args: [{ clusterName, serviceName }] };
      return callWithStart(createServiceUpdate, command, workflow);
    },
    runTask: (token, command) =>
      callWithStart(placeUpdate, command, {
        type: RUN_TASK_WORKFLOW,
        id: runTaskWorkflowId(cluster, token),
        args: [{ clusterName: cluster }],
      }),
    // In small amounts, because the server ends one long sleep only when it has nothing else to do.
    pass: async (ms) => {
      for (let left = ms; left > 0; left -= STEP_MS) await env.sleep(Math.min(left, STEP_MS));
    },
    until: async (what, condition, limitMs = 600_000) => {
      for (let waited = 0; !condition();) {
        if (waited > limitMs) throw new Error(`not within ${limitMs} virtual ms: ${what}`);
        const step = Math.max(SHORTEST_STEP_MS, waited * LATER_STEPS);
        await env.sleep(step);
        waited += step;
      }
    },
  };
  try {
    await act(stage);
  } finally {
    // Work that is left would keep the server's clock from skipping for later tests.
    await Promise.allSettled([...begun].map((id) => terminateAtRest(client.getHandle(id), host)));
    host.close();
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
    await Promise.allSettled(runs);
    await envOfFile.renewIfStuck();
  }
}
