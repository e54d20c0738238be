/** StartTask: the caller chose the instances; placement only says whether each can take the task. */
import type { CapacitySnapshot } from '../../model/capacity.ts';
import { failureOf } from './explain.ts';
import { createFilters } from './filters/index.ts';
import type { Filter } from './filters/index.ts';
import { findFailed } from './refusal.ts';
import { Room } from './room.ts';
import type { InstancePlacement, PlacementRequest } from './types.ts';

/**
 * One task on each named instance, in their order; an instance named twice gets two. Strategies and constraints do not
 * apply; agent, resources and required attributes do. The snapshot must have been taken for these `instanceIds`.
 */
export function placeOnInstances(
  request: PlacementRequest,
  snapshot: CapacitySnapshot,
  instanceIds: readonly string[],
): readonly InstancePlacement[] {
  const room = new Room({ ...request, constraints: [], strategies: [] }, snapshot);
  const filters = createFilters(room);
  const columns = new Map(snapshot.ids.map((id, i) => [id, i]));
  return instanceIds.map((containerInstanceId) => {
    const refused = (reason: string, detail: string): InstancePlacement => ({
      kind: 'refused',
      containerInstanceId,
      failure: { reason, detail },
    });
    const instance = columns.get(containerInstanceId);
    if (instance === undefined) return refused('MISSING', 'The cluster has no such container instance.');
    const status = snapshot.status?.[instance] ?? 'ACTIVE';
    if (status !== 'ACTIVE') return refused('INACTIVE', `The container instance is ${status}.`);
    return placeOnOne(room, filters, instance);
  });
}

function placeOnOne(room: Room, filters: readonly Filter[], instance: number): InstancePlacement {
  const failed = findFailed(filters, instance);
  if (!failed) return { kind: 'placed', placed: room.placeOn(instance) };
  const containerInstanceId = room.id(instance);
  const { reason, message } = failed.filter;
  const failure = failureOf({
    reason,
    ...(message === undefined ? {} : { message }),
    nearestInstanceId: containerInstanceId,
    counts: [{ reason, instances: 1 }],
  });
  return { kind: 'refused', containerInstanceId, failure };
}
