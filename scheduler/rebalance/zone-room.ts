/** Which availability zones can take a service's tasks, and how many more have room now. */
import type { CapacitySnapshot } from '../../model/capacity.ts';
import { AVAILABILITY_ZONE_ATTRIBUTE } from '../../model/container-instance.ts';
import { placeTasks } from '../placement/place-tasks.ts';
import type { PlacementRequest } from '../placement/types.ts';

export interface ZoneRoom {
  readonly zone: string;
  /** How many more tasks fit now; not counted beyond `most`. */
  readonly room: number;
}

/** Any seed gives the same counts: it does not matter which instance takes a task. */
const SEED = 0;

/**
 * The zones of ACTIVE, connected instances that meet the attributes and constraints of the request, whether or not they
 * have room now; by name. `most`: the most tasks that could move at all.
 */
export function zoneRooms(request: PlacementRequest, snapshot: CapacitySnapshot, most: number): readonly ZoneRoom[] {
  const zones = [...(snapshot.attributes[AVAILABILITY_ZONE_ATTRIBUTE]?.values ?? [])].sort();
  return zones.flatMap((zone) => {
    const anywhere = placeTasks({ ...unburdened(request), zone, count: 1 }, snapshot, SEED);
    if (anywhere.placed.length === 0) return [];
    return [{ zone, room: placeTasks({ ...request, zone, count: most }, snapshot, SEED).placed.length }];
  });
}

/** Merges several groups of instances: each zone that a group has, with the room of all groups that have it. */
export function joinRooms(groups: readonly (readonly ZoneRoom[])[]): readonly ZoneRoom[] {
  const rooms = new Map<string, number>();
  for (const { zone, room } of groups.flat()) rooms.set(zone, (rooms.get(zone) ?? 0) + room);
  const joined = [...rooms].map(([zone, room]) => ({ zone, room }));
  return joined.sort((a, b) => (a.zone < b.zone ? -1 : 1));
}

/** The request of a task that needs nothing and may share an instance. */
const unburdened = (request: PlacementRequest): PlacementRequest => ({
  ...request,
  resources: { cpu: 0, memoryMiB: 0, ports: [], gpus: 0 },
  constraints: request.constraints.filter(({ type }) => type !== 'distinctInstance'),
});
