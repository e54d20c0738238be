/** No other task of the group may be on the instance, placed before or by this call. */
import type { Room } from '../room.ts';
import type { Filter } from './filter.ts';

export const distinctInstanceFilter = (room: Room): Filter => ({
  reason: 'CONSTRAINT',
  constraint: 'distinctInstance',
  shortfall: (instance) => room.groupTasks[instance] ?? 0,
});
