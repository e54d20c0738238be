/**
 * One run of a workflow as the server and a worker keep it: what happened and was not delivered yet, the workflow task
 * under way, the history. If a worker dies, what was in its memory is gone; the next workflow task replays the history
 * and compares.
 */
import type { EpochMs } from '../../model/time.ts';
import type { Payload, ProtoFailure } from './payloads.ts';
import { toMs } from './payloads.ts';
import { asSent, eventsOfCommands, eventsOfJobs, isClosing, ordered, turnedDown } from './core-rules.ts';
import { replayTask, type DoneTask, type LocalResult } from './replay.ts';
import type { Command, Job, RunIdentity } from './sandbox.ts';
import { signature, WorkflowSession } from './session.ts';
import type { WorkflowHost, WorkflowWorker } from './workflow-host.ts';

/**
 * A job for the run. `isEvent` is false for updates: a run that is closing turns them away and does not wait for them.
 */
interface Delivery {
  readonly job: Job;
  readonly isEvent: boolean;
}

interface OpenTask {
  readonly worker: WorkflowWorker;
  readonly deliveries: Delivery[];
  readonly at: EpochMs;
  readonly historyLength: number;
  readonly continueAsNewSuggested: boolean;
  readonly locals: Map<number, LocalResult>;
  readonly commands: Command[];
  flags: readonly number[];
}

export type RunOutcome =
  | { readonly kind: 'completed' }
  | { readonly kind: 'failed'; readonly failure: ProtoFailure }
  | { readonly kind: 'continuedAsNew'; readonly workflowType: string; readonly args: readonly Payload[] }
  | { readonly kind: 'terminated' };

/**
 * After this time a worker reports, so that the server does not give its workflow task to another. Local activities may
 * take longer.
 */
const TASK_HEARTBEAT_MS = 8_000;
/** After this time the server gives a dead worker's workflow task to another. */
const TASK_TIMEOUT_MS = 10_000;

export class WorkflowRun {
  readonly identity: RunIdentity;
  readonly #host: WorkflowHost;
  readonly #inbox: Delivery[] = [];
  readonly #history: DoneTask[] = [];
  readonly #timers = new Map<number, () => void>();
  #historyLength = 0;
  #session: WorkflowSession | undefined;
  /** Local activities that the workflow waits for and no workflow task has recorded. */
  readonly #localsUnderWay = new Map<number, Command>();
  #sessionWorker: WorkflowWorker | undefined;
  #task: OpenTask | undefined;
  #isScheduled = false;
  outcome: RunOutcome | undefined;

  constructor(identity: RunIdentity, args: readonly Payload[], host: WorkflowHost) {
    this.identity = identity;
    this.#host = host;
    const { workflowType, workflowId } = identity;
    this.deliver(
      { initializeWorkflow: { workflowType, workflowId, arguments: [...args], headers: {} } },
      { isEvent: true },
    );
  }

  get isOpen(): boolean {
    return this.outcome === undefined;
  }

  get historyLength(): number {
    return this.#historyLength;
  }

  deliver(job: Job, { isEvent }: { readonly isEvent: boolean }): void {
    if (!this.isOpen) return;
    this.#inbox.push({ job, isEvent });
    this.#schedule();
  }

