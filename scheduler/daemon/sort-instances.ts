/** Which instances get a task of a DAEMON service. */
import type { CapacitySnapshot } from '../../model/capacity.ts';
import { readConstraint } from '../../model/placement-rules.ts';
import type { Filter } from '../placement/filters/index.ts';
import { memberOfFilter } from '../placement/filters/member-of.ts';
import { requiredAttributesFilter } from '../placement/filters/required-attributes.ts';
import { findFailed } from '../placement/refusal.ts';
import { Room } from '../placement/room.ts';
import type { PlacementRequest } from '../placement/types.ts';

export interface SortedInstances {
  /** ACTIVE, all requirements and constraints met, and connected or with a task of the service already. */
  readonly eligible: readonly string[];
  /** ACTIVE instances with a task of the service that does not belong there, or no longer does. */
  readonly violating: readonly string[];
  readonly draining: readonly string[];
}

/** Room is no requirement: a full instance is eligible, and its task waits. */
function requirements(room: Room): readonly Filter[] {
  const constraints = room.request.constraints.map(readConstraint);
  return [
    requiredAttributesFilter(room),
    ...constraints.flatMap((rule) => (rule.kind === 'memberOf' ? [memberOfFilter(room, rule.query)] : [])),
  ];
}

/**
 * Sorts the instances of a look. `occupied`: instances with a task of the service that is not STOPPED. An agent that is
 * briefly away costs its instance neither the task nor its place in the desired count.
 */
export function sortInstances(
  request: PlacementRequest,
  snapshot: CapacitySnapshot,
  occupied: ReadonlySet<string>,
): SortedInstances {
  const room = new Room(request, snapshot);
  const filters = requirements(room);
  const eligible: string[] = [];
  const violating: string[] = [];
  const draining: string[] = [];
  snapshot.ids.forEach((id, i) => {
    if (snapshot.status?.[i] === 'DRAINING') draining.push(id);
    else if (findFailed(filters, i) !== undefined) {
      if (occupied.has(id)) violating.push(id);
    } else if (room.isConnected(i) || occupied.has(id)) eligible.push(id);
  });
  return { eligible, violating, draining };
}
