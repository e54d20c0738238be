/**
 * The instance for the next task, kept up to date as tasks are placed.
 *
 * The queue is a tree with one level for each spread over an attribute; its leaves are instances. Placing a task changes
 * the counts of the buckets on one path and the state of one instance. It shifts all instances below a bucket alike, so
 * their mutual order stays. The chosen instance is first on every level of its path, so one sink per level restores the
 * whole order: O(levels × log n) per task, however many instances share a bucket.
 */
import { Heap } from './heap.ts';
import type { Ordering } from './strategies/index.ts';

export interface InstanceQueue {
  /** The first instance; undefined if none is left. */
  first(): number | undefined;
  /** The first instance took a task (already recorded with the orderings); without `keep` it leaves the queue. */
  settleFirst(keep: boolean): void;
}

/** A queue of instances, sorted by the orderings in turn. */
export function createQueue(instances: readonly number[], orderings: readonly Ordering[]): InstanceQueue {
  const compares = orderings.map(({ compare }) => compare);
  const compare = (a: number, b: number): number => {
    for (const compareBy of compares) {
      const order = compareBy(a, b);
      if (order !== 0) return order;
    }
    return 0;
  };
  const levels = orderings.flatMap(({ bucketOf }) => (bucketOf ? [bucketOf] : []));
  return buildLevel(instances, levels, compare);
}

type Compare = (a: number, b: number) => number;

function buildLevel(instances: readonly number[], levels: readonly Int32Array[], compare: Compare): InstanceQueue {
  const [bucketOf, ...below] = levels;
  if (!bucketOf) return new LeafQueue(instances, compare);
  const buckets = new Map<number, number[]>();
  for (const instance of instances) {
    const bucket = bucketOf[instance] ?? 0;
    const members = buckets.get(bucket);
    if (members) members.push(instance);
    else buckets.set(bucket, [instance]);
  }
  const children = [...buckets.values()].map((members) => buildLevel(members, below, compare));
  return new BucketQueue(children, compare);
}

class LeafQueue implements InstanceQueue {
  readonly #heap: Heap<number>;

  constructor(instances: readonly number[], compare: Compare) {
    this.#heap = new Heap(instances, compare);
  }

  first(): number | undefined {
    return this.#heap.first;
  }

  settleFirst(keep: boolean): void {
    if (keep) this.#heap.settleFirst();
    else this.#heap.removeFirst();
  }
}

/** Its children are never empty. */
class BucketQueue implements InstanceQueue {
  readonly #heap: Heap<InstanceQueue>;

  constructor(children: readonly InstanceQueue[], compare: Compare) {
    this.#heap = new Heap(children, (a, b) => compare(a.first() ?? 0, b.first() ?? 0));
  }

  first(): number | undefined {
    return this.#heap.first?.first();
  }

  settleFirst(keep: boolean): void {
    const child = this.#heap.first;
    child?.settleFirst(keep);
    if (child?.first() === undefined) this.#heap.removeFirst();
    else this.#heap.settleFirst();
  }
}
