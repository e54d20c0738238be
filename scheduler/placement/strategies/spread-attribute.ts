import type { Room } from '../room.ts';
import type { Ordering } from './ordering.ts';

/** A spread over an attribute. A later spread works within each bucket of the one before. */
export interface AttributeSpread extends Ordering {
  readonly bucketOf: Int32Array;
  /** The bucket of instances with these attributes; undefined when the snapshot has none. */
  readonly bucketWith: (attributes: ReadonlyMap<string, string>) => number | undefined;
}

/**
 * The key of a bucket below its parent. ECS does not document where instances without the attribute belong; here they
 * have their own bucket, apart from that of the empty value.
 */
const bucketKey = (parent: number, value: string | undefined): string =>
  value === undefined ? `${parent}` : `${parent}=${value}`;

/**
 * The bucket with the fewest tasks of the group first. Counts the tasks on all instances, eligible or not, tasks on
 * instances outside the snapshot, and the tasks that this call places.
 */
export function attributeSpreadOrdering(room: Room, attribute: string, within?: AttributeSpread): AttributeSpread {
  const buckets = new Map<string, number>();
  const bucketOf = new Int32Array(room.size);
  for (let i = 0; i < room.size; i++) {
    const key = bucketKey(within?.bucketOf[i] ?? 0, room.attributeOf(i, attribute));
    const bucket = buckets.get(key) ?? buckets.size;
    buckets.set(key, bucket);
    bucketOf[i] = bucket;
  }
  const bucketWith = (attributes: ReadonlyMap<string, string>): number | undefined => {
    const parent = within === undefined ? 0 : within.bucketWith(attributes);
    return parent === undefined ? undefined : buckets.get(bucketKey(parent, attributes.get(attribute)));
  };
  const tasks = countTasks(room, { bucketOf, bucketWith, buckets: buckets.size });
  const tasksBeside = (instance: number): number => tasks[bucketOf[instance] ?? 0] ?? 0;
  return {
    by: `spread(attribute:${attribute})`,
    value: tasksBeside,
    bucketOf,
    bucketWith,
    compare: (a, b) => tasksBeside(a) - tasksBeside(b),
    record: (instance) => void (tasks[bucketOf[instance] ?? 0] = tasksBeside(instance) + 1),
  };
}

function countTasks(
  room: Room,
  { bucketOf, bucketWith, buckets }: Pick<AttributeSpread, 'bucketOf' | 'bucketWith'> & { readonly buckets: number },
): Float64Array {
  const tasks = new Float64Array(buckets);
  const add = (bucket: number, count: number): void => void (tasks[bucket] = (tasks[bucket] ?? 0) + count);
  bucketOf.forEach((bucket, i) => add(bucket, room.groupTasks[i] ?? 0));
  for (const { attributes, tasks: count } of room.elsewhere) {
    const bucket = bucketWith(new Map(Object.entries(attributes)));
    if (bucket !== undefined) add(bucket, count);
  }
  return tasks;
}
