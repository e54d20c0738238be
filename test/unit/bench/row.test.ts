/** Rows of the bench: figures, references, reaches and the table. */
import { describe, expect, it } from 'vitest';
import {
  atMost,
  type BenchRow,
  compared,
  median,
  quantile,
  tableOf,
  timesFaster,
  timesMore,
  timesReference,
  withoutReach,
} from '../../../bench/row.ts';

const beside = (value: number, reference: number) => ({
  name: 'figure',
  value,
  unit: 'ms',
  reference: { name: 'ms bare', value: reference },
});

describe('a figure beside its reference', () => {
  it.each<[string, BenchRow, number, boolean]>([
    ['as long as it may take', timesReference(beside(32, 20), 1.6), 1.6, true],
    ['longer than it may take', timesReference(beside(33, 20), 1.6), 1.65, false],
    ['as many times quicker as it must be', timesFaster(beside(10, 50), 5), 5, true],
    ['less quick than it must be', timesFaster(beside(11, 50), 5), 4.545, false],
    ['as many a second as there must be', timesMore(beside(48, 80), 0.6), 0.6, true],
    ['fewer a second than there must be', timesMore(beside(47, 80), 0.6), 0.5875, false],
  ])('%s', (_, row, ratio, reached) => {
    expect(row.ratio).toBeCloseTo(ratio, 3);
    expect(row.reached).toBe(reached);
  });

  it('has a ratio without a reach if it is only shown', () => {
    expect(compared(beside(10, 9))).toMatchObject({ ratio: 0.9 });
    expect(compared(beside(10, 9))).not.toHaveProperty('reached');
  });

  it('keeps its ratio if its reach is not judged', () => {
    const row = withoutReach(timesReference(beside(33, 20), 1.6));
    expect(row).toEqual({ ...beside(33, 20), ratio: 1.65 });
  });
});

describe('a figure alone', () => {
  it('has its reach in its own unit', () => {
    expect(atMost({ name: 'memory', value: 501, unit: 'MB' }, 500)).toMatchObject({
      reach: '≤ 500 MB',
      reached: false,
    });
  });
});

describe('quantiles', () => {
  it('are measured values', () => {
    const values = [30, 10, 20, 40];
    expect([median(values), quantile(values, 0.99), quantile(values, 0)]).toEqual([20, 40, 10]);
  });
});

describe('the table', () => {
  it('shows value, reference, ratio and reach of each figure', () => {
    const [head, line] = tableOf([timesReference(beside(33, 20), 1.6)]).split('\n');
    expect(head).toMatch(/^figure +value +reference +ratio +reach$/);
    expect(line).toMatch(/^figure +33 ms +20 ms bare +1\.65 +≤ 1\.6 × ✗$/);
  });
});
