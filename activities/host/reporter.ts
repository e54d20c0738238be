/**
 * Reports tasks to their owners. Each owner has its own outbox, so that a workflow gets at most a few signals a second,
 * however many of its tasks change. The latest report of a task replaces earlier ones. While an activity works on a
 * task, its reports wait for a moment to go with the activity's answer.
 *
 * An answer may never arrive, because its run is over or no longer waits for it. The owner then repeats its order for
 * as long as it takes the task for not started or not stopped. So the answer to a launch may carry the news that a task
 * has started; a repeated order reports it again. The agent sends later reports by signal.
 */
import { isBeforeRunning } from '../../model/status.ts';
import type { TaskReport } from '../../model/task.ts';

/**
 * The first signals after a quiet time go at once, then one in each interval: two a second. Each signal costs a
 * workflow task and a write, which slows a large launch on a small machine.
 */
const BURST = 4;
const INTERVAL_MS = 500;
const BATCH = 100;
const RETRY_MS = { first: 250, most: 10_000 };
/**
 * An owner that is gone may be made again from its rows, after Temporal has lost its data: a report that comes before that waits
 * for so long.
 */
const MAY_COME_BACK_MS = 60_000;
/** A batch that is done within this time is reported only in its activity's answer, without a signal. */
const HOLD_MS = 500;
/** The most reports in one answer, so that no activity result grows without bound. The agent sends the others by signal. */
const MAX_ANSWERED = 1_000;

/**
 * Delivers reports to the workflow. Returns `gone` if the workflow no longer exists. Rejects if it cannot be reached.
 */
export type SendReports = (ownerWorkflowId: string, reports: readonly TaskReport[]) => Promise<'delivered' | 'gone'>;

export interface ReporterDeps {
  readonly send: SendReports;
  readonly onError: (error: unknown, ownerWorkflowId: string) => void;
}

/** What an activity does to its tasks. */
export type OrderKind = 'launch' | 'stop';

/** The reports of some tasks, held for the answer of the activity that works on them. */
export interface ReportHold {
  /** Returns the reports that the owner has not received. The caller must deliver them. */
  take(): readonly TaskReport[];
  /** Sends the reports that were not taken as signals. */
  release(): void;
}

interface Outbox {
  readonly pending: Map<string, TaskReport>;
  /** Tasks whose reports are held, each with the latest one. */
  readonly held: Map<string, Held>;
  /**
   * The hold whose answer reports a task: the one of the last activity that took it up. An earlier one may belong to a
   * run that is over.
   */
  readonly answeredBy: Map<string, ReportHold>;
  /** Resolves when nothing is pending any more. */
  sending: Promise<void> | undefined;
  /** When all signals sent so far would be over, at one in each interval. */
  busyUntil: number;
}

interface Held {
  readonly by: ReportHold;
  readonly order: OrderKind;
  readonly report?: TaskReport;
}

export class TaskReporter {
  readonly #deps: ReporterDeps;
  readonly #outboxes = new Map<string, Outbox>();
  /**
   * Tasks whose owner has been told, by signal or answer, that they have started, with the last report; until STOPPED.
   */
  readonly #toldOfStart = new Map<string, string>();
  #lastAt = 0;

  constructor(deps: ReporterDeps) {
    this.#deps = deps;
  }

