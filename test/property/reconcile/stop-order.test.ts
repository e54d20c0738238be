/** The order of stops against its definition: one at a time from the fullest zone, there from the fullest instance. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stopOrder } from '../../../scheduler/service/stop-order.ts';
import type { ServiceTask } from '../../../scheduler/service/types.ts';
import { aSnapshot, aTask } from '../../support/service-builders.ts';

const anyCandidates = fc
  .array(fc.record({ zone: fc.nat({ max: 2 }), host: fc.nat({ max: 2 }), tier: fc.nat({ max: 2 }) }), { maxLength: 30 })
  .map((facts) =>
    facts.map(({ zone, host, tier }, i) => ({
      tier,
      task: aTask(`t${i}`, { availabilityZone: `z${zone}`, containerInstanceId: `z${zone}-i${host}` }),
    })),
  );

const zoneOf = (task: ServiceTask): string => task.availabilityZone ?? '';
const sizeOf = (tasks: readonly ServiceTask[], key: string, keyOf: (task: ServiceTask) => string): number =>
  tasks.filter((task) => keyOf(task) === key).length;

describe('stopOrder promises that', () => {
  it('each task in turn belongs to the lowest tier left, and to the fullest zone in it', () => {
    fc.assert(
      fc.property(anyCandidates, (candidates) => {
        const tierOf = new Map(candidates.map(({ task, tier }) => [task.taskId, tier]));
        let rest = candidates.map(({ task }) => task);
        for (const next of stopOrder(candidates, aSnapshot())) {
          const tier = Math.min(...rest.map(({ taskId }) => tierOf.get(taskId)!));
          expect(tierOf.get(next.taskId)).toBe(tier);
          const peers = rest.filter(({ taskId }) => tierOf.get(taskId) === tier);
          const fullest = Math.max(...peers.map((task) => sizeOf(rest, zoneOf(task), zoneOf)));
          expect(sizeOf(rest, zoneOf(next), zoneOf)).toBe(fullest);
          rest = rest.filter((task) => task !== next);
        }
        expect(rest).toEqual([]);
      }),
    );
  });
});
