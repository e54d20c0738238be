/** Container instances and their attributes in the store. */
import { describe, expect, it } from 'vitest';
import type { InstanceRecord } from '../../../model/owner-record.ts';
import { withStore } from '../../support/store.ts';
import { aCluster, aTask, anInstanceRecord, type InstanceShape, T0 } from '../../../fixtures/records.ts';
import { registerInstance, reserve } from '../builders.ts';

const store = withStore();
const read = async (id: string, clusterName = 'default') => (await store().getInstances(clusterName, [id]))[0];

/** Registers an instance and returns a function that records further changes of it. */
async function registered(shape: InstanceShape = {}) {
  const first = anInstanceRecord(shape);
  await store().recordInstance(first);
  const { clusterName, containerInstanceId: id } = first;
  const change = (members: Omit<InstanceRecord, 'clusterName' | 'containerInstanceId'>) =>
    store().recordInstance({ clusterName, containerInstanceId: id, ...members });
  return { id, first, change };
}

describe('recordInstance', () => {
  it('registers with resources and attributes', async () => {
    const { id } = await registered({ attributes: { 'ecs.availability-zone': 'z1', 'cap.x': '' }, gpuIds: ['g'] });
    expect(await read(id)).toMatchObject({
      containerInstanceId: id,
      status: 'ACTIVE',
      agentConnected: true,
      registeredAt: T0,
      registered: { cpu: 4096, memoryMiB: 8192, gpuIds: ['g'] },
      attributes: expect.arrayContaining([
        { name: 'ecs.availability-zone', value: 'z1' },
        { name: 'cap.x' },
      ]) as unknown,
      runningTasksCount: 0,
      remaining: { cpu: 4096, freeGpuIds: ['g'] },
      version: 1,
    });
    expect(await read(id, 'other')).toBeUndefined();
  });

  it('accepts only newer versions', async () => {
    const { id, first, change } = await registered();
    await change({ version: 3, agentConnected: false, statusReason: 'silent' });
    await change({ version: 2, agentConnected: true });
    await store().recordInstance(first);
    expect(await read(id)).toMatchObject({ agentConnected: false, statusReason: 'silent', version: 2 });
  });

  it('has no instance that never registered', async () => {
    await store().recordInstance({ clusterName: 'default', containerInstanceId: 'x', version: 1, status: 'ACTIVE' });
    expect(await read('x')).toBeUndefined();
    await expect(registerInstance(store(), { clusterName: 'nope' })).rejects.toMatchObject({
      code: 'ClusterNotFoundException',
    });
  });

  it('keeps held capacity, tags and custom attributes when the agent returns', async () => {
    const { id, first, change } = await registered({ attributes: { a: '1' } });
    await reserve(store(), [aTask({ containerInstanceId: id })]);
    await store().putAttributes('default', id, [{ name: 'mine', value: '7' }]);
    const registration = { ...first.registration!, resources: { ...first.registration!.resources, cpu: 8192 } };
    await change({ version: 2, registration: { ...registration, attributes: [{ name: 'b', value: '2' }] } });
    const found = await read(id);
    expect(found).toMatchObject({ remaining: { cpu: 7936 }, registeredAt: T0, status: 'ACTIVE' });
    expect(found?.attributes).toEqual(
      expect.arrayContaining([
        { name: 'b', value: '2' },
        { name: 'mine', value: '7' },
      ]),
    );
    expect(found?.attributes).toHaveLength(2);
  });

  it('shows the status of the latest update of its agent until it is deregistered and registers again', async () => {
    const { id, first, change } = await registered();
    expect(await read(id)).not.toHaveProperty('agentUpdateStatus');
    await change({ version: 2, agentUpdateStatus: 'STAGING' });
    await change({ version: 3, agentConnected: false });
    await change({ version: 4, registration: first.registration! });
    expect(await read(id)).toMatchObject({ agentUpdateStatus: 'STAGING' });
    await change({ version: 5, status: 'INACTIVE' });
    await store().recordInstance({ ...first, registeredAt: T0 + 60_000 });
    expect(await read(id)).not.toHaveProperty('agentUpdateStatus');
  });

  it('lets a deregistered instance register again, and ignores a late write from before', async () => {
    const { id, first, change } = await registered();
    await change({ version: 40, status: 'INACTIVE', agentConnected: false });
    expect(await read(id)).toMatchObject({ status: 'INACTIVE' });
    await store().recordInstance(first);
    expect(await read(id)).toMatchObject({ status: 'INACTIVE' });
    await store().recordInstance({ ...first, registeredAt: T0 + 60_000 });
    expect(await read(id)).toMatchObject({ status: 'ACTIVE', version: 3, registeredAt: T0 + 60_000 });
  });
});

