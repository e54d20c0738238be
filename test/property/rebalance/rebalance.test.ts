/** Promises of rebalancing: it ends, stays within the bounds, and each move makes the zones more even. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { movesNeeded, planMoves, tasksByZone, type ZoneLoad } from '../../../scheduler/rebalance/plan-moves.ts';
import { serviceBounds } from '../../../scheduler/service/bounds.ts';
import { classifyTasks } from '../../../scheduler/service/classify.ts';
import { DEFAULT_POLICY } from '../../../scheduler/service/policy.ts';
import { aTask } from '../../support/service-builders.ts';
import { ServiceSimulator } from '../../support/service-simulator.ts';

const ZONES = ['a', 'b', 'c', 'd'];

describe('planMoves', () => {
  const anyLoads: fc.Arbitrary<ZoneLoad[]> = fc
    .array(fc.record({ tasks: fc.nat({ max: 12 }), fixed: fc.nat({ max: 12 }), room: fc.nat({ max: 12 }) }), {
      maxLength: 5,
    })
    .map((rows) =>
      rows.map(({ tasks, fixed, room }, i) => ({ zone: `z${i}`, tasks, movable: Math.max(0, tasks - fixed), room })),
    );

  it('brings the zones closer with each move, never beyond room, and stops only when nothing can be moved', () => {
    fc.assert(
      fc.property(anyLoads, fc.nat({ max: 20 }), fc.string(), (loads, limit, seed) => {
        const moves = planMoves(loads, { limit, seed });
        const total = moves.reduce((sum, { count }) => sum + count, 0);
        expect(total).toBeLessThanOrEqual(limit);
        for (const { zone, count } of moves)
          expect(count).toBeLessThanOrEqual(loads.find((load) => load.zone === zone)!.room);
        expect(total).toBeLessThanOrEqual(movesNeeded(loads.map(({ tasks }) => tasks)));
        const free = loads.every(({ tasks, movable, room }) => movable === tasks && room >= 60);
        if (free && limit >= 60) expect(total).toBe(movesNeeded(loads.map(({ tasks }) => tasks)));
      }),
    );
  });

  it('balances the zones if nothing prevents it', () => {
    const free = anyLoads.map((loads) => loads.map((load) => ({ ...load, movable: load.tasks, room: 100 })));
    fc.assert(
      fc.property(free, fc.string(), (loads, seed) => {
        const moves = planMoves(loads, { limit: 100, seed });
        const total = moves.reduce((sum, { count }) => sum + count, 0);
        expect(total).toBe(movesNeeded(loads.map(({ tasks }) => tasks)));
      }),
    );
  });
});

/** A service that has been steady for long, with its tasks in any zones. */
function steadyWorld(zones: readonly string[], maximumPercent: number, protectedTasks: number): ServiceSimulator {
  const world = new ServiceSimulator({
    definition: { desiredCount: zones.length, maximumPercent, availabilityZoneRebalancing: 'ENABLED' },
  });
  const [deployment] = world.snapshot.deployments;
  const long = world.now - 3_600_000;
  world.set({ deployments: [{ ...deployment!, rolloutState: 'COMPLETED' }] });
  world.setTasks(
    zones.map((availabilityZone, i) =>
      aTask(`old-${i}`, {
        deploymentId: deployment!.deploymentId,
        availabilityZone,
        containerInstanceId: `i-${availabilityZone}`,
        createdAt: long,
        startedAt: long,
        ...(i < protectedTasks ? { protectedUntil: world.now + 10 ** 9 } : {}),
      }),
    ),
  );
  return world;
}

const anyService = fc.record({
  zones: fc.array(fc.constantFrom(...ZONES), { minLength: 1, maxLength: 14 }),
  maximumPercent: fc.constantFrom(110, 125, 150, 200),
  protectedTasks: fc.nat({ max: 6 }),
  rooms: fc.record(Object.fromEntries(ZONES.map((zone) => [zone, fc.constantFrom(0, 1, 2, 50)]))),
});

it('a service ends balanced if nothing prevents it, stays within its bounds, and comes closer with each start', () => {
  fc.assert(
    fc.property(anyService, ({ zones, maximumPercent, protectedTasks, rooms }) => {
      const world = steadyWorld(zones, maximumPercent, protectedTasks);
      const { lower, upper } = serviceBounds(zones.length, world.snapshot.definition);
      const imbalance = () => movesNeeded([...tasksByZone(ZONES, world.alive()).values()]);
      const first = imbalance();
      let last = first;
      let started = 0;
      for (let round = 0; round < 120; round++) {
        world.plan();
        if (world.snapshot.steadySince !== undefined) {
          expect(imbalance()).toBeLessThanOrEqual(last);
          last = imbalance();
        }
        // A zone's room is what it had, less the tasks that came; a task that leaves frees none, as if others took it.
        const came = (zone: string) =>
          world.alive().filter((t) => t.availabilityZone === zone && t.taskId.startsWith('task')).length;
        started += world.rebalance(ZONES.map((zone) => ({ zone, room: Math.max(0, (rooms[zone] ?? 0) - came(zone)) })));
        expect(world.alive().length).toBeLessThanOrEqual(upper);
        const healthy = classifyTasks(world.snapshot, world.now, DEFAULT_POLICY).filter((item) => item.healthy).length;
        expect(healthy).toBeGreaterThanOrEqual(lower);
        world.stepAll();
        world.now += 20_000;
      }
      expect(started).toBeLessThanOrEqual(first);
      expect(world.alive()).toHaveLength(zones.length);
      const free = protectedTasks === 0 && ZONES.every((zone) => rooms[zone] === 50) && upper > zones.length;
      if (free) expect(imbalance()).toBe(0);
    }),
    { numRuns: 300 },
  );
});
