/** Reports of tasks to their owners: how fast, how often and in which way. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { TaskReporter } from '../../../activities/host/reporter.ts';
import type { TaskReport } from '../../../model/task.ts';

const report = (taskId: string, lastStatus: TaskReport['lastStatus'] = 'RUNNING'): TaskReport => ({
  taskId,
  containerInstanceId: 'i',
  lastStatus,
  containers: [],
});

interface Sent {
  readonly at: number;
  readonly owner: string;
  readonly tasks: string[];
}
let sent: Sent[];
let answer: (owner: string) => 'delivered' | 'gone';
/** The reports that were sent. */
let times: (number | undefined)[];
let errors: unknown[];
let reporter: TaskReporter;

beforeEach(() => {
  vi.useFakeTimers({ now: 0 });
  sent = [];
  errors = [];
  times = [];
  answer = () => 'delivered';
  reporter = new TaskReporter({
    send: (owner, reports) => {
      times.push(...reports.map((r) => r.reportedAt));
      sent.push({ at: Date.now(), owner, tasks: reports.map((r) => `${r.taskId}:${r.lastStatus}`) });
      return Promise.resolve().then(() => answer(owner));
    },
    onError: (error) => errors.push(error),
  });
});
afterEach(() => vi.useRealTimers());

describe('TaskReporter', () => {
  it('sends at once, merging simultaneous reports per owner', async () => {
    reporter.report('one', report('a'));
    reporter.report('one', report('b'));
    reporter.report('two', report('c'));
    await vi.advanceTimersByTimeAsync(0);
    expect(sent).toEqual([
      { at: 0, owner: 'one', tasks: ['a:RUNNING', 'b:RUNNING'] },
      { at: 0, owner: 'two', tasks: ['c:RUNNING'] },
    ]);
  });

  it('stamps each report later than earlier ones, whichever way it goes', async () => {
    const hold = reporter.hold('one', ['b'], 'launch');
    for (const taskId of ['a', 'b', 'c']) reporter.report('one', report(taskId));
    await vi.advanceTimersByTimeAsync(0);
    const [b] = hold.take();
    expect([...times, b?.reportedAt].toSorted()).toEqual([1, 2, 3]);
    expect(b?.reportedAt).toBe(2);
    hold.release();
  });

  it('sends two signals a second under a flood, and never loses the last report', async () => {
    for (let i = 0; i < 1_000; i++) {
      reporter.report('one', report(`t${i % 10}`, i < 990 ? 'PENDING' : 'RUNNING'));
      await vi.advanceTimersByTimeAsync(10);
    }
    await reporter.drained();
    expect(sent.length).toBeLessThanOrEqual(10 * 2 + 4);
    const last = new Map(sent.flatMap((s) => s.tasks).map((t) => t.split(':') as [string, string]));
    expect([...last.values()]).toEqual(new Array(10).fill('RUNNING'));
  });

  it('reports a quick batch in the answer only', async () => {
    const hold = reporter.hold('one', ['a', 'b'], 'launch');
    reporter.report('one', report('a', 'PENDING'));
    reporter.report('one', report('a'));
    reporter.report('one', report('b'));
    await vi.advanceTimersByTimeAsync(400);
    expect(hold.take()).toMatchObject([report('a'), report('b')]);
    hold.release();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(sent).toEqual([]);
  });

  it('signals the reports of a slow batch, and answers with the reports not sent yet', async () => {
    const tasks = Array.from({ length: 20 }, (_, i) => `t${i}`);
    const hold = reporter.hold('one', tasks, 'launch');
    for (const taskId of tasks) {
      reporter.report('one', report(taskId));
      await vi.advanceTimersByTimeAsync(100);
    }
    const told = sent.flatMap((s) => s.tasks);
    const answered = hold.take().map(({ taskId }) => `${taskId}:RUNNING`);
    expect(told.length).toBeGreaterThan(5);
    expect(sent[0]!.at).toBe(500);
    expect([...told, ...answered]).toEqual(tasks.map((taskId) => `${taskId}:RUNNING`));
    await vi.advanceTimersByTimeAsync(10_000);
    expect(sent.flatMap((s) => s.tasks)).toEqual(told);
  });

  it('signals the held reports of an activity that ended without an answer', async () => {
    const hold = reporter.hold('one', ['a'], 'launch');
    reporter.report('one', report('a'));
    hold.release();
    await vi.advanceTimersByTimeAsync(0);
    expect(sent.map((s) => s.tasks)).toEqual([['a:RUNNING']]);
  });

  it('goes with the answer of the latest activity, not of one whose owner may have continued without it', async () => {
    const abandoned = reporter.hold('one', ['a'], 'launch');
    const current = reporter.hold('one', ['a'], 'launch');
    await vi.advanceTimersByTimeAsync(600);
    reporter.report('one', report('a', 'STOPPED'));
    expect(abandoned.take()).toEqual([]);
    abandoned.release();
    expect(current.take()).toMatchObject([report('a', 'STOPPED')]);
    current.release();
  });

  it('leaves alone other tasks of the owner, and tasks that a later activity holds', async () => {
    const launch = reporter.hold('one', ['a', 'b'], 'launch');
    const stop = reporter.hold('one', ['a'], 'stop');
    reporter.report('one', report('a', 'STOPPED'));
    reporter.report('one', report('b'));
    reporter.report('one', report('c', 'STOPPED'));
    await vi.advanceTimersByTimeAsync(0);
    expect(sent.map((s) => s.tasks)).toEqual([['c:STOPPED']]);
    expect(launch.take()).toMatchObject([report('b')]);
    expect(stop.take()).toMatchObject([report('a', 'STOPPED')]);
  });

  it('answers with at most a thousand reports and signals the rest', async () => {
    const tasks = Array.from({ length: 1_050 }, (_, i) => `t${i}`);
    const hold = reporter.hold('one', tasks, 'launch');
    for (const taskId of tasks) reporter.report('one', report(taskId));
    expect(hold.take()).toHaveLength(1_000);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(sent.flatMap((s) => s.tasks)).toHaveLength(50);
  });

  it('sends at most a hundred in one signal', async () => {
    for (let i = 0; i < 250; i++) reporter.report('one', report(`t${i}`));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(sent.map((s) => s.tasks.length)).toEqual([100, 100, 50]);
  });

  it('retries the latest report for as long as the owner cannot be reached', async () => {
    answer = () => {
      throw new Error('away');
    };
    reporter.report('one', report('a', 'RUNNING'));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(errors.length).toBeGreaterThan(5);
    expect(errors.length).toBeLessThan(20);
    reporter.report('one', report('a', 'STOPPED'));
    answer = () => 'delivered';
    await vi.advanceTimersByTimeAsync(10_000);
    expect(sent.at(-1)!.tasks).toEqual(['a:STOPPED']);
    await reporter.drained();
  });

  it('keeps the reports of an owner that is gone for a minute: it may be made again from its rows', async () => {
    answer = () => 'gone';
    reporter.report('one', report('a', 'STOPPED'));
    await vi.advanceTimersByTimeAsync(20_000);
    answer = () => 'delivered';
    await vi.advanceTimersByTimeAsync(15_000);
    const attempts = sent.length;
    expect(sent.at(-1)).toMatchObject({ owner: 'one', tasks: ['a:STOPPED'] });
    expect(sent.at(-1)!.at).toBeGreaterThan(20_000);
    await vi.advanceTimersByTimeAsync(120_000);
    expect(sent).toHaveLength(attempts);
    expect(errors).toEqual([]);
  });

  it('drops the reports of an owner that stays gone', async () => {
    answer = () => 'gone';
    reporter.report('one', report('a'));
    await vi.advanceTimersByTimeAsync(120_000);
    const attempts = sent.length;
    expect(attempts).toBeLessThan(15);
    expect(reporter.isTold('one', 'a')).toBe(true);
    await vi.advanceTimersByTimeAsync(120_000);
    expect(sent).toHaveLength(attempts);
  });
});
