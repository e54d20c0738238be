/** Enough GPUs must be free; for a task that takes all GPUs of an instance, every one of them. */
import { gpuShortfall } from '../../../model/gpus.ts';
import type { Room } from '../room.ts';
import type { Filter } from './filter.ts';

export const gpuFilter = (room: Room): Filter => ({
  reason: 'RESOURCE:GPU',
  shortfall: (instance) => gpuShortfall(room.request.resources.gpus, room.gpus(instance)),
});
