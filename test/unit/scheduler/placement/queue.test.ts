/** The queue of instances by rank. */
import { describe, expect, it } from 'vitest';
import { createQueue } from '../../../../scheduler/placement/queue.ts';
import type { Ordering } from '../../../../scheduler/placement/strategies/index.ts';

/** Ranks instances by numbers that the test changes. */
const byRank = (ranks: number[]): Ordering => ({
  by: 'rank',
  compare: (a, b) => ranks[a]! - ranks[b]!,
  record: () => undefined,
});

/** Ranks instances by a number for each of their buckets. */
const byBucket = (buckets: readonly number[], counts: number[]): Ordering => ({
  by: 'rank',
  bucketOf: Int32Array.from(buckets),
  compare: (a, b) => counts[buckets[a]!]! - counts[buckets[b]!]!,
  record: (i) => {
    counts[buckets[i]!]! += 1;
  },
});

describe('createQueue', () => {
  it('is empty without instances', () => {
    expect(createQueue([], [byRank([])]).first()).toBeUndefined();
    expect(createQueue([], [byBucket([], []), byRank([])]).first()).toBeUndefined();
  });

  it('holds only the given instances', () => {
    const queue = createQueue([2, 0], [byRank([5, 1, 7, 0])]);
    expect(queue.first()).toBe(0);
    queue.settleFirst(false);
    expect(queue.first()).toBe(2);
    queue.settleFirst(false);
    expect(queue.first()).toBeUndefined();
  });

  it('moves a first instance that fell behind to its new place', () => {
    const ranks = [1, 2, 3];
    const queue = createQueue([0, 1, 2], [byRank(ranks)]);
    ranks[0] = 2.5;
    queue.settleFirst(true);
    expect(queue.first()).toBe(1);
    queue.settleFirst(false);
    expect(queue.first()).toBe(0);
  });

  it('uses the second ordering only to break ties of the first', () => {
    const queue = createQueue([0, 1, 2], [byRank([1, 1, 0]), byRank([2, 1, 9])]);
    expect(queue.first()).toBe(2);
    queue.settleFirst(false);
    expect(queue.first()).toBe(1);
  });

  it('moves a whole bucket behind the others when its count rises', () => {
    const counts = [0, 0];
    const buckets = byBucket([0, 0, 1, 1], counts);
    const queue = createQueue([0, 1, 2, 3], [buckets, byRank([0, 1, 2, 3])]);
    const taken: number[] = [];
    for (let i = queue.first(); i !== undefined; i = queue.first()) {
      taken.push(i);
      buckets.record(i);
      queue.settleFirst(false);
    }
    expect(taken).toEqual([0, 2, 1, 3]);
  });

  it('drops a bucket with its last instance', () => {
    const buckets = byBucket([0, 1], [0, 9]);
    const queue = createQueue([0, 1], [buckets, byRank([0, 0])]);
    expect(queue.first()).toBe(0);
    queue.settleFirst(false);
    expect(queue.first()).toBe(1);
    queue.settleFirst(false);
    expect(queue.first()).toBeUndefined();
  });

  it('nests buckets within buckets', () => {
    const outer = byBucket([0, 0, 1, 1], [0, 0]);
    const inner = byBucket([0, 1, 2, 3], [5, 0, 0, 4]);
    const queue = createQueue([0, 1, 2, 3], [outer, inner, byRank([0, 0, 1, 0])]);
    expect(queue.first()).toBe(1);
    outer.record(1);
    inner.record(1);
    queue.settleFirst(true);
    expect(queue.first()).toBe(2);
  });
});
