/** A token bucket: never more calls than its rate allows, and never fewer. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Bucket, fullBucket, type Rate, takeToken } from '../../../api/throttle/bucket.ts';

const rate: fc.Arbitrary<Rate> = fc.record({
  burst: fc.integer({ min: 1, max: 50 }),
  perSecond: fc.double({ min: 0.05, max: 200, noNaN: true }),
});
/** Milliseconds between calls; many at once. */
const pauses = fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 5_000 })), {
  maxLength: 300,
});
/** Sums of fractions are not exact. */
const ROUNDING = 1e-6;

/** The times of the calls that got a token. */
function admitted(of: Rate, times: readonly number[]): number[] {
  let bucket: Bucket = fullBucket(of, times[0] ?? 0);
  return times.filter((now) => {
    const { bucket: next, isTaken } = takeToken(bucket, of, now);
    bucket = next;
    return isTaken;
  });
}

const timesOf = (gaps: readonly number[]): number[] => {
  let now = 1_000;
  return gaps.map((gap) => (now += gap));
};

it('admits at most burst + rate × time between any two of its calls', () => {
  fc.assert(
    fc.property(rate, pauses, (of, gaps) => {
      const times = admitted(of, timesOf(gaps));
      for (let i = 0; i < times.length; i += 1)
        for (let j = i; j < times.length; j += 1) {
          const seconds = (times[j]! - times[i]!) / 1000;
          expect(j - i + 1).toBeLessThanOrEqual(of.burst + of.perSecond * seconds + ROUNDING);
        }
    }),
  );
});

it('refuses no call of a caller who keeps to the rate', () => {
  fc.assert(
    fc.property(rate, pauses, (of, gaps) => {
      const slowEnough = gaps.map((gap) => gap + 1000 / of.perSecond + ROUNDING);
      const times = timesOf(slowEnough);
      expect(admitted(of, times)).toEqual(times);
    }),
  );
});

it('never starves: after any calls, it admits one as soon as a token’s time has passed', () => {
  fc.assert(
    fc.property(rate, pauses, (of, gaps) => {
      let bucket = fullBucket(of, 0);
      const times = timesOf(gaps);
      for (const now of times) bucket = takeToken(bucket, of, now).bucket;
      const later = (times.at(-1) ?? 0) + 1000 / of.perSecond + ROUNDING;
      expect(takeToken(bucket, of, later).isTaken).toBe(true);
    }),
  );
});

it('has its whole burst again after a long pause, and no more', () => {
  fc.assert(
    fc.property(rate, pauses, (of, gaps) => {
      const busy = timesOf(gaps);
      const later = (busy.at(-1) ?? 0) + (of.burst * 1000) / of.perSecond + 1;
      const calls = [...busy, ...Array.from({ length: of.burst + 5 }, () => later)];
      expect(admitted(of, calls).filter((now) => now === later)).toHaveLength(of.burst);
    }),
  );
});

it('a clock that goes back gives no tokens', () => {
  fc.assert(
    fc.property(rate, fc.array(fc.integer({ min: -5_000, max: 0 }), { maxLength: 100 }), (of, steps) => {
      expect(admitted(of, [0, ...timesOf(steps).map((time) => time - 1_000)]).length).toBeLessThanOrEqual(of.burst);
    }),
  );
});
