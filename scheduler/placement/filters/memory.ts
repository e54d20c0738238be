/** Enough memory must be free. */
import type { Room } from '../room.ts';
import type { Filter } from './filter.ts';

export const memoryFilter = (room: Room): Filter => ({
  reason: 'RESOURCE:MEMORY',
  shortfall: (instance) => Math.max(0, room.request.resources.memoryMiB - (room.memoryMiB[instance] ?? 0)),
});
