/** An instance counts as held exactly what its tasks hold, and never more than it has. */
import type { Check } from './check.ts';

export const capacity: Check = {
  name: 'capacity',
  async check({ world, now }) {
    const differences = await world.store.checkCapacityInvariant();
    const overbooked = [...now.instances.values()].filter(
      ({ remaining }) => remaining.cpu < 0 || remaining.memoryMiB < 0,
    );
    return [
      ...differences.map(
        ({ containerInstanceId, expected, found }) =>
          `instance ${containerInstanceId} counts ${JSON.stringify(found)}, but its tasks hold ${JSON.stringify(expected)}`,
      ),
      ...overbooked.map(({ containerInstanceId }) => `instance ${containerInstanceId} holds more than it has`),
    ];
  },
};
