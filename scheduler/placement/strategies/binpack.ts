import type { Room } from '../room.ts';
import type { Ordering } from './ordering.ts';

/** The least remaining of the resource first; the filters have left only instances with enough. */
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