  /** Undefined while there is something that the workflow has not received or has not finished with. */
  async query(queryType: string): Promise<{ readonly answer: unknown } | undefined> {
    if (!this.isOpen || this.#task || this.#inbox.length > 0) return undefined;
    const worker = this.#host.workerFor(this.#sessionWorker);
    if (!worker) return undefined;
    this.#session ??= await this.#replay(worker);
    return { answer: await this.#session.query(queryType) };
  }

  terminate(): void {
    this.#close({ kind: 'terminated' });
  }

  /** The worker died, and what it had of this run is lost. */
  workerDied(worker: WorkflowWorker): void {
    if (this.#sessionWorker === worker) this.#forget();
    const task = this.#task;
    if (task?.worker !== worker) return;
    this.#doAgain(task, TASK_TIMEOUT_MS);
  }

  /** Memory is short: the next workflow task begins with a replay. Does nothing in the middle of a replay. */
  evict(): void {
    if (!this.#task) this.#forget();
  }

  // ---- workflow tasks ----------------------------------------------------------------------------------------------

  #schedule(inMs = this.#host.latency()): void {
    if (this.#isScheduled || this.#task || !this.isOpen || this.#inbox.length === 0) return;
    this.#isScheduled = true;
    this.#host.clock.after(inMs, () => this.#begin());
  }

  async #begin(): Promise<void> {
    this.#isScheduled = false;
    if (!this.isOpen || this.#task || this.#inbox.length === 0) return;
    const worker = this.#host.workerFor(this.#sessionWorker);
    if (!worker) {
      this.#schedule(1_000);
      return;
    }
    if (this.#session && this.#sessionWorker !== worker) this.#forget();
    const deliveries = this.#inbox.splice(0);
    const task: OpenTask = {
      worker,
      deliveries,
      at: this.#host.clock.now(),
      // Plus this workflow task's own two: that it was scheduled, and that it began.
      historyLength: this.#historyLength + eventsOfJobs(deliveries.map(({ job }) => job)) + 2,
      continueAsNewSuggested: this.#historyLength > this.#host.continueAsNewAfterEvents,
      locals: new Map(),
      commands: [],
      flags: [],
    };
    this.#task = task;
    this.#host.trace(`task ${this.identity.workflowId} ${deliveries.length}`);
    this.#session ??= await this.#replay(worker);
    this.#host.clock.after(TASK_HEARTBEAT_MS, () => this.#heartbeat(task));
    // The earlier worker's task recorded these in part; a worker that takes the run over repeats them.
    for (const command of this.#localsUnderWay.values()) this.#runLocal(task, command);
    const jobs = deliveries
      .map(({ job }) => job)
      .filter(({ resolveActivity }) => !resolveActivity || this.#session?.awaits(resolveActivity.seq ?? 0));
    await this.#advance(task, ordered(jobs), task.at);
  }

  /**
   * Gives the workflow the jobs, and what follows from its commands at once. Ends the workflow task if nothing of it is
   * under way.
   */
  async #advance(task: OpenTask, jobs: readonly Job[], at: EpochMs): Promise<void> {
    let next = jobs;
    const session = this.#session;
    if (!session) return;
    try {
      while (next.length > 0) {
        const step = await session.step(next, { ...task, at, isReplaying: false, flags: [] });
        task.flags = step.usedFlags;
        for (const command of step.commands) this.#take(task, command);
        for (const job of step.immediate) this.#noteImmediate(task, job, at);
        next = ordered(step.immediate);
      }
    } catch (error) {
      this.#host.violation(error instanceof Error ? error.message : String(error));
      this.#close({ kind: 'terminated' });
      return;
    }
    if (this.#localsUnderWay.size === 0 || closing(task)) await this.#complete(task);
  }

  #take(task: OpenTask, command: Command): void {
    if (command.scheduleLocalActivity) {
      this.#localsUnderWay.set(command.scheduleLocalActivity.seq ?? 0, command);
      this.#runLocal(task, command);
    } else if (!command.requestCancelLocalActivity) task.commands.push(command);
  }

  #noteImmediate(task: OpenTask, { resolveActivity }: Job, at: EpochMs): void {
    if (resolveActivity?.isLocal && resolveActivity.result)
      this.#noteLocal(task, resolveActivity.seq ?? 0, { result: resolveActivity.result, at });
  }

  #noteLocal(task: OpenTask, seq: number, answer: Omit<LocalResult, 'activityType'>): void {
    const activityType = this.#localsUnderWay.get(seq)?.scheduleLocalActivity?.activityType ?? '';
    if (this.#localsUnderWay.delete(seq)) task.locals.set(seq, { activityType, ...answer });
  }

  #runLocal(task: OpenTask, command: Command): void {
    const local = command.scheduleLocalActivity;
    if (!local) return;
    const seq = local.seq ?? 0;
    this.#host.runLocal(task.worker, local, async (result) => {
      const current = this.#task;
      if (!current || current.worker !== task.worker || !this.#localsUnderWay.has(seq)) return;
      const at = this.#host.clock.now();
      this.#noteLocal(current, seq, { result, at });
      await this.#advance(current, [{ resolveActivity: { seq, isLocal: true, result } }], at);
    });
  }

  /**
   * The local activities take long, so what is known so far is recorded, and a new workflow task begins with what came
   * meanwhile. (When core replays such a task without commands, it joins it with the next. Ours always have some, with
   * local activities of two seconds.)
   */
  #heartbeat(task: OpenTask): void {
    if (this.#task !== task) return;
    this.#record(task);
    this.#apply(task);
    this.#task = {
      ...task,
      deliveries: [],
      at: this.#host.clock.now(),
      historyLength: this.#historyLength + 2,
      locals: new Map(),
      commands: [],
    };
    const renewed = this.#task;
    this.#host.clock.after(TASK_HEARTBEAT_MS, () => this.#heartbeat(renewed));
    const came = this.#inbox.splice(0);
    renewed.deliveries.push(...came);
    if (came.length > 0)
      this.#host.clock.after(0, async () => {
        if (this.#task === renewed)
          await this.#advance(
            renewed,
            ordered(came.map(({ job }) => job).filter((job) => this.#stillAwaited(job))),
            renewed.at,
          );
      });
  }

  #stillAwaited({ resolveActivity }: Job): boolean {
    return !resolveActivity || this.#session?.awaits(resolveActivity.seq ?? 0) === true;
  }

  async #complete(task: OpenTask): Promise<void> {
    if (this.#task !== task) return;
    const end = closing(task);
    if (end && this.#inbox.some(({ isEvent }) => isEvent)) {
      // The server does not let a run end that has not seen everything: the workflow task fails and is repeated.
      this.#host.trace(`unhandled ${this.identity.workflowId}`);
      this.#doAgain(task);
      return;
    }
    if (this.#host.losesTask()) {
      this.#host.trace(`lost task ${this.identity.workflowId}`);
      if (this.#history.length === 0 && this.#host.losesCalls()) this.#loseCalls(task);
      this.#doAgain(task, TASK_TIMEOUT_MS);
      return;
    }
    this.#record(task);
    this.#task = undefined;
    this.#host.afterTask(this);
    this.#apply(task);
    if (end) this.#close(outcomeOf(end));
    else this.#schedule();
    await Promise.resolve();
  }

  #record(task: OpenTask): void {
    const came = ordered(task.deliveries.map(({ job }) => job));
    const turned = turnedDown(task.commands, came);
    const commands = asSent(task.commands).filter(
      ({ updateResponse }) => !turned.has(updateResponse?.protocolInstanceId ?? ''),
    );
    const jobs = came.filter(({ doUpdate }) => !turned.has(doUpdate?.protocolInstanceId ?? ''));
    this.#history.push({
      jobs: jobs.map((job) => (job.doUpdate ? { doUpdate: { ...job.doUpdate, runValidator: false } } : job)),
      at: task.at,
      historyLength: task.historyLength,
      continueAsNewSuggested: task.continueAsNewSuggested,
      locals: task.locals,
      commands: commands.map(signature),
      patchIds: commands.flatMap(({ setPatchMarker }) => setPatchMarker?.patchId ?? []),
      flags: task.flags,
    });
    this.#session?.taskEnds();
    this.#historyLength = task.historyLength + 1 + task.locals.size + eventsOfCommands(commands);
  }

  /** The server keeps a call in memory until a workflow task has taken it in. */
  #loseCalls({ deliveries }: OpenTask): void {
    const isCall = ({ job }: Delivery): boolean => Boolean(job.doUpdate);
    const kept = deliveries.filter((delivery) => !isCall(delivery));
    for (const { job } of deliveries) if (job.doUpdate) this.#host.callLost(job.doUpdate.id ?? '');
    deliveries.splice(0, deliveries.length, ...kept);
  }

  /**
   * The deliveries go back, and come again together with what came meanwhile. What local activities answered is lost.
   */
  #doAgain(task: OpenTask, inMs?: number): void {
    this.#task = undefined;
    this.#forget();
    this.#inbox.unshift(...task.deliveries);
    this.#schedule(inMs);
  }

  #forget(): void {
    const session = this.#session;
    this.#session = undefined;
    this.#sessionWorker = undefined;
    this.#localsUnderWay.clear();
    if (session) this.#host.dispose(session);
  }

  // ---- replay ------------------------------------------------------------------------------------------------------

  async #replay(worker: WorkflowWorker): Promise<WorkflowSession> {
    const session = new WorkflowSession(await this.#host.createSandbox(this.identity));
    this.#sessionWorker = worker;
    for (const [i, done] of this.#history.entries()) {
      const difference = await replayTask(session, done, this.#localsUnderWay);
      if (difference !== undefined) {
        const which = `${this.identity.workflowId} decides differently (workflow task ${i + 1})`;
        this.#host.violation(`a replay of ${which}: ${difference}`);
      }
    }
    if (this.#history.length > 0) this.#host.replayed(this);
    return session;
  }

  // ---- commands ----------------------------------------------------------------------------------------------------

  #apply(task: OpenTask): void {
    for (const command of asSent(task.commands)) this.#applyOne(command);
  }

  #applyOne(command: Command): void {
    const { startTimer, cancelTimer, scheduleActivity, requestCancelActivity, updateResponse } = command;
    if (startTimer) this.#startTimer(startTimer.seq ?? 0, toMs(startTimer.startToFireTimeout) ?? 0);
    else if (cancelTimer) this.#cancelTimer(cancelTimer.seq ?? 0);
    else if (scheduleActivity) this.#host.scheduleActivity(this, scheduleActivity);
    else if (requestCancelActivity) this.#host.cancelActivity(this, requestCancelActivity.seq ?? 0);
    else if (updateResponse) this.#host.updateAnswered(this, updateResponse);
    else if (!isClosing(command) && !command.modifyWorkflowProperties && !command.setPatchMarker) {
      this.#host.violation(`the engine does not know the command ${signature(command)}`);
    }
  }

  #startTimer(seq: number, ms: number): void {
    const cancel = this.#host.clock.after(ms, () => {
      this.#timers.delete(seq);
      this.deliver({ fireTimer: { seq } }, { isEvent: true });
    });
    this.#timers.set(seq, cancel);
  }

  #cancelTimer(seq: number): void {
    this.#timers.get(seq)?.();
    this.#timers.delete(seq);
    const fired = this.#inbox.findIndex(({ job }) => job.fireTimer?.seq === seq);
    if (fired >= 0) this.#inbox.splice(fired, 1);
  }

  #close(outcome: RunOutcome): void {
    if (!this.isOpen) return;
    this.outcome = outcome;
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
    this.#task = undefined;
    this.#forget();
    const turnedAway = this.#inbox.splice(0).flatMap(({ job }) => (job.doUpdate ? [job.doUpdate.id ?? ''] : []));
    this.#host.closed(this, turnedAway);
  }
}

const closing = (task: OpenTask): Command | undefined => task.commands.find(isClosing);

function outcomeOf(command: Command): RunOutcome {
  const next = command.continueAsNewWorkflowExecution;
  if (next) return { kind: 'continuedAsNew', workflowType: next.workflowType ?? '', args: next.arguments ?? [] };
  const failure = command.failWorkflowExecution?.failure;
  return failure ? { kind: 'failed', failure } : { kind: 'completed' };
}
