/** The zones of a cluster, and the services that are not balanced over them. */
import { beforeAll, describe, expect, it } from 'vitest';
import { withStore } from '../../support/store.ts';
import { aCluster, aTask } from '../../../fixtures/records.ts';
import { aService, record, registerInstance, reserve, stopped } from '../builders.ts';

const store = withStore();
const inZone = (zone: string) => ({ 'ecs.availability-zone': zone });
const LARGE = { cpu: 99_999, memoryMiB: 999_999 };

describe('zones', () => {
  it('are the zones of ACTIVE, connected instances', async () => {
    await store().createCluster(aCluster('zones'));
    const register = (zone: string) => registerInstance(store(), { clusterName: 'zones', attributes: inZone(zone) });
    await register('b');
    await register('a');
    await register('a');
    const draining = await register('c');
    const silent = await register('d');
    const change = (containerInstanceId: string, changes: object) =>
      store().recordInstance({ clusterName: 'zones', containerInstanceId, version: 9, ...changes });
    await change(draining, { status: 'DRAINING' });
    await change(silent, { agentConnected: false });
    expect(await store().listZones('zones')).toEqual(['a', 'b']);
    expect(await store().listZones('default')).not.toContain('c');
  });
});

describe('unbalanced services', () => {
  const places: Record<string, string> = {};
  const unbalanced = () => store().listUnbalancedServices('u', 9);
  const service = (name: string, changes = {}) =>
    store().recordOwner({
      clusterName: 'u',
      tasks: [],
      service: aService(name, {}, { clusterName: 'u', availabilityZoneRebalancing: 'ENABLED', ...changes }),
      events: [],
    });
  const tasks = (serviceName: string, ...zones: string[]) =>
    reserve(
      store(),
      zones.map((zone) => aTask({ clusterName: 'u', serviceName, containerInstanceId: places[zone]! })),
      'u',
    );

  beforeAll(async () => {
    await store().createCluster(aCluster('u'));
    places['a'] = await registerInstance(store(), { clusterName: 'u', attributes: inZone('a'), ...LARGE });
    await service('even');
    await service('uneven');
    await service('off', { availabilityZoneRebalancing: 'DISABLED' });
    await service('daemon', { schedulingStrategy: 'DAEMON' });
    for (const name of ['uneven', 'off', 'daemon']) await tasks(name, 'a', 'a', 'a');
    await tasks('even', 'a');
  });

  it('are none with one zone; otherwise the services with two more tasks in one zone than in another', async () => {
    expect(await unbalanced()).toEqual([]);
    places['b'] = await registerInstance(store(), { clusterName: 'u', attributes: inZone('b'), ...LARGE });
    expect(await unbalanced()).toEqual(['uneven']);
    await tasks('uneven', 'b');
    expect(await unbalanced()).toEqual(['uneven']);
    await tasks('uneven', 'b');
    expect(await unbalanced()).toEqual([]);
    await tasks('even', 'b', 'b');
    expect(await unbalanced()).toEqual([]);
  });

  it('count only tasks whose desired status is RUNNING', async () => {
    const extra = aTask({ clusterName: 'u', serviceName: 'even', containerInstanceId: places['b']! });
    await reserve(store(), [extra], 'u');
    expect(await unbalanced()).toEqual(['even']);
    await record(store(), [stopped(extra.taskId)], 'u');
    expect(await unbalanced()).toEqual([]);
  });
});
