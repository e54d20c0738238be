/** The heap. */
import { describe, expect, it } from 'vitest';
import { Heap } from '../../../../scheduler/placement/heap.ts';

const heapOf = (items: readonly number[]): Heap<number> => new Heap(items, (a, b) => a - b);

function drain(heap: Heap<number>): readonly number[] {
  const items: number[] = [];
  for (let first = heap.first; first !== undefined; first = heap.first) {
    items.push(first);
    heap.removeFirst();
  }
  return items;
}

describe('Heap', () => {
  it.each<[readonly number[]]>([[[]], [[1]], [[2, 1]], [[3, 1, 2]], [[5, 5, 5]], [[9, 8, 7, 6, 5, 4, 3, 2, 1, 0]]])(
    'gives %j back in order',
    (items) => {
      expect(drain(heapOf(items))).toEqual([...items].sort((a, b) => a - b));
    },
  );

  it('leaves the items that it was made from alone', () => {
    const items = [3, 1, 2];
    heapOf(items).removeFirst();
    expect(items).toEqual([3, 1, 2]);
  });

  it('ignores a removal from an empty heap', () => {
    const heap = heapOf([]);
    heap.removeFirst();
    heap.settleFirst();
    expect(heap.first).toBeUndefined();
  });

  it('restores the order after its first item changed in place', () => {
    const items = [{ rank: 1 }, { rank: 2 }, { rank: 3 }];
    const heap = new Heap(items, (a, b) => a.rank - b.rank);
    items[0]!.rank = 2.5;
    heap.settleFirst();
    expect(heap.first).toBe(items[1]);
    heap.removeFirst();
    expect(heap.first).toBe(items[0]);
  });
});
