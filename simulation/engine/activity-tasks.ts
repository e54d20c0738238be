/**
 * Ordinary activities as the server keeps them: queues, workers, attempts, time-outs, heartbeats, cancellation and
 * retries.
 */
import { asyncLocalStorage, Context } from '@temporalio/activity';
import { CancelledFailure } from '@temporalio/common';
import type { EpochMs } from '../../model/time.ts';
import type { Clock } from '../clock.ts';
import { decodeAll, encode, encodeError, toMs, type ProtoFailure } from './payloads.ts';
import type { ActivityResolution, ScheduleActivity } from './workflow-host.ts';

export type ActivityFunctions = Readonly<Record<string, (...args: never[]) => Promise<unknown>>>;

/** A process that serves a task queue. */
export interface ActivityWorker {
  readonly queue: string;
  readonly activities: ActivityFunctions;
  /** `silent`: it runs, but nothing gets through either way. */
  readonly state: () => 'up' | 'silent' | 'dead';
}

export interface ActivityDeps {
  readonly clock: Clock;
  readonly latency: () => number;
  readonly trace: (line: string) => void;
  /** Whether the worker's answer is lost. The worker does not learn of that. */
  readonly losesAnswer: () => boolean;
}

interface Retry {
  readonly initialMs: number;
  readonly coefficient: number;
  readonly maximumMs: number;
  readonly attempts: number;
}

export interface ActivityTaskOptions {
  readonly workflowId: string;
  readonly command: ScheduleActivity;
  /** Whether the workflow run that scheduled it still exists. */
  readonly isWanted: () => boolean;
  readonly resolve: (result: ActivityResolution) => void;
}

interface Attempt {
  readonly number: number;
  readonly worker: ActivityWorker;
  heardAt: EpochMs;
  isOver: boolean;
  readonly cancel: (reason: string) => void;
  cancelTimers: (() => void)[];
}

/** How often a silent worker tries again to send its answer. */
const ANSWER_RETRY_MS = 1_000;

class ActivityTask {
  readonly options: ActivityTaskOptions;
  readonly queue: string;
  readonly type: string;
  readonly scheduledAt: EpochMs;
  attempts = 0;
  current: Attempt | undefined;
  isCancelRequested = false;
  isDone = false;

  constructor(options: ActivityTaskOptions, scheduledAt: EpochMs) {
    this.scheduledAt = scheduledAt;
    this.options = options;
    this.queue = options.command.taskQueue ?? '';
    this.type = options.command.activityType ?? '';
  }
}

export class ActivityTasks {
  readonly #deps: ActivityDeps;
  readonly #waiting = new Map<string, ActivityTask[]>();
  readonly #workers = new Map<string, ActivityWorker[]>();
  readonly #attempts = new Set<Attempt>();

  constructor(deps: ActivityDeps) {
    this.#deps = deps;
  }

  addWorker(worker: ActivityWorker): void {
    this.#workers.set(worker.queue, [...(this.#workers.get(worker.queue) ?? []), worker]);
    this.poll(worker.queue);
  }

