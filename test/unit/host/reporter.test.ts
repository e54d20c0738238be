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
let errors: unknown[];
let reporter: TaskReporter;

beforeEach(() => {
  vi.useFakeTimers({ now: 0 });
  sent = [];
  errors = [];
  answer = () => 'delivered';
  reporter = new TaskReporter({
    send: (owner, reports) => {
      sent.push({ at: Date.now(), owner, tasks: reports.map((r) => `${r.taskId}:${r.lastStatus}`) });
      return Promise.resolve().then(() => answer(owner));
    },
    onError: (error) => errors.push(error),
  });
});
afterEach(() => vi.useRealTimers());

describe('TaskReporter', () => {
  it('sends at once, reports of one moment together, each owner its own', async () => {
    reporter.report('one', report('a'));
    reporter.report('one', report('b'));
    reporter.report('two', report('c'));
    await vi.advanceTimersByTimeAsync(0);
    expect(sent).toEqual([
      { at: 0, owner: 'one', tasks: ['a:RUNNING', 'b:RUNNING'] },
      { at: 0, owner: 'two', tasks: ['c:RUNNING'] },
    ]);
  });

  it('holds two signals a second under a flood, and loses no last word', async () => {
    for (let i = 0; i < 1_000; i++) {
      reporter.report('one', report(`t${i % 10}`, i < 990 ? 'PENDING' : 'RUNNING'));
      await vi.advanceTimersByTimeAsync(10);
    }
    await reporter.drained();
    expect(sent.length).toBeLessThanOrEqual(10 * 2 + 4);
    const last = new Map(sent.flatMap((s) => s.tasks).map((t) => t.split(':') as [string, string]));
    expect([...last.values()]).toEqual(new Array(10).fill('RUNNING'));
  });

  it('sends what somebody waits for at once, and makes up for it', async () => {
    for (let i = 0; i < 40; i++) {
      reporter.report('one', report(`t${i}`));
      await vi.advanceTimersByTimeAsync(10);
    }
    const before = sent.length;
    reporter.report('one', report('last'));
    const waiting = reporter.delivered('one');
    await vi.advanceTimersByTimeAsync(0);
    await waiting;
    expect(sent.slice(before).map((s) => s.at)).toEqual([400]);
    for (let i = 0; i < 100; i++) {
      reporter.report('one', report(`u${i}`));
      void reporter.delivered('one');
      await vi.advanceTimersByTimeAsync(10);
    }
    await vi.advanceTimersByTimeAsync(2_000);
    const [first = 0, ...rest] = sent.slice(before + 1).map((s) => s.at);
    expect(first).toBeGreaterThanOrEqual(400 + 250);
    expect(rest.length).toBeLessThanOrEqual(5);
  });

  it('sends at most a hundred in one signal', async () => {
    for (let i = 0; i < 250; i++) reporter.report('one', report(`t${i}`));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(sent.map((s) => s.tasks.length)).toEqual([100, 100, 50]);
  });

  it('tries for ever while the owner cannot be reached, with the latest word', async () => {
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
    await reporter.delivered('one');
  });

  it('drops the reports of an owner that is gone', async () => {
    answer = () => 'gone';
    reporter.report('one', report('a'));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(sent).toHaveLength(1);
  });
});