  /** Takes a report. It is delivered as soon as the owner's rate allows, and tried again until it succeeds. */
  report(ownerWorkflowId: string, told: TaskReport): void {
    this.#lastAt = Math.max(Date.now(), this.#lastAt + 1);
    const report = { ...told, reportedAt: this.#lastAt };
    const outbox = this.#outboxOf(ownerWorkflowId);
    const held = outbox.held.get(report.taskId);
    if (!held) this.#post(ownerWorkflowId, outbox, report);
    else if (held.order === 'stop' || !this.#isNewToTold(report)) outbox.held.set(report.taskId, { ...held, report });
    else {
      // It replaces the report that is held.
      outbox.held.set(report.taskId, { by: held.by, order: held.order });
      this.#post(ownerWorkflowId, outbox, report);
    }
  }

  /** Holds the tasks' reports, for half a second at most. The latest hold of a task gets its reports. */
  hold(ownerWorkflowId: string, taskIds: readonly string[], order: OrderKind): ReportHold {
    const mayAnswer = (taskId: string): boolean => order === 'stop' || !this.#toldOfStart.has(taskId);
    const outbox = this.#outboxOf(ownerWorkflowId);
    const post = (): void => {
      for (const report of endHold(outbox, hold, taskIds)) this.#post(ownerWorkflowId, outbox, report);
    };
    const isMine = (taskId: string): boolean => outbox.answeredBy.get(taskId) === hold;
    const release = (): void => {
      clearTimeout(timer);
      post();
      for (const taskId of taskIds.filter(isMine)) outbox.answeredBy.delete(taskId);
      this.#forgetWhenIdle(ownerWorkflowId, outbox);
    };
    const hold: ReportHold = {
      take: () => {
        const kept = endHold(outbox, hold, taskIds);
        const late = taskIds
          .filter((taskId) => isMine(taskId) && mayAnswer(taskId))
          .flatMap((taskId) => outbox.pending.get(taskId) ?? []);
        const answered = [...late, ...kept].slice(0, MAX_ANSWERED);
        this.#note(answered);
        for (const { taskId } of late.slice(0, MAX_ANSWERED)) outbox.pending.delete(taskId);
        for (const report of kept.slice(Math.max(MAX_ANSWERED - late.length, 0)))
          this.#post(ownerWorkflowId, outbox, report);
        return answered;
      },
      release,
    };
    for (const taskId of taskIds) {
      const pending = mayAnswer(taskId) ? outbox.pending.get(taskId) : undefined;
      if (pending) outbox.pending.delete(taskId);
      const report = outbox.held.get(taskId)?.report ?? pending;
      outbox.held.set(taskId, { by: hold, order, ...(report ? { report } : {}) });
      outbox.answeredBy.set(taskId, hold);
    }
    const timer = setTimeout(post, HOLD_MS);
    return hold;
  }

  /**
   * Whether no report of the task is pending. A report in an activity's answer reaches the owner once the answer is on
   * record.
   */
  isTold(ownerWorkflowId: string, taskId: string): boolean {
    const outbox = this.#outboxes.get(ownerWorkflowId);
    return outbox === undefined || !(outbox.pending.has(taskId) || outbox.held.has(taskId));
  }

  /** Resolves when no owner has pending reports. */
  async drained(): Promise<void> {
    await Promise.all([...this.#outboxes.values()].map((o) => o.sending ?? Promise.resolve()));
  }

  #outboxOf(owner: string): Outbox {
    const existing = this.#outboxes.get(owner);
    if (existing !== undefined) return existing;
    const outbox: Outbox = {
      pending: new Map(),
      held: new Map(),
      answeredBy: new Map(),
      sending: undefined,
      busyUntil: 0,
    };
    this.#outboxes.set(owner, outbox);
    return outbox;
  }

  #post(owner: string, outbox: Outbox, report: TaskReport): void {
    // Deleted first, so that the map is in the order of the latest changes.
    outbox.pending.delete(report.taskId);
    outbox.pending.set(report.taskId, report);
    outbox.sending ??= this.#deliver(owner, outbox);
  }

  async #deliver(owner: string, outbox: Outbox): Promise<void> {
    // Reports of the same turn of the event loop go together.
    await Promise.resolve();
    let retryMs = RETRY_MS.first;
    let goneSince: number | undefined;
    const pause = async (): Promise<void> => {
      await sleep(retryMs);
      retryMs = Math.min(retryMs * 2, RETRY_MS.most);
    };
    while (outbox.pending.size > 0) {
      await awaitTurn(outbox);
      const batch = [...outbox.pending.values()].slice(0, BATCH);
      // An activity's answer may have taken them all meanwhile.
      if (batch.length === 0) break;
      this.#note(batch);
      try {
        if ((await this.#deps.send(owner, batch)) === 'gone') {
          goneSince ??= Date.now();
          if (Date.now() - goneSince >= MAY_COME_BACK_MS) outbox.pending.clear();
          else await pause();
          continue;
        }
        for (const report of batch)
          if (outbox.pending.get(report.taskId) === report) outbox.pending.delete(report.taskId);
        goneSince = undefined;
        retryMs = RETRY_MS.first;
      } catch (error) {
        this.#deps.onError(error, owner);
        await pause();
      }
    }
    outbox.sending = undefined;
    this.#forgetWhenIdle(owner, outbox);
  }

  /** These reports go out now. */
  #note(reports: readonly TaskReport[]): void {
    for (const report of reports) {
      if (report.lastStatus === 'STOPPED') this.#toldOfStart.delete(report.taskId);
      else if (!isBeforeRunning(report.lastStatus)) this.#toldOfStart.set(report.taskId, contentOf(report));
    }
  }

  #isNewToTold(report: TaskReport): boolean {
    const told = this.#toldOfStart.get(report.taskId);
    return told !== undefined && told !== contentOf(report);
  }

  /** Run-task workflows come and go, so an owner is forgotten after it was quiet for as long as its signals took. */
  #forgetWhenIdle(owner: string, outbox: Outbox): void {
    const timer = setTimeout(
      () => {
        const isIdle = outbox.sending === undefined && outbox.held.size === 0;
        if (isIdle && Date.now() >= outbox.busyUntil) this.#outboxes.delete(owner);
      },
      (BURST + 1) * INTERVAL_MS,
    );
    timer.unref();
  }
}

const contentOf = ({ reportedAt: _at, ...report }: TaskReport): string => JSON.stringify(report);

/** Ends the hold and returns its reports. */
function endHold(outbox: Outbox, hold: ReportHold, taskIds: readonly string[]): readonly TaskReport[] {
  const mine = taskIds.flatMap((taskId) => {
    const held = outbox.held.get(taskId);
    return held?.by === hold ? [{ taskId, report: held.report }] : [];
  });
  for (const { taskId } of mine) outbox.held.delete(taskId);
  return mine.flatMap(({ report }) => report ?? []);
}

/** Waits until the rate allows a signal. */
async function awaitTurn(outbox: Outbox): Promise<void> {
  const now = Date.now();
  const ahead = Math.max(outbox.busyUntil - now, 0);
  const wait = ahead - (BURST - 1) * INTERVAL_MS;
  if (wait > 0) await sleep(wait);
  outbox.busyUntil = now + ahead + INTERVAL_MS;
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
