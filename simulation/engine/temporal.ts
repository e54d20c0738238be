/**
 * The part of a Temporal cluster that Longshore uses, in one process and in virtual time: workflows by id, signals,
 * updates, activities. It behaves as the server and the SDK's core do, and refuses what it does not know.
 */
import { asyncLocalStorage } from '@temporalio/activity';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/common';
import type { VirtualClock } from './virtual-clock.ts';
import type { Random } from '../random.ts';
import {
  ActivityTasks,
  failedWith,
  timeoutFailure,
  type ActivityFunctions,
  type ActivityWorker,
} from './activity-tasks.ts';
import { decode, decodeAll, decodeError, encode, encodeAll, encodeError, toMs, type Payload } from './payloads.ts';
import type { RunIdentity, SandboxFactory } from './sandbox.ts';
import type { WorkflowSession } from './session.ts';
import type {
  ActivityResolution,
  ScheduleActivity,
  ScheduleLocalActivity,
  UpdateResponse,
  WorkflowHost,
  WorkflowWorker,
} from './workflow-host.ts';
import { WorkflowRun } from './workflow-run.ts';

export interface TemporalFaults {
  /** Share of ordinary activities' answers that are lost. */
  readonly activityAnswersLost?: number;
  /** Share of workflow tasks after which the run is evicted from memory, so that the next one begins with a replay. */
  readonly evictions?: number;
  /**
   * Share of workflow tasks that are lost: the worker does the work and dies before it answers. Another worker does it
   * again.
   */
  readonly workflowTasksLost?: number;
  /**
   * Share of lost first workflow tasks in which the server dies with the worker, and the call that started the run is
   * lost.
   */
  readonly callsLost?: number;
}

export interface TemporalOptions {
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly sandboxes: SandboxFactory;
  readonly faults: () => TemporalFaults;
  readonly continueAsNewAfterEvents: number;
  /** Milliseconds that one way through the network takes. */
  readonly latency: () => number;
  readonly violation: (what: string) => void;
  readonly trace: (line: string) => void;
}

/**
 * A worker of the control plane: it runs workflows, local activities, and the ordinary ones of the control plane's
 * queue.
 */
interface ControlWorker extends WorkflowWorker {
  isAlive: boolean;
  readonly activityWorker: ActivityWorker;
}

interface PendingUpdate {
  readonly run: WorkflowRun;
  isAccepted: boolean;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** Why an update ended without an answer. */
export class UpdateTurnedAway extends Error {
  override readonly name = 'UpdateTurnedAway';
  readonly why: 'notFound' | 'continuedAsNew' | 'acceptedThenCompleted' | 'serverDied';

  constructor(why: UpdateTurnedAway['why']) {
    super(why);
    this.why = why;
  }
}

export class UpdateFailed extends Error {
  override readonly name = 'UpdateFailed';
}

export interface StartRequest {
  readonly workflowType: string;
  readonly workflowId: string;
  readonly taskQueue: string;
  readonly args: readonly unknown[];
}

export interface TemporalCounts {
  runs: number;
  tasks: number;
  replays: number;
  activities: number;
  localActivities: number;
  signals: number;
  updates: number;
}

export class VirtualTemporal implements WorkflowHost {
  readonly clock: VirtualClock;
  readonly continueAsNewAfterEvents: number;
  readonly activities: ActivityTasks;
  readonly counts: TemporalCounts = {
    runs: 0,
    tasks: 0,
    replays: 0,
    activities: 0,
    localActivities: 0,
    signals: 0,
    updates: 0,
  };
  readonly #options: TemporalOptions;
  readonly #open = new Map<string, WorkflowRun>();
  readonly #workers: ControlWorker[] = [];
  readonly #updates = new Map<string, PendingUpdate>();
  readonly #cancels = new Map<WorkflowRun, Map<number, (kind: 'cancel') => void>>();

  constructor(options: TemporalOptions) {
    this.#options = options;
    this.clock = options.clock;
    this.continueAsNewAfterEvents = options.continueAsNewAfterEvents;
    this.activities = new ActivityTasks({
      clock: options.clock,
      latency: options.latency,
      trace: options.trace,
      losesAnswer: () => options.random.chance(options.faults().activityAnswersLost ?? 0),
    });
  }

  // ---- workers -----------------------------------------------------------------------------------------------------