describe('reading instances', () => {
  it('counts running tasks and pending tasks', async () => {
    const { id } = await registered();
    const on = { containerInstanceId: id };
    await reserve(store(), [
      aTask({ ...on, lastStatus: 'RUNNING' }),
      aTask({ ...on, lastStatus: 'RUNNING', desiredStatus: 'STOPPED' }),
      aTask({ ...on }),
    ]);
    expect(await read(id)).toMatchObject({ runningTasksCount: 1, pendingTasksCount: 1 });
  });

  it('lists instances that are not INACTIVE, or have one status, in pages', async () => {
    await store().createCluster(aCluster('l'));
    for (const id of ['i1', 'i2', 'i3']) await registered({ id, clusterName: 'l' });
    const status = (containerInstanceId: string, value: 'DRAINING' | 'INACTIVE') =>
      store().recordInstance({ clusterName: 'l', containerInstanceId, version: 2, status: value });
    await status('i2', 'DRAINING');
    await status('i3', 'INACTIVE');
    const list = store().listInstances.bind(store());
    expect(await list({ clusterName: 'l' }, { limit: 1 })).toEqual({ items: ['i1'], next: 'i1' });
    expect(await list({ clusterName: 'l' }, { limit: 5, after: 'i1' })).toEqual({ items: ['i2'] });
    expect((await list({ clusterName: 'l', status: 'ACTIVE' }, { limit: 5 })).items).toEqual(['i1']);
    expect((await list({ clusterName: 'l', status: 'DRAINING' }, { limit: 5 })).items).toEqual(['i2']);
  });
});

describe('attributes', () => {
  it('are put, overwritten, and deleted by name and value', async () => {
    const { id } = await registered();
    await store().putAttributes('default', id, [{ name: 'a', value: '1' }, { name: 'b' }]);
    await store().putAttributes('default', id, [{ name: 'a', value: '2' }]);
    expect((await read(id))?.attributes).toEqual([{ name: 'a', value: '2' }, { name: 'b' }]);
    expect(await store().deleteAttributes('default', id, [{ name: 'a', value: '1' }, { name: 'c' }])).toEqual([]);
    const removed = await store().deleteAttributes('default', id, [{ name: 'a', value: '2' }, { name: 'b' }]);
    expect(removed).toEqual([{ name: 'a', value: '2' }, { name: 'b' }]);
    expect((await read(id))?.attributes).toEqual([]);
  });

  it('are refused beyond ten, and on a target that does not exist', async () => {
    const { id } = await registered({ attributes: { x: '', y: '' } });
    const ten = Array.from({ length: 10 }, (_, i) => ({ name: `n${i}`, value: 'v' }));
    await store().putAttributes('default', id, ten);
    await expect(store().putAttributes('default', id, [{ name: 'n10' }])).rejects.toMatchObject({
      code: 'AttributeLimitExceededException',
    });
    await store().putAttributes('default', id, [{ name: 'n9', value: 'w' }]);
    await expect(store().putAttributes('default', 'nope', ten)).rejects.toMatchObject({
      code: 'TargetNotFoundException',
    });
  });

  it('are listed by name and value, in pages', async () => {
    await store().createCluster(aCluster('at'));
    for (const id of ['a1', 'a2']) await registered({ id, clusterName: 'at', attributes: { os: 'linux', cap: '' } });
    await store().putAttributes('at', 'a2', [{ name: 'os', value: 'bsd' }]);
    const list = store().listAttributes.bind(store());
    const everything = await list({ clusterName: 'at' }, { limit: 9 });
    expect(everything.items.map((item) => `${item.instanceId}/${item.attribute.name}`)).toEqual([
      'a1/cap',
      'a1/os',
      'a2/cap',
      'a2/os',
    ]);
    expect((await list({ clusterName: 'at', name: 'os', value: 'linux' }, { limit: 9 })).items).toEqual([
      { instanceId: 'a1', attribute: { name: 'os', value: 'linux' } },
    ]);
    const first = await list({ clusterName: 'at' }, { limit: 3 });
    expect(first.next).toBe('a2/cap');
    expect((await list({ clusterName: 'at' }, { limit: 3, after: first.next! })).items).toEqual([
      { instanceId: 'a2', attribute: { name: 'os', value: 'bsd' } },
    ]);
  });
});