  /** Its code stops where it is, and whatever it still does has no effect. */
  removeWorker(worker: ActivityWorker): void {
    const others = (this.#workers.get(worker.queue) ?? []).filter((other) => other !== worker);
    this.#workers.set(worker.queue, others);
    for (const attempt of this.#attempts) {
      if (attempt.worker !== worker) continue;
      this.#attempts.delete(attempt);
      attempt.cancel('WORKER_SHUTDOWN');
    }
  }

  /** Asks the workers for work again: one of them may now be able to take some. */
  poll(queue: string): void {
    for (const task of this.#waiting.get(queue)?.splice(0) ?? []) this.#offer(task);
  }

  schedule(options: ActivityTaskOptions): (kind: 'cancel') => void {
    const task = new ActivityTask(options, this.#deps.clock.now());
    const limit = toMs(options.command.scheduleToCloseTimeout);
    if (limit !== undefined && limit > 0) {
      this.#deps.clock.after(limit, () => this.#finish(task, timedOut('SCHEDULE_TO_CLOSE', task.type)));
    }
    this.#deps.clock.after(this.#deps.latency(), () => this.#offer(task));
    return () => {
      task.isCancelRequested = true;
      if (!task.current) task.isDone = true;
    };
  }

  #offer(task: ActivityTask): void {
    if (task.isDone || task.current || !task.options.isWanted()) return;
    const worker = (this.#workers.get(task.queue) ?? []).find((candidate) => candidate.state() === 'up');
    if (worker) this.#start(task, worker);
    else this.#waiting.set(task.queue, [...(this.#waiting.get(task.queue) ?? []), task]);
  }

  #start(task: ActivityTask, worker: ActivityWorker): void {
    const { clock, trace } = this.#deps;
    const { command } = task.options;
    task.attempts += 1;
    let cancel: (reason: string) => void = () => undefined;
    const abort = new AbortController();
    const cancelled = new Promise<never>((_resolve, reject) => {
      cancel = (reason) => {
        abort.abort();
        reject(new CancelledFailure(reason));
      };
    });
    cancelled.catch(() => undefined);
    const attempt: Attempt = {
      number: task.attempts,
      worker,
      heardAt: clock.now(),
      isOver: false,
      cancel,
      cancelTimers: [],
    };
    task.current = attempt;
    this.#attempts.add(attempt);
    this.#watch(task, attempt);
    trace(`activity ${task.type} ${task.options.workflowId} attempt ${task.attempts}`);
    const context = new Context(
      {
        attempt: task.attempts,
        taskQueue: task.queue,
        activityType: task.type,
        scheduledTimestampMs: task.scheduledAt,
      } as never,
      cancelled,
      abort.signal,
      () => this.#heartbeat(task, attempt),
      undefined,
      undefined as never,
      undefined as never,
      {},
    );
    const run = async (): Promise<unknown> => {
      const activity = worker.activities[task.type];
      if (!activity) throw new Error(`No activity ${task.type} on ${task.queue}.`);
      return activity(...(decodeAll(command.arguments) as never[]));
    };
    asyncLocalStorage.run(context, run).then(
      (value) => this.#answer(task, attempt, { completed: { result: encode(value) } }),
      (error: unknown) => this.#answer(task, attempt, { failed: { failure: encodeError(error) } }),
    );
  }

  #watch(task: ActivityTask, attempt: Attempt): void {
    const { clock } = this.#deps;
    const { command } = task.options;
    const total = toMs(command.startToCloseTimeout);
    if (total !== undefined && total > 0)
      attempt.cancelTimers.push(clock.after(total, () => this.#timeOut(task, attempt, 'START_TO_CLOSE')));
    const patience = toMs(command.heartbeatTimeout);
    if (patience === undefined || patience <= 0) return;
    const check = (): void => {
      const due = attempt.heardAt + patience - clock.now();
      if (due <= 0) this.#timeOut(task, attempt, 'HEARTBEAT');
      else attempt.cancelTimers.push(clock.after(due, check));
    };
    attempt.cancelTimers.push(clock.after(patience, check));
  }

  #heartbeat(task: ActivityTask, attempt: Attempt): void {
    if (attempt.worker.state() !== 'up') return;
    attempt.heardAt = this.#deps.clock.now();
    const isStale = attempt.isOver || task.isDone || !task.options.isWanted();
    if (isStale) attempt.cancel('NOT_FOUND');
    else if (task.isCancelRequested) attempt.cancel('CANCELLED');
  }

  #answer(task: ActivityTask, attempt: Attempt, result: ActivityResolution): void {
    if (!this.#attempts.has(attempt)) return;
    if (this.#deps.losesAnswer()) {
      this.#attempts.delete(attempt);
      return;
    }
    const deliver = (): void => {
      if (attempt.worker.state() === 'dead') return;
      if (attempt.worker.state() === 'silent') {
        this.#deps.clock.after(ANSWER_RETRY_MS, deliver);
        return;
      }
      this.#attempts.delete(attempt);
      this.#answered(task, attempt, result);
    };
    this.#deps.clock.after(this.#deps.latency(), deliver);
  }

  #answered(task: ActivityTask, attempt: Attempt, result: ActivityResolution): void {
    if (task.isDone || task.current !== attempt || attempt.isOver) return;
    this.#end(task, attempt);
    const failure = result.failed?.failure;
    if (!failure) this.#finish(task, result);
    else if (failure.canceledFailureInfo && task.isCancelRequested) this.#finish(task, { cancelled: { failure } });
    else this.#retry(task, failure);
  }

  #timeOut(task: ActivityTask, attempt: Attempt, kind: TimeoutKind): void {
    if (task.isDone || task.current !== attempt) return;
    this.#deps.trace(`timeout ${kind} ${task.type} ${task.options.workflowId}`);
    this.#end(task, attempt);
    this.#retry(task, timeoutFailure(kind));
  }

  #end(task: ActivityTask, attempt: Attempt): void {
    attempt.isOver = true;
    for (const cancel of attempt.cancelTimers) cancel();
    attempt.cancelTimers = [];
    task.current = undefined;
  }

  #retry(task: ActivityTask, failure: ProtoFailure): void {
    const { initialMs, coefficient, maximumMs, attempts } = retryOf(task.options.command);
    const isFinal = failure.applicationFailureInfo?.nonRetryable === true || task.isCancelRequested;
    if (isFinal || (attempts > 0 && task.attempts >= attempts)) {
      this.#finish(task, failedWith(failure, task.type));
      return;
    }
    const wait = Math.min(initialMs * coefficient ** (task.attempts - 1), maximumMs);
    this.#deps.clock.after(wait, () => this.#offer(task));
  }

  #finish(task: ActivityTask, result: ActivityResolution): void {
    if (task.isDone) return;
    task.isDone = true;
    if (task.current) this.#end(task, task.current);
    if (task.options.isWanted()) task.options.resolve(result);
  }
}

type TimeoutKind = 'START_TO_CLOSE' | 'SCHEDULE_TO_CLOSE' | 'HEARTBEAT';
/** The server's numbers for the kinds of time-out. */
const TIMEOUT_TYPES = { START_TO_CLOSE: 1, SCHEDULE_TO_CLOSE: 3, HEARTBEAT: 4 } as const;

export const timeoutFailure = (kind: TimeoutKind): ProtoFailure => ({
  message: `activity ${kind} timeout`,
  timeoutFailureInfo: { timeoutType: TIMEOUT_TYPES[kind] as never },
});

/** The failure as the workflow sees it: a failed activity with its cause. */
export const failedWith = (cause: ProtoFailure, activityType: string): ActivityResolution => ({
  failed: {
    failure: {
      message: 'Activity task failed',
      activityFailureInfo: { activityType: { name: activityType } },
      cause,
    },
  },
});

const timedOut = (kind: TimeoutKind, type: string): ActivityResolution => failedWith(timeoutFailure(kind), type);

function retryOf(command: ScheduleActivity): Retry {
  const policy = command.retryPolicy;
  const initialMs = toMs(policy?.initialInterval) ?? 1_000;
  return {
    initialMs,
    coefficient: policy?.backoffCoefficient ?? 2,
    maximumMs: toMs(policy?.maximumInterval) ?? initialMs * 100,
    attempts: policy?.maximumAttempts ?? 0,
  };
}
