/** Properties of placement for any cluster and request, checked against a naive implementation. */
import type { PlacementStrategy } from '@aws-sdk/client-ecs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AVAILABILITY_ZONE_ATTRIBUTE } from '../../../model/container-instance.ts';
import { explainForEvent, failureOf } from '../../../scheduler/placement/explain.ts';
import { placeOnInstances } from '../../../scheduler/placement/place-on-instances.ts';
import { placeTasks } from '../../../scheduler/placement/place-tasks.ts';
import { anInstance } from '../../../fixtures/capacity.ts';
import type { InstanceRow } from '../../../fixtures/capacity.ts';
import { elsewhere, request, rows, seed, snapshotOf } from './arbitraries.ts';
import { afterPlacing, bestOf, eligible } from './naive-placement.ts';

const RUNS = { numRuns: 500 };
const shuffled = <T>(items: readonly T[]): fc.Arbitrary<readonly T[]> =>
  fc.shuffledSubarray([...items], { minLength: items.length });

describe('placeTasks', () => {
  it('every task goes to the best instance by the strategies, among those that may take it', () => {
    fc.assert(
      fc.property(rows, elsewhere, request, seed, (list, others, ask, n) => {
        const { placed } = placeTasks(ask, snapshotOf(list, others), n);
        let now = list;
        for (const { containerInstanceId } of placed) {
          expect(bestOf(now, ask, others)).toContain(containerInstanceId);
          now = afterPlacing(now, ask, containerInstanceId);
        }
      }),
      RUNS,
    );
  });

  it('no task is placed without room on CPU, memory, ports and GPUs', () => {
    fc.assert(
      fc.property(rows, request, seed, (list, ask, n) => {
        const { placed } = placeTasks(ask, snapshotOf(list), n);
        for (const row of list) {
          const tasks = placed.filter(({ containerInstanceId }) => containerInstanceId === row.id).length;
          if (tasks === 0) continue;
          const { cpu, memoryMiB, gpus, ports } = ask.resources;
          expect(tasks * memoryMiB).toBeLessThanOrEqual(row.memoryMiB);
          expect(tasks * cpu).toBeLessThanOrEqual(row.cpu);
          if (gpus === 'ALL') expect([tasks, row.gpus > 0, row.heldGpus]).toEqual([1, true, 0]);
          else expect(tasks * gpus).toBeLessThanOrEqual(row.gpus);
          if (ports.length > 0) expect(tasks).toBe(1);
          expect(ports.filter((port) => row.usedPorts?.includes(port))).toEqual([]);
        }
      }),
      RUNS,
    );
  });

  it('places all tasks, or as many as fit and says why', () => {
    fc.assert(
      fc.property(rows, request, seed, (list, ask, n) => {
        const { placed, refusal } = placeTasks(ask, snapshotOf(list), n);
        expect(placed.length).toBeLessThanOrEqual(ask.count);
        expect(refusal === undefined).toBe(placed.length === ask.count);
        if (!refusal) return;
        const left = placed.reduce((now, { containerInstanceId: id }) => afterPlacing(now, ask, id), list);
        expect(eligible(left, ask)).toEqual([]);
      }),
      RUNS,
    );
  });

  it('every refusal accounts for every instance and has a message', () => {
    fc.assert(
      fc.property(rows, request, seed, (list, ask, n) => {
        const { refusal } = placeTasks(ask, snapshotOf(list), n);
        if (!refusal) return;
        expect(refusal.counts.reduce((sum, { instances }) => sum + instances, 0)).toBe(list.length);
        if (list.length > 0) expect(refusal.counts.map(({ reason }) => reason)).toContain(refusal.reason);
        const names = list.map(({ id }) => id);
        if (refusal.nearestInstanceId !== undefined) expect(names).toContain(refusal.nearestInstanceId);
        expect(explainForEvent(refusal)).toMatch(/^was unable to place a task/);
        expect(explainForEvent(refusal)).not.toMatch(/undefined|instance \)/);
        expect(failureOf(refusal).reason).not.toBe('');
      }),
      RUNS,
    );
  });

  it('without strategies, only the seed decides', () => {
    fc.assert(
      fc.property(rows, request, seed, (list, ask, n) => {
        const none = placeTasks({ ...ask, strategies: [] }, snapshotOf(list), n);
        const random = placeTasks({ ...ask, strategies: [{ type: 'random' }, ...ask.strategies] }, snapshotOf(list), n);
        expect(random).toEqual(none);
      }),
      RUNS,
    );
  });

  it('how many fit does not depend on the strategies', () => {
    fc.assert(
      fc.property(rows, request, seed, (list, ask, n) => {
        const placed = (strategies: readonly PlacementStrategy[]): number =>
          placeTasks({ ...ask, strategies }, snapshotOf(list), n).placed.length;
        expect(placed(ask.strategies)).toBe(placed([]));
      }),
      RUNS,
    );
  });

  it('an instance that cannot take a task only affects the result by the tasks that it runs', () => {
    fc.assert(
      fc.property(rows, request, seed, (list, ask, n) => {
        const idle = anInstance('zz-idle', { agentConnected: false, attributes: { rack: 'r1' } });
        const { placed } = placeTasks(ask, snapshotOf([...list, idle]), n);
        expect(placed).toEqual(placeTasks(ask, snapshotOf(list), n).placed);
      }),
      RUNS,
    );
  });

  it('the same input gives the same plan', () => {
    fc.assert(
      fc.property(rows, elsewhere, request, seed, (list, others, ask, n) => {
        const [a, b] = [structuredClone(snapshotOf(list, others)), snapshotOf(list, others)];
        expect(placeTasks(structuredClone(ask), a, n)).toEqual(placeTasks(ask, b, n));
      }),
      RUNS,
    );
  });

  it('shuffled columns give the same plan', () => {
    const inTwoOrders = fc.tuple(rows, elsewhere).chain(([list, others]) =>
      fc.record({
        list: fc.constant(list),
        others: fc.constant(others),
        otherList: shuffled(list),
        otherOthers: shuffled(others),
      }),
    );
    fc.assert(
      fc.property(inTwoOrders, request, seed, ({ list, others, otherList, otherOthers }, ask, n) => {
        const other = placeTasks(ask, snapshotOf(otherList, otherOthers), n);
        expect(other).toEqual(placeTasks(ask, snapshotOf(list, others), n));
      }),
      RUNS,
    );
  });

  it('more tasks never change where the first ones go', () => {
    fc.assert(
      fc.property(rows, request, seed, fc.nat(10), (list, ask, n, more) => {
        const few = placeTasks(ask, snapshotOf(list), n).placed;
        const many = placeTasks({ ...ask, count: ask.count + more }, snapshotOf(list), n).placed;
        expect(many.slice(0, few.length)).toEqual(few);
      }),
      RUNS,
    );
  });

  it('distinctInstance: never two tasks of the group on an instance', () => {
    fc.assert(
      fc.property(rows, request, seed, (list, ask, n) => {
        const distinct = { ...ask, constraints: [{ type: 'distinctInstance' as const }] };
        const ids = placeTasks(distinct, snapshotOf(list), n).placed.map((placed) => placed.containerInstanceId);
        expect(new Set(ids).size).toBe(ids.length);
        for (const row of list) if (ids.includes(row.id)) expect(row.groups[ask.group]).toBe(0);
      }),
      RUNS,
    );
  });
});