  /** Starts a worker of the control plane. The returned function kills it. */
  addControlWorker(name: string, queue: string, activities: ActivityFunctions): () => void {
    const activityWorker: ActivityWorker = { queue, activities, state: () => (worker.isAlive ? 'up' : 'dead') };
    const worker: ControlWorker = { name, isAlive: true, activityWorker };
    this.#workers.push(worker);
    this.activities.addWorker(activityWorker);
    return () => {
      worker.isAlive = false;
      this.#workers.splice(this.#workers.indexOf(worker), 1);
      this.activities.removeWorker(activityWorker);
      for (const run of this.#open.values()) run.workerDied(worker);
    };
  }

  // ---- calls of clients -------------------------------------------------------------------------------------------

  isRunning(workflowId: string): boolean {
    return this.#open.has(workflowId);
  }

  /** Whether a worker of the control plane is running. */
  get hasWorker(): boolean {
    return this.#workers.length > 0;
  }

  get runningWorkflowIds(): readonly string[] {
    return [...this.#open.keys()];
  }

  start(request: StartRequest): void {
    const { workflowId, workflowType } = request;
    if (this.#open.has(workflowId))
      throw new WorkflowExecutionAlreadyStartedError('Workflow execution already started', workflowId, workflowType);
    this.#begin({ ...request, args: encodeAll(request.args) });
  }

  signal(workflowId: string, signalName: string, args: readonly unknown[]): void {
    const run = this.#open.get(workflowId);
    if (!run) throw new WorkflowNotFoundError('workflow execution already completed', workflowId, undefined);
    this.counts.signals += 1;
    this.trace(`signal ${signalName} ${workflowId}`);
    run.deliver(
      { signalWorkflow: { signalName, input: encodeAll(args), headers: {}, identity: '' } },
      { isEvent: true },
    );
  }

  /**
   * Resolves with the update's answer. Rejects with UpdateFailed, whose cause is what the workflow threw, or
   * UpdateTurnedAway.
   */
  update(
    workflowId: string,
    update: { readonly id: string; readonly name: string; readonly args: readonly unknown[] },
  ): Promise<unknown> {
    const run = this.#open.get(workflowId);
    if (!run) return Promise.reject(new UpdateTurnedAway('notFound'));
    const { id, name, args } = update;
    this.counts.updates += 1;
    this.trace(`update ${name} ${workflowId}`);
    return new Promise((resolve, reject) => {
      this.#updates.set(id, { run, isAccepted: false, resolve, reject });
      const meta = { identity: '', updateId: id };
      run.deliver(
        {
          doUpdate: { id, protocolInstanceId: id, name, input: encodeAll(args), headers: {}, meta, runValidator: true },
        },
        { isEvent: false },
      );
    });
  }

  /**
   * Resolves with the workflow's answer, or undefined while the workflow is busy or if it does not exist. No time
   * passes.
   */
  query(workflowId: string, queryType: string): Promise<{ readonly answer: unknown } | undefined> {
    return this.#open.get(workflowId)?.query(queryType) ?? Promise.resolve(undefined);
  }

  terminate(workflowId: string): void {
    this.#open.get(workflowId)?.terminate();
  }

  /** The cluster loses its data: it knows no workflow any more. */
  forgetEverything(): void {
    for (const run of this.#open.values()) run.terminate();
  }

  // ---- calls of runs ------------------------------------------------------------------------------------------------

  latency(): number {
    return this.#options.latency();
  }

  workerFor(current: WorkflowWorker | undefined): WorkflowWorker | undefined {
    if (current?.isAlive) return current;
    return this.#workers.length === 0 ? undefined : this.#options.random.pick(this.#workers);
  }

  createSandbox(identity: RunIdentity) {
    return this.#options.sandboxes.create(identity);
  }

  dispose(session: WorkflowSession): void {
    void session.dispose();
  }

  runLocal(
    worker: WorkflowWorker,
    command: ScheduleLocalActivity,
    answer: (result: ActivityResolution) => Promise<void>,
  ): void {
    const control = this.#workers.find((candidate) => candidate === worker);
    if (!control) return;
    const type = command.activityType ?? '';
    if (command.retryPolicy?.maximumAttempts !== 1) {
      this.violation(`the engine knows local activities of one attempt only: ${type}`);
      return;
    }
    this.counts.localActivities += 1;
    let isOver = false;
    const finish = (result: ActivityResolution): void => {
      if (isOver || !control.isAlive) return;
      isOver = true;
      cancelTimeout();
      // In a moment of its own, so that calls which end at the same time are handled one after the other.
      this.clock.after(0, () => (control.isAlive ? answer(result) : undefined));
    };
    const limit = toMs(command.startToCloseTimeout) ?? 10_000;
    const cancelTimeout = this.clock.after(limit, () => finish(failedWith(timeoutFailure('START_TO_CLOSE'), type)));
    const run = async (): Promise<unknown> => {
      const activity = control.activityWorker.activities[type];
      if (!activity) throw new Error(`No activity ${type}.`);
      return activity(...(decodeAll(command.arguments) as never[]));
    };
    asyncLocalStorage.exit(run).then(
      (value) => finish({ completed: { result: encode(value) } }),
      // As it was thrown: core makes an ActivityFailure only for time-outs and cancellations.
      (error: unknown) => finish({ failed: { failure: encodeError(error) } }),
    );
  }

  scheduleActivity(run: WorkflowRun, command: ScheduleActivity): void {
    this.counts.activities += 1;
    const seq = command.seq ?? 0;
    const cancel = this.activities.schedule({
      workflowId: run.identity.workflowId,
      command,
      isWanted: () => run.isOpen,
      resolve: (result) => {
        this.#cancels.get(run)?.delete(seq);
        run.deliver({ resolveActivity: { seq, result } }, { isEvent: true });
      },
    });
    const cancels = this.#cancels.get(run) ?? new Map<number, (kind: 'cancel') => void>();
    cancels.set(seq, cancel);
    this.#cancels.set(run, cancels);
  }

  cancelActivity(run: WorkflowRun, seq: number): void {
    this.#cancels.get(run)?.get(seq)?.('cancel');
  }

  updateAnswered(_run: WorkflowRun, response: UpdateResponse): void {
    const id = response.protocolInstanceId ?? '';
    const pending = this.#updates.get(id);
    if (!pending) return;
    if (response.accepted) {
      pending.isAccepted = true;
      return;
    }
    this.#updates.delete(id);
    if (response.rejected) pending.reject(new UpdateFailed('rejected', { cause: decodeError(response.rejected) }));
    else pending.resolve(decode(response.completed));
  }

  losesTask(): boolean {
    return this.#options.random.chance(this.#options.faults().workflowTasksLost ?? 0);
  }

  losesCalls(): boolean {
    const { callsLost = 0 } = this.#options.faults();
    return callsLost > 0 && this.#options.random.chance(callsLost);
  }

  callLost(id: string): void {
    this.trace(`lost call ${id}`);
    this.#updates.get(id)?.reject(new UpdateTurnedAway('serverDied'));
    this.#updates.delete(id);
  }

  afterTask(run: WorkflowRun): void {
    this.counts.tasks += 1;
    if (this.#options.random.chance(this.#options.faults().evictions ?? 0)) run.evict();
  }

  replayed(_run: WorkflowRun): void {
    this.counts.replays += 1;
  }

  closed(run: WorkflowRun, turnedAway: readonly string[]): void {
    const { workflowId, taskQueue } = run.identity;
    const { outcome } = run;
    this.trace(`closed ${workflowId} ${outcome?.kind ?? ''}`);
    if (this.#open.get(workflowId) === run) this.#open.delete(workflowId);
    this.#cancels.delete(run);
    if (outcome?.kind === 'failed') this.violation(`${workflowId} failed: ${decodeError(outcome.failure).message}`);
    if (outcome?.kind === 'continuedAsNew') {
      this.#begin({ workflowType: outcome.workflowType, workflowId, taskQueue, args: outcome.args });
    }
    for (const [id, pending] of [...this.#updates]) {
      if (pending.run !== run) continue;
      this.#updates.delete(id);
      const isNew = outcome?.kind === 'continuedAsNew' && turnedAway.includes(id);
      const why = isNew ? 'continuedAsNew' : pending.isAccepted ? 'acceptedThenCompleted' : 'notFound';
      pending.reject(new UpdateTurnedAway(why));
    }
  }

  violation(what: string): void {
    this.#options.violation(what);
  }

  trace(line: string): void {
    this.#options.trace(line);
  }

  #begin(request: Omit<StartRequest, 'args'> & { readonly args: readonly Payload[] }): void {
    const { workflowType, workflowId, taskQueue, args } = request;
    this.counts.runs += 1;
    const { random } = this.#options;
    const randomnessSeed = Array.from({ length: 4 }, () => random.below(2 ** 31));
    const identity: RunIdentity = {
      workflowId,
      workflowType,
      taskQueue,
      runId: `run-${this.counts.runs}`,
      startedAt: this.clock.now(),
      randomnessSeed,
    };
    this.trace(`start ${workflowId}`);
    this.#open.set(workflowId, new WorkflowRun(identity, args, this));
  }
}
