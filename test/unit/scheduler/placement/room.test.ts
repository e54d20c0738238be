/** The room on instances during a placement. */
import { describe, expect, it } from 'vitest';
import { Room } from '../../../../scheduler/placement/room.ts';
import { ZONE, aRequest, aSnapshot, anInstance } from '../../../../fixtures/capacity.ts';

const request = aRequest({ resources: { cpu: 100, memoryMiB: 200, gpus: 1 }, group: 'service:web' });
const room = (): Room =>
  new Room(
    request,
    aSnapshot([
      anInstance('a', { cpu: 1000, memoryMiB: 2000, gpus: 3, attributes: { [ZONE]: 'z', disk: '' } }),
      anInstance('b', { groups: { 'service:web': 2, 'service:db': 1 }, usedPorts: ['80/tcp'], agentConnected: false }),
    ]),
  );

describe('Room', () => {
  it('starts with the snapshot’s values', () => {
    const before = room();
    expect([before.cpu[0], before.memoryMiB[0], before.gpus(0).free, before.gpus(1).free]).toEqual([1000, 2000, 3, 0]);
    expect([...before.groupTasks]).toEqual([0, 2]);
    expect([before.isConnected(0), before.isConnected(1)]).toEqual([true, false]);
    expect([before.attributeOf(0, 'disk'), before.attributeOf(1, 'disk')]).toEqual(['', undefined]);
  });

  it('draws down what a task holds', () => {
    const after = room();
    expect(after.placeOn(0)).toEqual({ containerInstanceId: 'a', availabilityZone: 'z' });
    expect(after.placeOn(0)).toEqual({ containerInstanceId: 'a', availabilityZone: 'z' });
    expect(after.placeOn(1)).toEqual({ containerInstanceId: 'b' });
    expect([after.cpu[0], after.memoryMiB[0], after.gpus(0).free]).toEqual([800, 1600, 1]);
    expect([...after.groupTasks]).toEqual([2, 3]);
    expect([...after.placedTasks]).toEqual([2, 1]);
  });

  it.each([
    ['80/tcp', 0, false],
    ['80/tcp', 1, true],
    ['80/udp', 1, false],
    ['22/tcp', 0, true],
    ['51678/tcp', 0, true],
    ['51678/udp', 0, false],
  ])('port %s of instance %i is taken: %s', (port, instance, taken) => {
    expect(room().isPortTaken(instance, port)).toBe(taken);
  });

  it('shows its placed tasks to queries', () => {
    const after = room();
    after.at = 0;
    expect([after.hasTaskOfGroup('service:web'), [...after.taskGroups()]]).toEqual([false, []]);
    after.placeOn(0);
    after.at = 0;
    expect([after.hasTaskOfGroup('service:web'), [...after.taskGroups()]]).toEqual([true, ['service:web']]);
    after.at = 1;
    expect([...after.taskGroups()].sort()).toEqual(['service:db', 'service:web']);
  });
});
