/** Enough CPU units must be free. */
import type { Room } from '../room.ts';
import type { Filter } from './filter.ts';

export const cpuFilter = (room: Room): Filter => ({
  reason: 'RESOURCE:CPU',
  shortfall: (instance) => Math.max(0, room.request.resources.cpu - (room.cpu[instance] ?? 0)),
});
