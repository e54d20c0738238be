/**
 * Reports on tasks to their owners: one coalescer for each owner, so that a workflow gets at most a few signals a second
 * however many of its tasks change. The latest report of a task replaces the ones before it. While an activity works on
 * a task, its reports wait for a moment to go with the activity's answer.
 *
 * An answer may never arrive: its run is over, or has stopped waiting for it. The owner then orders the same again, as
 * long as it takes the task for not started, or not stopped. So an answer to a launch may carry the news that a task has
 * started, which is told again when the order is; what is new after that goes by signal.
 */
import { isBeforeRunning } from '../../model/status.ts';
import type { TaskReport } from '../../model/task.ts';

/**
 * Signals at once after a quiet time, then one in each interval: two a second. Each costs a workflow step and a write,
 * which a launch of many feels on a small machine.
 */
const BURST = 4;
const INTERVAL_MS = 500;
const BATCH = 100;
const RETRY_MS = { first: 250, most: 10_000 };
/** A batch that is done within this time is told of by its activity's answer alone: no signal. */
const HOLD_MS = 500;
/** In one answer, so that no activity result grows without bound; the rest is signalled. */
const MAX_ANSWERED = 1_000;

/** Delivers to the workflow; answers `gone` when there is no such workflow any more. Throws when it cannot be reached. */
export type SendReports = (ownerWorkflowId: string, reports: readonly TaskReport[]) => Promise<'delivered' | 'gone'>;

export interface ReporterDeps {
  readonly send: SendReports;
  readonly onError: (error: unknown, ownerWorkflowId: string) => void;
}

/** What an activity does to its tasks. */
export type OrderKind = 'launch' | 'stop';

/** The reports of some tasks, kept back for the answer of the activity that works on them. */
export interface ReportHold {
  /** What the owner has not been told: from here on the caller's to tell. */
  take(): readonly TaskReport[];
  /** What was not taken goes out as signals. */
  release(): void;
}

interface Outbox {
  readonly pending: Map<string, TaskReport>;
  /** Tasks whose reports are kept back, each with the latest one. */
  readonly held: Map<string, Held>;
  /** Whose answer tells of a task: the activity that took it up last. An earlier one may belong to a run that is over. */
  readonly answeredBy: Map<string, ReportHold>;
  /** Resolves when nothing is pending any more. */
  sending: Promise<void> | undefined;
  /** When the signals sent so far would be over, sent one in each interval. */
  busyUntil: number;
}

interface Held {
  readonly by: ReportHold;
  readonly order: OrderKind;
  readonly report?: TaskReport;
}

export class TaskReporter {
  private readonly deps: ReporterDeps;
  private readonly outboxes = new Map<string, Outbox>();
  /** Tasks whose owner was told, by signal or answer, that they have started, with the last that it was told; until STOPPED. */
  private readonly toldOfStart = new Map<string, string>();
  private lastAt = 0;

  constructor(deps: ReporterDeps) {
    this.deps = deps;
  }

  /** Takes the report; it is delivered as soon as the owner's rate allows, and again until it is. */
  report(ownerWorkflowId: string, told: TaskReport): void {
    this.lastAt = Math.max(Date.now(), this.lastAt + 1);
    const report = { ...told, reportedAt: this.lastAt };
    const outbox = this.outboxOf(ownerWorkflowId);
    const held = outbox.held.get(report.taskId);
    if (!held) this.post(ownerWorkflowId, outbox, report);
    else if (held.order === 'stop' || !this.isNewToTold(report)) outbox.held.set(report.taskId, { ...held, report });
    else {
      // It takes the place of what is held.
      outbox.held.set(report.taskId, { by: held.by, order: held.order });
      this.post(ownerWorkflowId, outbox, report);
    }
  }

