/** Which tasks stop first. */
import { describe, expect, it } from 'vitest';
import type { PlacementStrategy } from '@aws-sdk/client-ecs';
import { planService } from '../../../../scheduler/reconcile/plan-service.ts';
import { stopOrder } from '../../../../scheduler/service/stop-order.ts';
import type { ServiceSnapshot, ServiceTask } from '../../../../scheduler/service/types.ts';
import { aPendingTask, aSnapshot, aTask, NOW } from '../../../support/service-builders.ts';

/** `on('a', 'i1', 2)`: two tasks in zone a on instance i1. */
const on = (zone: string, instance: string, count: number): readonly ServiceTask[] =>
  Array.from({ length: count }, (_, i) =>
    aTask(`${zone}-${instance}-${i}`, { availabilityZone: zone, containerInstanceId: instance }),
  );

const stopped = (
  tasks: readonly ServiceTask[],
  desiredCount: number,
  changes: Partial<ServiceSnapshot> = {},
  placementStrategy: readonly PlacementStrategy[] = [],
) =>
  planService(aSnapshot({ definition: { desiredCount, placementStrategy }, tasks, ...changes }), NOW).stop.map(
    ({ taskId }) => taskId,
  );

/** Tasks that stay, by zone and instance. */
function left(tasks: readonly ServiceTask[], stops: readonly string[], key: (task: ServiceTask) => string) {
  const counts: Record<string, number> = {};
  for (const task of tasks) if (!stops.includes(task.taskId)) counts[key(task)] = (counts[key(task)] ?? 0) + 1;
  return counts;
}
const zone = (task: ServiceTask): string => task.availabilityZone ?? '';
const instance = (task: ServiceTask): string => task.containerInstanceId;

describe('scale-in without a strategy', () => {
  it('stops a task in the zone with the most tasks', () => {
    const tasks = [...on('a', 'i1', 5), ...on('b', 'i2', 2), ...on('c', 'i3', 1)];
    expect(left(tasks, stopped(tasks, 5), zone)).toEqual({ a: 2, b: 2, c: 1 });
    expect(left(tasks, stopped(tasks, 3), zone)).toEqual({ a: 1, b: 1, c: 1 });
  });

  it('stops a task on the instance with the most tasks in that zone', () => {
    const tasks = [...on('a', 'i1', 3), ...on('a', 'i2', 1), ...on('b', 'i3', 2)];
    expect(left(tasks, stopped(tasks, 4), instance)).toEqual({ i1: 1, i2: 1, i3: 2 });
  });

  it('stops PENDING tasks first, even in a zone with fewer tasks', () => {
    const pending = aPendingTask('p', { availabilityZone: 'b', containerInstanceId: 'i2' });
    expect(stopped([...on('a', 'i1', 4), pending], 4)).toEqual(['p']);
  });

  it('counts the tasks that stay, not only those that may stop', () => {
    const pending = (id: string, availabilityZone: string) => aPendingTask(id, { availabilityZone });
    const tasks = [...on('a', 'i1', 3), pending('pa', 'a'), pending('pb', 'b')];
    expect(stopped(tasks, 4)).toEqual(['pa']);
  });
});

describe('scale-in with strategies', () => {
  const spread = (field: string): PlacementStrategy => ({ type: 'spread', field });

  it('spread over zones keeps the best balance', () => {
    const tasks = [...on('a', 'i1', 4), ...on('b', 'i2', 2), ...on('c', 'i3', 3)];
    expect(left(tasks, stopped(tasks, 6, {}, [spread('attribute:ecs.availability-zone')]), zone)).toEqual({
      a: 2,
      b: 2,
      c: 2,
    });
  });

  it('spread over instances looks at instances, not zones', () => {
    const tasks = [...on('a', 'i1', 1), ...on('a', 'i2', 1), ...on('a', 'i3', 1), ...on('b', 'i4', 2)];
    expect(left(tasks, stopped(tasks, 4, {}, [spread('instanceId')]), instance)).toEqual({
      i1: 1,
      i2: 1,
      i3: 1,
      i4: 1,
    });
  });

  it('spread over an attribute uses the attributes given', () => {
    const tasks = [...on('a', 'i1', 2), ...on('a', 'i2', 1), ...on('a', 'i3', 1)];
    const rack = (name: string) => ({ rack: name });
    const instanceAttributes = { i1: rack('x'), i2: rack('y'), i3: rack('y') };
    const keep = left(tasks, stopped(tasks, 2, { instanceAttributes }, [spread('attribute:rack')]), (task) =>
      task.containerInstanceId === 'i1' ? 'x' : 'y',
    );
    expect(keep).toEqual({ x: 1, y: 1 });
  });

  it('binpack stops tasks on the instance with the most free, and continues there', () => {
    const tasks = [...on('a', 'i1', 2), ...on('a', 'i2', 3), ...on('b', 'i3', 4)];
    const instanceFree = {
      i1: { cpu: 100, memoryMiB: 500 },
      i2: { cpu: 900, memoryMiB: 100 },
      i3: { cpu: 500, memoryMiB: 300 },
    };
    const by = (field: string) =>
      left(tasks, stopped(tasks, 5, { instanceFree }, [{ type: 'binpack', field }]), instance);
    expect(by('cpu')).toEqual({ i1: 2, i3: 3 });
    expect(by('memory')).toEqual({ i2: 3, i3: 2 });
  });

  it('spread, then binpack: zones stay balanced, and each zone’s freest instance is emptied', () => {
    const tasks = [...on('a', 'i1', 2), ...on('a', 'i2', 2), ...on('b', 'i3', 2)];
    const instanceFree = { i1: { cpu: 1, memoryMiB: 1 }, i2: { cpu: 9, memoryMiB: 9 }, i3: { cpu: 5, memoryMiB: 5 } };
    const strategy: PlacementStrategy[] = [
      spread('attribute:ecs.availability-zone'),
      { type: 'binpack', field: 'cpu' },
    ];
    expect(left(tasks, stopped(tasks, 4, { instanceFree }, strategy), instance)).toEqual({ i1: 2, i3: 2 });
  });

  it('random: the seed decides, not the fullest zone', () => {
    const tasks = [...on('a', 'i1', 8), ...on('b', 'i2', 8)];
    const by = (seed: string) => stopped(tasks, 8, { seed }, [{ type: 'random' }]);
    expect(by('one')).toEqual(by('one'));
    expect(by('one')).not.toEqual(by('two'));
  });
});

describe('stopOrder', () => {
  it('equals stopping one task at a time in the fullest zone and on its fullest instance', () => {
    const tasks = [
      ...on('a', 'i1', 7),
      ...on('a', 'i2', 3),
      ...on('b', 'i3', 5),
      ...on('b', 'i4', 5),
      ...on('c', 'i5', 1),
    ];
    const ordered = stopOrder(
      tasks.map((task) => ({ task, tier: 0 })),
      aSnapshot(),
    );
    const most = (items: readonly ServiceTask[], key: (task: ServiceTask) => string) =>
      Math.max(...Object.values(left(items, [], key)));
    let rest: readonly ServiceTask[] = tasks;
    for (const next of ordered) {
      const inZone = rest.filter((task) => zone(task) === zone(next));
      expect(inZone.length).toBe(most(rest, zone));
      expect(inZone.filter((task) => instance(task) === instance(next)).length).toBe(most(inZone, instance));
      rest = rest.filter((task) => task !== next);
    }
    expect(rest).toEqual([]);
  });
});
