/** A task never runs twice: at any moment it runs on one machine at most. */
import type { Check } from './check.ts';

export const oneCopy: Check = {
  name: 'one copy',
  check({ world }) {
    const places = new Map<string, string[]>();
    for (const { id, engine } of world.instances) {
      for (const taskId of engine.running) places.set(taskId, [...(places.get(taskId) ?? []), id]);
    }
    return [...places]
      .filter(([, ids]) => ids.length > 1)
      .map(([taskId, ids]) => `task ${taskId} runs on ${ids.join(' and ')}`);
  },
};
