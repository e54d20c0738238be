import type { PlacementConstraint, PlacementStrategy } from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { benchPlacement } from '../../../../bench/placement.ts';
import { placeTasks } from '../../../../scheduler/placement/place-tasks.ts';
import { ZONE, aRequest, aSnapshot, anInstance } from '../../../support/capacity.ts';

const INSTANCES = 5_000;
const TASKS = 10_000;

const snapshot = aSnapshot(
  Array.from({ length: INSTANCES }, (_, i) =>
    anInstance(`i-${i}`, {
      cpu: 1024 * (1 + (i % 4)),
      memoryMiB: 2048 * (1 + (i % 3)),
      attributes: { [ZONE]: `zone-${i % 3}`, rack: `rack-${i % 700}`, type: i % 2 ? 'm5' : 't2', serial: `${i}` },
      groups: { 'service:web': i % 5 === 0 ? 1 : 0 },
    }),
  ),
);

const zones: PlacementStrategy = { type: 'spread', field: `attribute:${ZONE}` };
const racks: PlacementStrategy = { type: 'spread', field: 'attribute:rack' };
const instances: PlacementStrategy = { type: 'spread', field: 'instanceId' };
const serials: PlacementStrategy = { type: 'spread', field: 'attribute:serial' };
const memory: PlacementStrategy = { type: 'binpack', field: 'memory' };

describe('ten thousand tasks on five thousand instances', () => {
  it.each<[string, PlacementStrategy[], PlacementConstraint[]]>([
    ['spread(zone), binpack(memory)', [zones, memory], []],
    ['spread(zone), spread(instanceId): the default', [zones, instances], []],
    ['spread(zone), spread(rack), spread(instanceId)', [zones, racks, instances], []],
    ['binpack(memory), spread(zone)', [memory, zones], []],
    ['a spread over an attribute that differs everywhere', [serials], []],
    ['random', [{ type: 'random' }], []],
    ['with a pattern', [zones, memory], [{ type: 'memberOf', expression: 'attribute:rack =~ rack-[0-9]+' }]],
    ['with a group', [zones, memory], [{ type: 'memberOf', expression: 'not(task:group == service:db)' }]],
  ])('%s takes well under a second', (_, strategies, constraints) => {
    const request = aRequest({ count: TASKS, strategies, constraints });
    const start = performance.now();
    const { placed, refusal } = placeTasks(request, snapshot, 1);
    expect(performance.now() - start).toBeLessThan(1_000);
    expect(placed).toHaveLength(TASKS);
    expect(refusal).toBeUndefined();
  });

  it('explaining why more do not fit costs one pass', () => {
    const request = aRequest({ count: 100_000, strategies: [zones, memory] });
    const start = performance.now();
    const { placed, refusal } = placeTasks(request, snapshot, 1);
    expect(performance.now() - start).toBeLessThan(3_000);
    expect(placed.length).toBeGreaterThan(TASKS);
    expect(refusal?.counts.reduce((sum, { instances: refused }) => sum + refused, 0)).toBe(INSTANCES);
  });

  it('the bench measures what it says', () => {
    const { placementsPerSecond, tasks, instances: size } = benchPlacement();
    expect([tasks, size]).toEqual([TASKS, INSTANCES]);
    expect(placementsPerSecond).toBeGreaterThan(20_000);
  });
});
