/** Promises of the launch throttle over any sequence of failures and successes. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LaunchThrottle } from '../../../scheduler/throttle/types.ts';
import { afterStartFailure, afterStartSuccess, resetThrottle } from '../../../scheduler/throttle/throttle.ts';
import { NOW } from '../../support/service-builders.ts';

const CAP_MS = 27 * 60_000;
const anyHappening = fc.record({
  kind: fc.constantFrom('failure' as const, 'failure' as const, 'failure' as const, 'success' as const),
  count: fc.integer({ min: 1, max: 50 }),
  waitMs: fc.nat({ max: 2 * CAP_MS }),
});

describe('the throttle promises that', () => {
  it('no wait is longer than 27 minutes, none is shortened by a failure, and a success ends it', () => {
    fc.assert(
      fc.property(fc.array(anyHappening, { maxLength: 30 }), fc.string(), (happenings, seed) => {
        let throttle: LaunchThrottle = resetThrottle();
        let now = NOW;
        for (const { kind, count, waitMs } of happenings) {
          now += waitMs;
          const before = throttle;
          throttle =
            kind === 'failure' ? afterStartFailure(before, count, now, seed).throttle : afterStartSuccess(before);
          expect((throttle.nextLaunchAt ?? now) - now).toBeLessThanOrEqual(CAP_MS);
          if (kind === 'success') expect(throttle).toEqual(resetThrottle());
          else expect(throttle.nextLaunchAt ?? 0).toBeGreaterThanOrEqual(before.nextLaunchAt ?? 0);
        }
      }),
    );
  });
});
