/** Why no instance of a room takes another task. */
import type { Filter } from './filters/index.ts';
import type { Room } from './room.ts';
import type { Refusal, RefusalReason } from './types.ts';

/** Where one instance failed: it `passed` this many filters, and the next one refused it by `shortfall`. */
export interface Failed {
  readonly instance: number;
  readonly filter: Filter;
  readonly passed: number;
  readonly shortfall: number;
}

/** The first filter that refuses an instance; undefined when it can take a task. */
export function findFailed(filters: readonly Filter[], instance: number): Failed | undefined {
  for (const [passed, filter] of filters.entries()) {
    const shortfall = filter.shortfall(instance);
    if (shortfall > 0) return { instance, filter, passed, shortfall };
  }
  return undefined;
}

/**
 * The refusal for a room without a place left. A cluster whose instances are all DRAINING has none to name, and ECS
 * reports it like an empty one. For a FARGATE caller an empty cluster is a lack of capacity, not a mistake.
 */
export function explainRefusal(room: Room, filters: readonly Filter[]): Refusal {
  const isFargate = room.request.launchType === 'FARGATE';
  const counts = new Map<RefusalReason, number>();
  let nearest: Failed | undefined;
  for (let i = 0; i < room.size; i++) {
    const failed = findFailed(filters, i);
    if (!failed) continue;
    counts.set(failed.filter.reason, (counts.get(failed.filter.reason) ?? 0) + 1);
    if (!nearest || isNearer(room, failed, nearest)) nearest = failed;
  }
  if (!nearest) return { reason: isFargate ? 'ATTRIBUTE' : emptyReason(room), counts: [] };
  const { reason, constraint, message } = nearest.filter;
  return {
    reason,
    ...(message === undefined ? {} : { message }),
    ...(constraint === undefined ? {} : { constraint }),
    ...(isFargate ? {} : { nearestInstanceId: room.id(nearest.instance) }),
    counts: [...new Set(filters.map((filter) => filter.reason))].flatMap((each) => {
      const instances = counts.get(each);
      return instances === undefined ? [] : [{ reason: each, instances }];
    }),
  };
}

/** Distinguishes a group with instances, none of them ACTIVE, from a group without instances. */
const emptyReason = ({ request, providerInstances }: Room): RefusalReason =>
  request.capacityProviderName !== undefined && providerInstances === 0 ? 'CAPACITY_PROVIDER' : 'NO_INSTANCES';

/** The instance that passed the most filters, then the one that lacks the least, then the smaller id. */
export function isNearer(room: Room, a: Failed, b: Failed): boolean {
  if (a.passed !== b.passed) return a.passed > b.passed;
  if (a.shortfall !== b.shortfall) return a.shortfall < b.shortfall;
  return room.id(a.instance) < room.id(b.instance);
}
