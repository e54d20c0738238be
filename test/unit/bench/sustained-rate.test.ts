/** The sustained rate of events. */
import { describe, expect, it } from 'vitest';
import { sustainedRate } from '../../../bench/sustained-rate.ts';

const seconds = (...times: readonly number[]): readonly number[] => times.map((time) => time * 1_000);

describe('the sustained rate of events over ten seconds', () => {
  it.each<[string, readonly number[], number]>([
    ['is nothing without events', [], 0],
    ['counts one event as a tenth', seconds(7), 0.1],
    ['does not take a crowded second for a sustained rate', Array.from({ length: 14 }, (_, i) => i), 1.4],
    ['takes the busiest span, wherever it begins', seconds(0, 14, 15, 16, 23, 40), 0.4],
    ['leaves out what is ten seconds away', seconds(0, 10), 0.1],
    ['takes times in any order', seconds(9, 0, 5), 0.3],
  ])('%s', (_, times, rate) => {
    expect(sustainedRate(times, 10_000)).toBeCloseTo(rate);
  });

  it('equals an even rate', () => {
    const fiveASecond = Array.from({ length: 500 }, (_, i) => i * 200);
    expect(sustainedRate(fiveASecond, 10_000)).toBe(5);
  });
});
