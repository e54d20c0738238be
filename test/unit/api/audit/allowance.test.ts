/** How many refused calls are kept, and that none of the others goes uncounted. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Allowance } from '../../../../api/audit/allowance.ts';

const UNKNOWN = { known: false };
const KNOWN = { known: true };
const DAY_S = 86_400;

const admitted = (times: number, admit: (i: number) => boolean): number =>
  Array.from({ length: times }, (_, i) => admit(i)).filter(Boolean).length;

describe('refused calls', () => {
  it('of one unknown source are kept up to a burst, then one a minute, and the others are counted', () => {
    let now = 0;
    const allowance = new Allowance(() => now);
    expect(admitted(1_000, () => allowance.admit('10.0.0.1', UNKNOWN))).toBe(300);
    now = 60_000;
    expect(admitted(10, () => allowance.admit('10.0.0.1', UNKNOWN))).toBe(1);
    expect(allowance.takeLeftOut()).toEqual({ calls: 709, bySource: { '10.0.0.1': 709 } });
    expect(allowance.takeLeftOut()).toBeUndefined();
  });

  it('of many unknown sources share one allowance, which does not touch that of those who are known', () => {
    const allowance = new Allowance(() => 0);
    expect(admitted(5_000, (i) => allowance.admit(`10.0.${i >> 8}.${i & 255}`, UNKNOWN))).toBe(1_000);
    expect(allowance.admit('arn:aws:iam::123456789012:user/ada', KNOWN)).toBe(true);
    const leftOut = allowance.takeLeftOut();
    expect(leftOut?.calls).toBe(4_000);
    expect(Object.keys(leftOut!.bySource)).toHaveLength(20);
  });

  it('of unknown callers cannot fill the disk, whatever they send for 90 days', () => {
    let now = 0;
    const allowance = new Allowance(() => now);
    let kept = 0;
    // Each step, a crowd that has never been seen.
    for (let step = 0; step < 90 * 24; step++) {
      kept += admitted(400, (i) => allowance.admit(`${step}-${i}`, UNKNOWN));
      now += 3_600_000;
    }
    expect(kept).toBeLessThanOrEqual(1_000 + (90 * DAY_S) / 20);
  });

  it('are each kept or counted', () => {
    const calls = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.boolean(), fc.nat(5_000)), { maxLength: 2_000 });
    fc.assert(
      fc.property(calls, (given) => {
        let now = 0;
        const allowance = new Allowance(() => now);
        let kept = 0;
        for (const [source, known, wait] of given) {
          now += wait;
          if (allowance.admit(source, { known })) kept++;
        }
        expect(kept + (allowance.takeLeftOut()?.calls ?? 0)).toBe(given.length);
      }),
      { numRuns: 30 },
    );
  });
});
