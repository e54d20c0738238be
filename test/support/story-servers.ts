/** The real and the simulated Temporal behind one interface, so that both can run one story. */
import { WithStartWorkflowOperation, type Client } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { setTimeout as delay } from 'node:timers/promises';
import { createVirtualClient } from '../../simulation/engine/client.ts';
import { asSent, ordered } from '../../simulation/engine/core-rules.ts';
import { createSandboxFactory, type Command, type Job, type SandboxFactory } from '../../simulation/engine/sandbox.ts';
import { signature } from '../../simulation/engine/session.ts';
import { VirtualTemporal } from '../../simulation/engine/temporal.ts';
import { VirtualClock } from '../../simulation/engine/virtual-clock.ts';
import { createRandom } from '../../simulation/random.ts';
import { readRun, type HistoryEvent } from './recorded-history.ts';
import { askUpdate, tellSignal, type StoryActivities } from './story-workflow.ts';

export const STORY_ID = 'story';
const QUEUE = 'story';
const POLL_MS = 20;

/** One workflow task. It must be the same on both, or the simulation is wrong. */
export interface StoryTask {
  readonly run: number;
  readonly historyLength: number;
  readonly jobs: readonly string[];
  readonly commands: readonly string[];
  /** Sorted, because it is chance which of two ends first. */
  readonly locals: readonly string[];
}

export interface StoryServer {
  askWithStart(what: string): Promise<string>;
  ask(what: string): Promise<string>;
  tell(what: string): Promise<void>;
  /** Until this call, no worker runs. */
  startWorker(): Promise<void>;
  /** Waits until all consequences have happened; where time is virtual, enough of it passes. */
  settled<T>(outcome: Promise<T>): Promise<T>;
  /** Waits until the server knows the workflow. */
  isThere(): Promise<void>;
  /** Waits until no workflow task and no activity is under way. */
  rest(): Promise<void>;
  pass(ms: number): Promise<void>;
  tasks(): Promise<readonly StoryTask[]>;
}

const describeJob = (job: Job): string => {
  const { signalWorkflow, doUpdate, resolveActivity, fireTimer } = job;
  const [kind = ''] = Object.keys(job);
  const [result = ''] = Object.keys(resolveActivity?.result ?? {});
  const seq = resolveActivity?.seq ?? fireTimer?.seq;
  return [kind, signalWorkflow?.signalName ?? doUpdate?.name ?? seq ?? '', result].join(' ').trim();
};

const describeLocal = (seq: number, result: object | null | undefined): string =>
  `${seq} ${Object.keys(result ?? {})[0] ?? ''}`;

/** Updates have different ids on each server. */
function withoutUpdateIds(tasks: readonly StoryTask[]): readonly StoryTask[] {
  const ids: string[] = [];
  const numbered = (command: string): string =>
    command.replace(/protocolInstanceId="([^"]*)"/, (_whole, id: string) => {
      if (!ids.includes(id)) ids.push(id);
      return `update ${ids.indexOf(id) + 1}`;
    });
  return tasks.map((task) => ({ ...task, commands: task.commands.map(numbered) }));
}

// ---- the real server ------------------------------------------------------------------------------------------------

export interface RealStory extends StoryServer {
  /** The histories of each run. */
  histories(): Promise<readonly (readonly HistoryEvent[])[]>;
  stop(): Promise<void>;
}

export async function realServer(
  env: TestWorkflowEnvironment,
  code: string,
  activities: StoryActivities,
): Promise<RealStory> {
  const client = env.client.workflow;
  const handle = client.getHandle(STORY_ID);
  // The worker is made first and runs later, because the server forgets an update that waits too long for a worker.
  const worker = await Worker.create({
    connection: env.nativeConnection,
    taskQueue: QUEUE,
    workflowBundle: { code },
    activities: { ...activities },
  });
  let stopWorker = (): Promise<void> => Promise.resolve();
  let firstRunId = '';
  const historiesFrom = async (runId: string): Promise<HistoryEvent[][]> => {
    const events: HistoryEvent[] = (await client.getHandle(STORY_ID, runId).fetchHistory()).events ?? [];
    const next = events.at(-1)?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId;
    return [events, ...(next ? await historiesFrom(next) : [])];
  };
  const histories = () => historiesFrom(firstRunId);
  return {
    ...callsOf(env.client),
    startWorker: () => {
      const running = worker.run();
      stopWorker = () => {
        worker.shutdown();
        return running;
      };
      return Promise.resolve();
    },
    settled: (outcome) => outcome,
    isThere: async () => {
      while (!firstRunId) {
        await delay(POLL_MS);
        firstRunId = await handle.describe().then(
          ({ runId }) => runId,
          () => '',
        );
      }
    },
    rest: async () => {
      while (!isAtRest((await handle.fetchHistory()).events ?? [])) await delay(POLL_MS);
    },
    pass: (ms) => env.sleep(ms),
    tasks: async () => {
      const runs = (await histories()).map((events) => readRun(events, STORY_ID));
      const tasks = runs.flatMap((run, i) =>
        run.tasks.map(({ historyLength, jobs, commands, locals }) => ({
          run: i + 1,
          historyLength,
          jobs: ordered(jobs).map(describeJob),
          commands,
          locals: [...locals].map(([seq, { result }]) => describeLocal(seq, result)).sort(),
        })),
      );
      return withoutUpdateIds(tasks);
    },
    histories,
    stop: () => stopWorker(),
  };
}