  /** Keeps the tasks' reports back, for half a second at most. Who holds a task last has its reports. */
  hold(ownerWorkflowId: string, taskIds: readonly string[], order: OrderKind): ReportHold {
    const mayAnswer = (taskId: string): boolean => order === 'stop' || !this.toldOfStart.has(taskId);
    const outbox = this.outboxOf(ownerWorkflowId);
    const post = (): void => {
      for (const report of endHold(outbox, hold, taskIds)) this.post(ownerWorkflowId, outbox, report);
    };
    const isMine = (taskId: string): boolean => outbox.answeredBy.get(taskId) === hold;
    const release = (): void => {
      clearTimeout(timer);
      post();
      for (const taskId of taskIds.filter(isMine)) outbox.answeredBy.delete(taskId);
      this.forgetWhenIdle(ownerWorkflowId, outbox);
    };
    const hold: ReportHold = {
      take: () => {
        const kept = endHold(outbox, hold, taskIds);
        const late = taskIds
          .filter((taskId) => isMine(taskId) && mayAnswer(taskId))
          .flatMap((taskId) => outbox.pending.get(taskId) ?? []);
        const answered = [...late, ...kept].slice(0, MAX_ANSWERED);
        this.note(answered);
        for (const { taskId } of late.slice(0, MAX_ANSWERED)) outbox.pending.delete(taskId);
        for (const report of kept.slice(Math.max(MAX_ANSWERED - late.length, 0)))
          this.post(ownerWorkflowId, outbox, report);
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

  /** Whether nothing of the task waits to be told: what goes with an activity's answer is the owner's once it is on record. */
  isTold(ownerWorkflowId: string, taskId: string): boolean {
    const outbox = this.outboxes.get(ownerWorkflowId);
    return outbox === undefined || !(outbox.pending.has(taskId) || outbox.held.has(taskId));
  }

  /** Resolves when nothing is pending for anyone. */
  async drained(): Promise<void> {
    await Promise.all([...this.outboxes.values()].map((o) => o.sending ?? Promise.resolve()));
  }

  private outboxOf(owner: string): Outbox {
    const existing = this.outboxes.get(owner);
    if (existing !== undefined) return existing;
    const outbox: Outbox = {
      pending: new Map(),
      held: new Map(),
      answeredBy: new Map(),
      sending: undefined,
      busyUntil: 0,
    };
    this.outboxes.set(owner, outbox);
    return outbox;
  }

  private post(owner: string, outbox: Outbox, report: TaskReport): void {
    // Deleted first, so that the order of the map is the order of the latest changes.
    outbox.pending.delete(report.taskId);
    outbox.pending.set(report.taskId, report);
    outbox.sending ??= this.deliver(owner, outbox);
  }

  private async deliver(owner: string, outbox: Outbox): Promise<void> {
    // Reports of the same turn of the event loop go together.
    await Promise.resolve();
    let retryMs = RETRY_MS.first;
    while (outbox.pending.size > 0) {
      await awaitTurn(outbox);
      const batch = [...outbox.pending.values()].slice(0, BATCH);
      // An activity's answer may have taken it all meanwhile.
      if (batch.length === 0) break;
      this.note(batch);
      try {
        if ((await this.deps.send(owner, batch)) === 'gone') outbox.pending.clear();
        for (const report of batch)
          if (outbox.pending.get(report.taskId) === report) outbox.pending.delete(report.taskId);
        retryMs = RETRY_MS.first;
      } catch (error) {
        this.deps.onError(error, owner);
        await sleep(retryMs);
        retryMs = Math.min(retryMs * 2, RETRY_MS.most);
      }
    }
    outbox.sending = undefined;
    this.forgetWhenIdle(owner, outbox);
  }

  /** These go out now. */
  private note(reports: readonly TaskReport[]): void {
    for (const report of reports) {
      if (report.lastStatus === 'STOPPED') this.toldOfStart.delete(report.taskId);
      else if (!isBeforeRunning(report.lastStatus)) this.toldOfStart.set(report.taskId, contentOf(report));
    }
  }

  private isNewToTold(report: TaskReport): boolean {
    const told = this.toldOfStart.get(report.taskId);
    return told !== undefined && told !== contentOf(report);
  }

  /** Run-task workflows come and go: an owner that was quiet for as long as its signals took is forgotten. */
  private forgetWhenIdle(owner: string, outbox: Outbox): void {
    const timer = setTimeout(
      () => {
        const isIdle = outbox.sending === undefined && outbox.held.size === 0;
        if (isIdle && Date.now() >= outbox.busyUntil) this.outboxes.delete(owner);
      },
      (BURST + 1) * INTERVAL_MS,
    );
    timer.unref();
  }
}

const contentOf = ({ reportedAt: _at, ...report }: TaskReport): string => JSON.stringify(report);

/** The reports that were kept back; the tasks are free again. */
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
