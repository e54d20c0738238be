import type { Room } from '../room.ts';
import type { Filter } from './filter.ts';

/** Enough GPUs must be free. */
export const gpuFilter = (room: Room): Filter => ({
  reason: 'RESOURCE:GPU',
  shortfall: (instance) => Math.max(0, room.request.resources.gpus - room.freeGpus(instance)),
});
