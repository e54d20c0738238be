/** An activity's answer may never reach its owner, because the run is over or no longer waits. A signal does arrive. */
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { TaskReporter, type ReportHold } from '../../../activities/host/reporter.ts';
import { isBeforeRunning } from '../../../model/status.ts';
import type { TaskReport } from '../../../model/task.ts';
import { advanceTask, heardOf, type AdvanceableTask } from '../../../scheduler/tasks/advance-task.ts';

const OWNER = 'service/default/web';
const TASKS = ['a', 'b', 'c'];

type Life = Required<Pick<TaskReport, 'lastStatus' | 'healthStatus'>>;
const LIVES: readonly Life[] = [
  { lastStatus: 'PENDING', healthStatus: 'UNKNOWN' },
  { lastStatus: 'RUNNING', healthStatus: 'UNKNOWN' },
  { lastStatus: 'RUNNING', healthStatus: 'HEALTHY' },
  { lastStatus: 'STOPPED', healthStatus: 'UNKNOWN' },
];

/** The tasks of one owner, as the host has them and as the owner remembers them. */
class Model {
  readonly #truth = new Map<string, number>();
  readonly #known = new Map<string, AdvanceableTask>();
  readonly #holds: ReportHold[] = [];
  readonly #reporter = new TaskReporter({
    send: (_owner, reports) => {
      this.#hear(reports);
      return Promise.resolve('delivered');
    },
    onError: (error) => {
      throw error;
    },
  });

  constructor() {
    for (const taskId of TASKS) {
      this.#known.set(taskId, { lastStatus: 'PENDING', desiredStatus: 'RUNNING', healthStatus: 'UNKNOWN', version: 1 });
    }
  }

  /**
   * The owner repeats the order for tasks that it takes for not started. A host that has such a task reports it again.
   */
  launch(): void {
    const wanted = TASKS.filter((taskId) => isBeforeRunning(this.#known.get(taskId)!.lastStatus));
    if (wanted.length === 0) return;
    this.#holds.push(this.#reporter.hold(OWNER, wanted, 'launch'));
    for (const taskId of wanted) {
      if (this.#truth.has(taskId)) this.#report(taskId);
      else this.#truth.set(taskId, 0);
    }
  }

  goOn(taskId: string): void {
    const at = this.#truth.get(taskId);
    if (at === undefined || at === LIVES.length - 1) return;
    this.#truth.set(taskId, at + 1);
    this.#report(taskId);
  }

  /** The oldest launch ends, and its answer may be lost. */
  answer(isLost: boolean): void {
    const hold = this.#holds.shift();
    const reports = hold?.take() ?? [];
    hold?.release();
    if (!isLost) this.#hear(reports);
  }

  async end(): Promise<void> {
    while (this.#holds.length > 0) this.answer(true);
    await vi.advanceTimersByTimeAsync(60_000);
    this.launch();
    this.answer(false);
    await vi.advanceTimersByTimeAsync(60_000);
    const expected = TASKS.map((taskId) => LIVES[this.#truth.get(taskId)!]);
    const known = TASKS.map((taskId) => this.#known.get(taskId)!);
    expect(known.map(({ lastStatus, healthStatus }) => ({ lastStatus, healthStatus }))).toEqual(expected);
  }

  #report(taskId: string): void {
    const life = LIVES[this.#truth.get(taskId)!]!;
    this.#reporter.report(OWNER, { taskId, containerInstanceId: 'i', containers: [], ...life });
  }

  #hear(reports: readonly TaskReport[]): void {
    for (const report of reports) {
      const task = this.#known.get(report.taskId)!;
      const advanced = advanceTask(task, report);
      this.#known.set(report.taskId, advanced === 'unchanged' ? heardOf(task, report) : advanced);
    }
  }
}

beforeEach(() => {
  vi.useFakeTimers({ now: 0 });
});
afterEach(() => vi.useRealTimers());

it('an owner that repeats its orders gets the last report of each task, whatever answers are lost', async () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('launch' as const) }),
    fc.record({ kind: fc.constant('goOn' as const), taskId: fc.constantFrom(...TASKS) }),
    fc.record({ kind: fc.constant('pass' as const), ms: fc.constantFrom(1, 100, 400, 600, 3_000) }),
    fc.record({ kind: fc.constant('answer' as const), isLost: fc.boolean() }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const model = new Model();
      model.launch();
      for (const taken of steps) {
        if (taken.kind === 'launch') model.launch();
        else if (taken.kind === 'goOn') model.goOn(taken.taskId);
        else if (taken.kind === 'answer') model.answer(taken.isLost);
        else await vi.advanceTimersByTimeAsync(taken.ms);
      }
      await model.end();
    }),
    { numRuns: 500 },
  );
});
