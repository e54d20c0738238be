/** The launch throttle. */
import { describe, expect, it } from 'vitest';
import {
  afterStartFailure,
  afterStartSuccess,
  nextLaunchDelay,
  PLACEMENT_RETRY_SECONDS,
  placementRetryDelay,
  resetThrottle,
} from '../../../../scheduler/throttle/throttle.ts';
import { NOW } from '../../../support/service-builders.ts';

const MINUTE = 60_000;
const CAP = 27 * MINUTE;

describe('nextLaunchDelay', () => {
  it.each([
    [0, 0],
    [2, 0],
    [3, 1],
    [4, 2],
    [5, 4],
    [6, 8],
    [7, 16],
    [8, 27],
    [9, 27],
    [1_000, 27],
  ])('%i failures in a row: up to %i minutes', (failures, minutes) => {
    for (const seed of ['', 'web', 'api', 'worker/7']) {
      const delay = nextLaunchDelay(failures, seed);
      expect(delay).toBeLessThanOrEqual(minutes * MINUTE);
      expect(delay).toBeGreaterThanOrEqual(minutes * MINUTE * 0.9);
      expect(nextLaunchDelay(failures, seed)).toBe(delay);
    }
  });

  it('differs between services', () => {
    const delays = new Set(Array.from({ length: 50 }, (_, i) => nextLaunchDelay(3, `service-${i}`)));
    expect(delays.size).toBeGreaterThan(40);
  });
});

describe('afterStartFailure', () => {
  it('counts the first failures without a wait', () => {
    const one = afterStartFailure(resetThrottle(), 1, NOW, 'web');
    expect(one).toEqual({ throttle: { consecutiveStartFailures: 1 }, announce: false });
    expect(afterStartFailure(one.throttle, 1, NOW, 'web').throttle.nextLaunchAt).toBeUndefined();
  });

  it('begins to wait at the third, and says so', () => {
    const third = afterStartFailure({ consecutiveStartFailures: 2 }, 1, NOW, 'web');
    expect(third).toEqual({
      throttle: { consecutiveStartFailures: 3, nextLaunchAt: NOW + nextLaunchDelay(3, 'web') },
      announce: true,
    });
  });

  it('counts tasks that fail together as one attempt', () => {
    const batch = afterStartFailure(resetThrottle(), 40, NOW, 'web');
    expect(batch.throttle.consecutiveStartFailures).toBe(3);
    expect(afterStartFailure(batch.throttle, 10, NOW + 5, 'web')).toEqual({
      throttle: batch.throttle,
      announce: false,
    });
  });

  it('rises step by step to 27 minutes and stays there', () => {
    let throttle = resetThrottle();
    let now = NOW;
    const waits: number[] = [];
    for (let attempt = 0; attempt < 9; attempt++) {
      throttle = afterStartFailure(throttle, 3, now, 'web').throttle;
      waits.push((throttle.nextLaunchAt ?? now) - now);
      now = throttle.nextLaunchAt ?? now;
    }
    expect(waits).toEqual([3, 4, 5, 6, 7, 8, 9, 10, 11].map((failures) => nextLaunchDelay(failures, 'web')));
    expect(Math.max(...waits)).toBeLessThanOrEqual(CAP);
  });

  it('changes nothing for no failure', () => {
    const throttle = { consecutiveStartFailures: 2 };
    expect(afterStartFailure(throttle, 0, NOW, 'web')).toEqual({ throttle, announce: false });
  });
});

describe('the end of a throttle', () => {
  it('comes with a running task or a new deployment', () => {
    const throttle = { consecutiveStartFailures: 7, nextLaunchAt: NOW };
    expect(afterStartSuccess(throttle)).toEqual({ consecutiveStartFailures: 0 });
    expect(resetThrottle()).toEqual({ consecutiveStartFailures: 0 });
  });

  it('leaves an inactive throttle unchanged', () => {
    const throttle = resetThrottle();
    expect(afterStartSuccess(throttle)).toBe(throttle);
  });
});

describe('placementRetryDelay', () => {
  it('is short at first, grows, and ends at a minute', () => {
    const delays = Array.from({ length: 12 }, (_, i) => placementRetryDelay(i + 1));
    expect(delays[0]).toBe(1_000);
    expect(delays.slice(0, PLACEMENT_RETRY_SECONDS.length)).toEqual(PLACEMENT_RETRY_SECONDS.map((s) => s * 1_000));
    expect([...delays].sort((a, b) => a - b)).toEqual(delays);
    expect(delays.at(-1)).toBe(MINUTE);
    expect(placementRetryDelay(0)).toBe(1_000);
  });
});
