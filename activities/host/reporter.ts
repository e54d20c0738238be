/**
 * Reports on tasks to their owners: one coalescer for each owner, so that a workflow gets at most a few signals a second
 * however many of its tasks change. The latest report of a task replaces the ones before it.
 */
import type { TaskReport } from '../../model/task.ts';

/**
 * Signals at once after a quiet time, then one in each interval: two a second. One more where somebody waits for it.
 * Each costs a workflow step and a write, which a launch of many feels on a small machine.
 */
const BURST = 4;
const INTERVAL_MS = 500;
const BATCH = 100;
const RETRY_MS = { first: 250, most: 10_000 };

/** Delivers to the workflow; answers `gone` when there is no such workflow any more. Throws when it cannot be reached. */
export type SendReports = (ownerWorkflowId: string, reports: readonly TaskReport[]) => Promise<'delivered' | 'gone'>;

export interface ReporterDeps {
  readonly send: SendReports;
  readonly onError: (error: unknown, ownerWorkflowId: string) => void;
}

interface Outbox {
  readonly pending: Map<string, TaskReport>;
  /** Resolves when nothing is pending any more. */
  sending: Promise<void> | undefined;
  /** When the signals sent so far would be over, sent one in each interval. */
  busyUntil: number;
  /** Somebody waits for what is pending. */
  isUrgent: boolean;
  /** Ends the wait for the next signal's turn. */
  endWait: () => void;
}

export class TaskReporter {
  private readonly deps: ReporterDeps;
  private readonly outboxes = new Map<string, Outbox>();

  constructor(deps: ReporterDeps) {
    this.deps = deps;
  }

  /** Takes the report; it is delivered as soon as the owner's rate allows, and again until it is. */
  report(ownerWorkflowId: string, report: TaskReport): void {
    const outbox = this.outboxOf(ownerWorkflowId);
    // Deleted first, so that the order of the map is the order of the latest changes.
    outbox.pending.delete(report.taskId);
    outbox.pending.set(report.taskId, report);
    outbox.sending ??= this.deliver(ownerWorkflowId, outbox);
  }

  /**
   * Resolves when all that was reported to the owner has been delivered, or the owner is gone. What is pending goes
   * ahead of its turn, and the signals after it wait the longer: the last word of a launch is not to lie about.
   */
  async delivered(ownerWorkflowId: string): Promise<void> {
    const outbox = this.outboxes.get(ownerWorkflowId);
    if (outbox?.sending === undefined) return;
    outbox.isUrgent = true;
    outbox.endWait();
    await outbox.sending;
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
      sending: undefined,
      busyUntil: 0,
      isUrgent: false,
      endWait: () => undefined,
    };
    this.outboxes.set(owner, outbox);
    return outbox;
  }

  private async deliver(owner: string, outbox: Outbox): Promise<void> {
    // Reports of the same turn of the event loop go together.
    await Promise.resolve();
    let retryMs = RETRY_MS.first;
    while (outbox.pending.size > 0) {
      await awaitTurn(outbox);
      const batch = [...outbox.pending.values()].slice(0, BATCH);
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

  /** Run-task workflows come and go: an owner that was quiet for as long as its signals took is forgotten. */
  private forgetWhenIdle(owner: string, outbox: Outbox): void {
    const timer = setTimeout(
      () => {
        if (outbox.sending === undefined && Date.now() >= outbox.busyUntil) this.outboxes.delete(owner);
      },
      (BURST + 1) * INTERVAL_MS,
    );
    timer.unref();
  }
}

/** Waits until the rate allows a signal; what is urgent may go one signal ahead of it. */
async function awaitTurn(outbox: Outbox): Promise<void> {
  const now = Date.now();
  const ahead = Math.max(outbox.busyUntil - now, 0);
  const wait = ahead - (BURST - 1) * INTERVAL_MS;
  const hasCredit = wait <= INTERVAL_MS;
  if (wait > 0 && !(hasCredit && outbox.isUrgent)) {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, wait);
      if (!hasCredit) return;
      outbox.endWait = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
  outbox.busyUntil = now + ahead + INTERVAL_MS;
  outbox.isUrgent = false;
  outbox.endWait = () => undefined;
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
