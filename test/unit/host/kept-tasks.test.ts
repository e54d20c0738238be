/** Which ended tasks' containers are kept. */
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CleanUp } from '../../../activities/host/launch/clean-up.ts';
import { surplusOf } from '../../../activities/host/launch/kept-tasks.ts';
import type { KeptLimits } from '../../../activities/host/launch/kept-tasks.ts';
import type { TaskRun } from '../../../activities/host/launch/task-run.ts';

describe('the surplus of ended tasks', () => {
  const of = (text: string, limits: KeptLimits): string =>
    surplusOf(
      text.split(' ').map((taskId, endedAt) => ({
        taskId,
        family: taskId.charAt(0),
        endedAt,
        containers: Number(taskId.slice(2) || 1),
      })),
      limits,
    )
      .map(({ taskId }) => taskId)
      .join(' ');

  // A letter for the family, a digit for the task, then the number of containers; the oldest first.
  it.each([
    ['within both limits', 'a1 b1 a2', { perFamily: 2, inAll: 3 }, ''],
    ['the oldest of a family', 'a1 b1 a2 a3', { perFamily: 2, inAll: 9 }, 'a1'],
    ['the oldest of all', 'a1 b1 c1 d1', { perFamily: 9, inAll: 2 }, 'a1 b1'],
    ['containers count, not tasks', 'a12 a22 a31', { perFamily: 3, inAll: 9 }, 'a12'],
    ['the newest stays whatever its size', 'a11 a25', { perFamily: 3, inAll: 4 }, 'a11'],
    ['none are to be kept', 'a1 b1', { perFamily: 0, inAll: 9 }, 'a1 b1'],
  ])('%s', (_what, ended, limits, surplus) => {
    expect(of(ended, limits)).toBe(surplus);
  });
});

describe('clean-up', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  function aHost({ told = true, removes = true } = {}) {
    const host = { told, removes, removed: [] as string[], gone: [] as string[] };
    const cleanUp = new CleanUp({
      runtime: {
        remove: (id) => {
          if (!host.removes) return Promise.reject(new Error('busy'));
          host.removed.push(id);
          return Promise.resolve();
        },
        removeVolume: () => Promise.resolve(),
      },
      logger: pino({ level: 'silent' }),
      now: Date.now,
      cleanupWaitMs: 3_600_000,
      kept: { perFamily: 2, inAll: 100 },
      isTold: () => host.told,
      onRemoved: (run) => host.gone.push(run.plan.taskId),
    });
    const ends = (taskId: string): void => {
      const plan = { taskId, ownerWorkflowId: 'o', family: 'web', taskVolumes: [] };
      const run = { plan, containerIds: [`${taskId}-c`], removePauseContainer: () => Promise.resolve() };
      cleanUp.afterStop(run as unknown as TaskRun);
    };
    return { host, ends };
  }

  it('keeps the newest containers of a crash loop, and others until their end is reported', async () => {
    const { host, ends } = aHost({ told: false });
    for (let i = 0; i < 200; i++) {
      ends(`t${i}`);
      await vi.advanceTimersByTimeAsync(500);
    }
    expect(host.removed).toEqual([]);
    host.told = true;
    await vi.advanceTimersByTimeAsync(20_000);
    expect(host.removed).toEqual(Array.from({ length: 198 }, (_, i) => `t${i}-c`));
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(host.removed.slice(198)).toEqual(['t198-c', 't199-c']);
    expect(new Set(host.removed).size).toBe(200);
    expect(host.gone).toHaveLength(200);
  });

  it('retries later what the engine fails to remove now', async () => {
    const { host, ends } = aHost({ removes: false });
    ends('t1');
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(host.removed).toEqual([]);
    host.removes = true;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(host.removed).toEqual(['t1-c']);
  });
});
