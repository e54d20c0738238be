import type { Room } from '../room.ts';
import type { Ordering } from './ordering.ts';

/** The instance with the least of the resource left first; the filters have passed only instances with enough. */
export function binpackOrdering(room: Room, resource: 'cpu' | 'memory'): Ordering {
  const remaining = resource === 'cpu' ? room.cpu : room.memoryMiB;
  return {
    by: `binpack(${resource})`,
    value: (instance) => remaining[instance] ?? 0,
    compare: (a, b) => (remaining[a] ?? 0) - (remaining[b] ?? 0),
    // The room itself counts down.
    record: () => undefined,
  };
}