describe('spread', () => {
  const spreadZones: PlacementStrategy = { type: 'spread', field: `attribute:${AVAILABILITY_ZONE_ATTRIBUTE}` };
  const spreadInstances: PlacementStrategy = { type: 'spread', field: 'instanceId' };
  const roomy = fc
    .array(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1, maxLength: 12 })
    .map((zones) =>
      zones.map((zone, i) =>
        anInstance(`i${i}`, { cpu: 1e9, memoryMiB: 1e9, attributes: { [AVAILABILITY_ZONE_ATTRIBUTE]: zone } }),
      ),
    );
  const difference = (counts: readonly number[]): number => Math.max(...counts) - Math.min(...counts);
  const zoneOf = ({ attributes }: InstanceRow): string | undefined => attributes[AVAILABILITY_ZONE_ATTRIBUTE];
  const plain = { requiredAttributes: [], constraints: [], group: 'g', launchType: 'EC2' } as const;
  const resources = { cpu: 1, memoryMiB: 1, ports: [], gpus: 0 };
  const place = (list: readonly InstanceRow[], count: number, n: number): readonly string[] => {
    const ask = { ...plain, resources, count, strategies: [spreadZones, spreadInstances] };
    return placeTasks(ask, snapshotOf(list), n).placed.map(({ containerInstanceId }) => containerInstanceId);
  };

  it('differs by at most one over zones, and over the instances of each zone, if there is room', () => {
    fc.assert(
      fc.property(roomy, fc.nat(60), seed, (list, count, n) => {
        const ids = place(list, count, n);
        expect(ids).toHaveLength(count);
        const perInstance = new Map(list.map(({ id }) => [id, ids.filter((chosen) => chosen === id).length]));
        const zones = [...new Set(list.map(zoneOf))];
        const perZone = zones.map((zone) =>
          list.filter((row) => zoneOf(row) === zone).map(({ id }) => perInstance.get(id)!),
        );
        expect(difference(perZone.map((counts) => counts.reduce((sum, each) => sum + each, 0)))).toBeLessThanOrEqual(1);
        for (const counts of perZone) expect(difference(counts)).toBeLessThanOrEqual(1);
      }),
      RUNS,
    );
  });
});

describe('placeOnInstances', () => {
  it('answers for every named instance once, in order, and places only where there is room', () => {
    const named = rows.chain((list) =>
      fc.record({
        list: fc.constant(list),
        ids: fc.array(fc.constantFrom('gone', ...list.map(({ id }) => id)), { maxLength: 10 }),
      }),
    );
    fc.assert(
      fc.property(named, request, ({ list, ids }, ask) => {
        const answers = placeOnInstances(ask, snapshotOf(list), ids);
        const unconstrained = { ...ask, constraints: [], strategies: [] };
        let now = list;
        answers.forEach((answer, i) => {
          const id = ids[i]!;
          const fits = eligible(now, unconstrained).includes(id);
          expect(answer.kind).toBe(fits ? 'placed' : 'refused');
          if (answer.kind === 'placed') expect(answer.placed.containerInstanceId).toBe(id);
          else expect(answer.containerInstanceId).toBe(id);
          if (fits) now = afterPlacing(now, unconstrained, id);
        });
        expect(answers).toHaveLength(ids.length);
      }),
      RUNS,
    );
  });
});
