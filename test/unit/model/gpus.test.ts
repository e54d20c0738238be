/** GPU values, and how GPUs are dealt to containers. */
import { describe, expect, it } from 'vitest';
import { dealGpus, readGpus } from '../../../model/gpus.ts';

describe('readGpus', () => {
  it.each([
    [[], 0],
    [['2'], 2],
    [['2', '1'], 3],
    [['ALL'], 'ALL'],
    [['all'], undefined],
    [['1', 'x'], undefined],
  ])('%j: %s', (values, expected) => {
    expect(readGpus(values.map((value) => ({ type: 'GPU', value })))).toBe(expected);
  });
});

describe('dealGpus', () => {
  const deal = (asked: Record<string, number | 'ALL'>, ids: readonly string[]): Record<string, readonly string[]> =>
    Object.fromEntries(
      dealGpus(
        Object.entries(asked).map(([name, gpus]) => ({ name, gpus })),
        ids,
      ),
    );

  it('gives each container as many GPUs as it asks for, and none twice', () => {
    expect(deal({ a: 1, b: 0, c: 2 }, ['g0', 'g1', 'g2'])).toEqual({ a: ['g0'], b: [], c: ['g1', 'g2'] });
  });

  it('gives every GPU to a container that asks for ALL', () => {
    expect(deal({ a: 0, b: 'ALL', c: 0 }, ['g0', 'g1'])).toEqual({ a: [], b: ['g0', 'g1'], c: [] });
  });
});
