/** Every static host port must be free; an earlier task of this call on the instance has taken them all. */
import type { Room } from '../room.ts';
import type { Filter } from './filter.ts';

export function portsFilter(room: Room): Filter {
  const { ports } = room.request.resources;
  const shortfall = (instance: number): number =>
    (room.placedTasks[instance] ?? 0) > 0
      ? ports.length
      : ports.filter((port) => room.isPortTaken(instance, port)).length;
  return { reason: 'RESOURCE:PORTS', shortfall };
}