/** Waits until no workflow task and no activity is under way. */
function isAtRest(events: readonly HistoryEvent[]): boolean {
  const last = (is: (event: HistoryEvent) => unknown): number => events.findLastIndex((event) => Boolean(is(event)));
  const scheduled = last((event) => event.workflowTaskScheduledEventAttributes);
  const completed = last((event) => event.workflowTaskCompletedEventAttributes);
  const begun = events.filter((event) => event.activityTaskScheduledEventAttributes).length;
  const ended = events.filter((event) => event.activityTaskCompletedEventAttributes).length;
  return completed > scheduled && begun === ended;
}

const callsOf = ({ workflow: client }: Client): Pick<StoryServer, 'askWithStart' | 'ask' | 'tell'> => ({
  askWithStart: (what) =>
    client.executeUpdateWithStart(askUpdate, {
      args: [what],
      startWorkflowOperation: new WithStartWorkflowOperation('storyWorkflow', {
        workflowId: STORY_ID,
        taskQueue: QUEUE,
        args: [[]],
        // Virtual time passes while a worker thinks, so no workflow task may time out because of that.
        workflowTaskTimeout: '1 day',
        workflowIdConflictPolicy: 'USE_EXISTING',
      }),
    }),
  ask: (what) => client.getHandle(STORY_ID).executeUpdate(askUpdate, { args: [what] }),
  tell: (what) => client.getHandle(STORY_ID).signal(tellSignal, what),
});

// ---- the simulated server------------------------------------------------------------------------------------------

const START = Date.UTC(2026, 0, 1);
const LATENCY_MS = 1;
/** Longer than all consequences of one action take, but shorter than any timer. */
const REST_MS = 1_000;
const PATIENCE_MS = 60_000;

export interface VirtualStory extends StoryServer {
  readonly violations: readonly string[];
}

export function virtualServer(code: string, activities: StoryActivities): VirtualStory {
  const random = createRandom('story');
  const clock = new VirtualClock(START, random.fork('clock'));
  const violations: string[] = [];
  const recorder = new Recorder(createSandboxFactory(code));
  const temporal = new VirtualTemporal({
    clock,
    random,
    sandboxes: recorder,
    // Each workflow task begins with a replay of the earlier ones.
    faults: () => ({ evictions: 1 }),
    continueAsNewAfterEvents: 4_000,
    latency: () => LATENCY_MS,
    violation: (what) => violations.push(what),
    trace: () => undefined,
  });
  let ids = 0;
  const newId = (): string => `update-${(ids += 1)}`;
  const settled = async <T>(outcome: Promise<T>): Promise<T> => {
    let isOver = false;
    const end = (): void => {
      isOver = true;
    };
    outcome.then(end, end);
    const isInTime = await clock.advanceUntil(() => isOver, clock.now() + PATIENCE_MS);
    if (!isInTime) throw new Error(`not within ${PATIENCE_MS} virtual ms`);
    return outcome;
  };
  const calls = callsOf(createVirtualClient({ temporal, network: (call) => call(), newId }));
  return {
    ...calls,
    ask: (what) => settled(calls.ask(what)),
    startWorker: () => {
      temporal.addControlWorker('story', QUEUE, { ...activities });
      return Promise.resolve();
    },
    settled,
    isThere: () => settled(Promise.resolve()),
    rest: () => clock.advance(REST_MS),
    pass: (ms) => clock.advance(ms),
    tasks: () => Promise.resolve(withoutUpdateIds(recorder.tasks)),
    violations,
  };
}

interface Activation {
  readonly runId: string;
  readonly historyLength: number;
  readonly jobs: readonly Job[];
  readonly commands: readonly Command[];
}

/** Sandboxes that record the workflow's new jobs and its commands. */
class Recorder implements SandboxFactory {
  readonly #inner: SandboxFactory;
  readonly #activations: Activation[] = [];

  constructor(inner: SandboxFactory) {
    this.#inner = inner;
  }

  create: SandboxFactory['create'] = async (identity) => {
    const sandbox = await this.#inner.create(identity);
    const { runId } = identity;
    return {
      ...sandbox,
      activate: async (jobs, facts) => {
        const result = await sandbox.activate(jobs, facts);
        const { isReplaying, historyLength } = facts;
        if (!isReplaying) this.#activations.push({ runId, historyLength, jobs, commands: result.commands });
        return result;
      },
    };
  };

  get tasks(): readonly StoryTask[] {
    const byTask = new Map<string, Activation[]>();
    for (const activation of this.#activations) {
      const key = `${activation.runId} ${activation.historyLength}`;
      byTask.set(key, [...(byTask.get(key) ?? []), activation]);
    }
    const runs = [...new Set(this.#activations.map(({ runId }) => runId))];
    return [...byTask.values()].map((activations) => taskOf(activations, runs));
  }
}

function taskOf(activations: readonly Activation[], runs: readonly string[]): StoryTask {
  const { runId = '', historyLength = 0 } = activations[0] ?? {};
  const jobs = activations.flatMap((one) => one.jobs);
  const commands = activations.flatMap((one) => one.commands);
  const isFromOutside = ({ resolveActivity }: Job): boolean =>
    !resolveActivity?.isLocal && !isOfTheTask(resolveActivity?.seq, commands);
  return {
    run: runs.indexOf(runId) + 1,
    historyLength,
    jobs: jobs.filter(isFromOutside).map(describeJob),
    commands: asSent(commands.filter((command) => !command.scheduleLocalActivity)).map(signature),
    locals: jobs
      .flatMap(({ resolveActivity: end }) => (end?.isLocal ? [describeLocal(end.seq ?? 0, end.result)] : []))
      .sort(),
  };
}

/** An activity that the workflow task both began and cancelled; the workflow learned of that at once. */
const isOfTheTask = (seq: number | null | undefined, commands: readonly Command[]): boolean =>
  commands.some(({ requestCancelActivity }) => requestCancelActivity && requestCancelActivity.seq === seq);
