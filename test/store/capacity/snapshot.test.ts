/** Snapshots of a cluster's capacity, for placement and for queries. */
import { describe, expect, it } from 'vitest';
import { SNAPSHOT_LIMIT, type SnapshotRequest } from '../../../model/capacity.ts';
import { withStore } from '../../support/store.ts';
import { aCluster, anInstanceRecord, aTask, held, T0 } from '../../../fixtures/records.ts';
import { record, registerInstance, reserve, stopped } from '../builders.ts';

const store = withStore();
const request = (clusterName: string, members: Partial<SnapshotRequest> = {}): SnapshotRequest => ({
  clusterName,
  group: 'service:web',
  cpu: 256,
  memoryMiB: 512,
  attributeNames: [],
  otherGroups: [],
  ...members,
});

describe('snapshotCapacity', () => {
  it('is empty for a cluster without instances', async () => {
    const snapshot = await store().snapshotCapacity(request('default', { attributeNames: ['a'] }));
    expect(snapshot).toMatchObject({
      totalInstances: 0,
      ids: [],
      cpu: [],
      attributes: { a: { values: [], index: [] } },
      groupTasks: { 'service:web': [] },
      elsewhere: [],
    });
  });

  it('shows free resources, attributes, ports, GPUs and the tasks of groups in columns', async () => {
    await store().createCluster(aCluster('s'));
    const zone = (value: string) => ({ 'ecs.availability-zone': value, rack: value === 'a' ? '' : 'r' });
    const base = { clusterName: 's', cpu: 1000, memoryMiB: 2000 };
    await registerInstance(store(), { ...base, id: 'i1', attributes: zone('a'), gpuIds: ['g0', 'g1'] });
    await registerInstance(store(), { ...base, id: 'i2', attributes: zone('b') });
    await registerInstance(store(), { ...base, id: 'i3', reservedPorts: ['53/udp'] });
    await registerInstance(store(), { ...base, id: 'i4', attributes: zone('b') });
    const on = (containerInstanceId: string, group: string) => ({ clusterName: 's', containerInstanceId, group });
    const wanted = held({ gpus: 1, ports: ['80/tcp'] });
    const tasks = [
      aTask({ ...on('i1', 'service:web'), held: wanted, lastStatus: 'RUNNING' }),
      aTask(on('i1', 'service:db')),
      aTask(on('i2', 'service:web')),
      aTask(on('i2', 'service:web')),
      aTask(on('i2', 'service:web')),
      aTask(on('i4', 'service:web')),
    ];
    await reserve(store(), tasks, 's');
    await record(store(), [stopped(tasks[2]!.taskId)], 's');
    await record(store(), [{ taskId: tasks[3]!.taskId, version: 2, changes: { desiredStatus: 'STOPPED' } }], 's');
    await store().recordInstance({ clusterName: 's', containerInstanceId: 'i4', version: 2, status: 'DRAINING' });
    await store().recordInstance({ clusterName: 's', containerInstanceId: 'i3', version: 2, agentConnected: false });
    const attributeNames = ['ecs.availability-zone', 'rack', 'none'];
    const snapshot = await store().snapshotCapacity(request('s', { attributeNames, otherGroups: ['service:db'] }));
    expect(snapshot).toMatchObject({
      totalInstances: 4,
      ids: ['i1', 'i2', 'i3'],
      agentConnected: [true, true, false],
      cpu: [488, 488, 1000],
      memoryMiB: [976, 976, 2000],
      gpuIds: { 0: ['g1'] },
      heldGpus: { 0: 1 },
      attributes: {
        'ecs.availability-zone': { values: ['a', 'b'], index: [0, 1, -1] },
        rack: { values: ['', 'r'], index: [0, 1, -1] },
        none: { values: [], index: [-1, -1, -1] },
      },
      agentVersion: { values: ['1.0.0'], index: [0, 0, 0] },
      registeredAt: [T0, T0, T0],
      runningTasksCount: [1, 0, 0],
      groupTasks: { 'service:web': [1, 1, 0], 'service:db': [1, 0, 0] },
      elsewhere: [{ attributes: { 'ecs.availability-zone': 'b', rack: 'r' }, tasks: 1 }],
    });
    expect(Object.keys(snapshot.usedPorts)).toEqual(['0', '2']);
    expect(snapshot.usedPorts[0]).toContain('80/tcp');
    expect(snapshot.usedPorts[2]).toEqual(['53/udp']);
  });

  it('contains only the named instances, whatever their status', async () => {
    await store().createCluster(aCluster('n'));
    for (const id of ['n1', 'n2', 'n3']) await registerInstance(store(), { id, clusterName: 'n' });
    await store().recordInstance({ clusterName: 'n', containerInstanceId: 'n2', version: 2, status: 'DRAINING' });
    const snapshot = await store().snapshotCapacity(request('n', { instanceIds: ['n2', 'n3', 'i1'] }));
    expect(snapshot).toMatchObject({ ids: ['n2', 'n3'], totalInstances: 3 });
  });

  it('samples a large cluster: instances with room, evenly over zones, with rare attributes; the others are only counted', async () => {
    await store().createCluster(aCluster('big'));
    const count = SNAPSHOT_LIMIT + 500;
    const zoneOf = (i: number) => (i % 10 === 0 ? 'rare-zone' : i % 2 === 0 ? 'a' : 'b');
    const records = Array.from({ length: count }, (_, i) =>
      anInstanceRecord({
        id: `big${i}`,
        clusterName: 'big',
        cpu: i < 100 ? 100 : 1000,
        attributes: { 'ecs.availability-zone': zoneOf(i), ...(i === 777 ? { special: 'yes' } : {}) },
      }),
    );
    for (let i = 0; i < count; i += 100) {
      await Promise.all(records.slice(i, i + 100).map((instance) => store().recordInstance(instance)));
    }
    const web = records
      .slice(100)
      .map(({ containerInstanceId }) =>
        aTask({ clusterName: 'big', group: 'service:web', containerInstanceId, held: held({ cpu: 1 }) }),
      );
    await reserve(store(), web, 'big');
    const attributeNames = ['ecs.availability-zone', 'special'];
    const snapshot = await store().snapshotCapacity(request('big', { attributeNames }));
    expect(snapshot.totalInstances).toBe(count);
    expect(snapshot.ids).toHaveLength(SNAPSHOT_LIMIT);
    expect(Math.min(...snapshot.cpu)).toBe(999);
    expect(snapshot.ids).toContain('big777');
    const zones = snapshot.attributes['ecs.availability-zone']!;
    const perZone = zones.values.map((_, place) => zones.index.filter((index) => index === place).length);
    // All 140 in the rare zone; the other two zones share the rest.
    expect(perZone.toSorted((a, b) => a - b)).toEqual([140, 430, 430]);
    const left = snapshot.elsewhere.reduce((sum, part) => sum + part.tasks, 0);
    expect(left).toBe(count - 100 - SNAPSHOT_LIMIT);
    expect(snapshot.elsewhere.map((part) => part.attributes['ecs.availability-zone']).toSorted()).toEqual(['a', 'b']);
  });
});

describe('snapshotForQuery', () => {
  it('has every attribute and group of every instance, or of the instances with one status', async () => {
    await store().createCluster(aCluster('q'));
    await registerInstance(store(), { id: 'q1', clusterName: 'q', attributes: { x: '1' } });
    await registerInstance(store(), { id: 'q2', clusterName: 'q', attributes: { y: '' } });
    await registerInstance(store(), { id: 'q3', clusterName: 'q' });
    await store().recordInstance({ clusterName: 'q', containerInstanceId: 'q2', version: 2, status: 'DRAINING' });
    await store().recordInstance({ clusterName: 'q', containerInstanceId: 'q3', version: 2, status: 'INACTIVE' });
    await reserve(store(), [aTask({ clusterName: 'q', containerInstanceId: 'q1', group: 'g' })], 'q');
    expect(await store().snapshotForQuery('q')).toMatchObject({
      ids: ['q1', 'q2'],
      attributes: { x: { values: ['1'], index: [0, -1] }, y: { values: [''], index: [-1, 0] } },
      groupTasks: { g: [1, 0] },
      elsewhere: [],
    });
    expect((await store().snapshotForQuery('q', 'DRAINING')).ids).toEqual(['q2']);
  });
});
