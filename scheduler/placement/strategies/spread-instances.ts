import type { Room } from '../room.ts';
import type { Ordering } from './ordering.ts';

/** The instance with the fewest tasks of the group first. */
export const instanceSpreadOrdering = (room: Room): Ordering => ({
  by: 'spread(instanceId)',
  value: (instance) => room.groupTasks[instance] ?? 0,
  compare: (a, b) => (room.groupTasks[a] ?? 0) - (room.groupTasks[b] ?? 0),
  // The room itself counts up.
  record: () => undefined,
});
