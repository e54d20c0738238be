/** Waiting tasks of capacity providers: assignment, quota, and the owners that wait. */
import { afterEach, describe, expect, it } from 'vitest';
import { withStore } from '../../support/store.ts';
import { aCluster, aTask, held, newId, T0 } from '../../../fixtures/records.ts';
import { record, registerInstance, reserve, stopped } from '../builders.ts';

const store = withStore();
afterEach(async () => {
  expect(await store().checkCapacityInvariant()).toEqual([]);
});

const waiting = (members: Parameters<typeof aTask>[0] = {}) =>
  aTask({ lastStatus: 'PROVISIONING', capacityProviderName: 'pool', ...members });
const assign = (taskId: string, containerInstanceId: string) =>
  store().assignTasks({
    clusterName: 'default',
    assignments: [{ taskId, containerInstanceId, availabilityZone: 'z' }],
  });
const remaining = async (id: string) => (await store().getInstances('default', [id]))[0]!.remaining;

describe('assignTasks', () => {
  it('gives a waiting task its instance, holds capacity, and gives it back when the task stops', async () => {
    const id = await registerInstance(store(), { gpuIds: ['g0', 'g1'] });
    const task = waiting({ held: held({ gpus: 1, ports: ['8080/tcp'] }) });
    await reserve(store(), [task]);
    expect(await remaining(id)).toMatchObject({ cpu: 4096 });
    const place = { taskId: task.taskId, containerInstanceId: id, availabilityZone: 'z' };
    expect(await assign(task.taskId, id)).toEqual({ assigned: [{ ...place, gpuIds: ['g0'] }], refused: [] });
    expect(await remaining(id)).toMatchObject({ cpu: 3840, freeGpuIds: ['g1'] });
    expect(await store().findTask(task.taskId)).toMatchObject({ ...place, gpuIds: ['g0'] });
    await record(store(), [stopped(task.taskId)]);
    expect(await remaining(id)).toMatchObject({ cpu: 4096, freeGpuIds: ['g0', 'g1'] });
  });

  it('answers a repeat with the task’s instance, whatever it asks for', async () => {
    const [first, second] = [await registerInstance(store()), await registerInstance(store())];
    const task = waiting();
    await reserve(store(), [task]);
    await assign(task.taskId, first);
    const again = await assign(task.taskId, second);
    expect(again.assigned).toMatchObject([{ containerInstanceId: first }]);
    expect(await remaining(second)).toMatchObject({ cpu: 4096 });
    expect(await remaining(first)).toMatchObject({ cpu: 3840 });
  });

  it('refuses what does not fit, and a task that no longer waits', async () => {
    const id = await registerInstance(store(), { cpu: 300 });
    const tasks = [waiting(), waiting(), waiting()];
    await reserve(store(), tasks);
    const [one, two, three] = tasks.map((task) => task.taskId) as [string, string, string];
    await record(store(), [stopped(three)]);
    const assignments = [one, two, three].map((taskId) => ({ taskId, containerInstanceId: id }));
    const answer = await store().assignTasks({ clusterName: 'default', assignments });
    expect(answer.assigned).toMatchObject([{ taskId: one }]);
    expect(answer.refused).toEqual([
      { taskId: two, reason: 'RESOURCE:CPU' },
      { taskId: three, reason: 'STOPPED' },
    ]);
    await record(store(), [stopped(one), stopped(two)]);
  });

  it('many calls at once never take more than there is', async () => {
    const id = await registerInstance(store(), { cpu: 256 * 5 });
    const tasks = Array.from({ length: 12 }, () => waiting());
    await reserve(store(), tasks);
    const answers = await Promise.all(tasks.map((task) => assign(task.taskId, id)));
    expect(answers.flatMap(({ assigned }) => assigned)).toHaveLength(5);
    await record(
      store(),
      tasks.map((task) => stopped(task.taskId)),
    );
  });
});

describe('the quota of waiting tasks', () => {
  it('holds for a cluster, even with many calls at once', async () => {
    const clusterName = 'quota';
    await store().createCluster(aCluster(clusterName));
    const batches = Array.from({ length: 6 }, () => Array.from({ length: 100 }, () => waiting({ clusterName })));
    const answers = await Promise.all(batches.map((tasks) => reserve(store(), tasks, clusterName)));
    expect(answers.flatMap(({ reserved }) => reserved)).toHaveLength(500);
    const refused = answers.flatMap((answer) => answer.refused);
    expect(refused).toHaveLength(100);
    expect(refused[0]).toMatchObject({ containerInstanceId: '', reason: 'PROVISIONING' });
  });
});

describe('listProvisioningOwners', () => {
  it('names the workflows of standalone tasks, longest waiting of each provider first', async () => {
    const clusterName = 'owners';
    await store().createCluster(aCluster(clusterName));
    const owned = (owner: string, provider: string, createdAt: number) =>
      waiting({ clusterName, ownerWorkflowId: owner, capacityProviderName: provider, createdAt });
    await reserve(
      store(),
      [
        owned('a-late', 'a', T0 + 3),
        owned('a-first', 'a', T0 + 1),
        owned('a-second', 'a', T0 + 2),
        owned('b', 'b', T0 + 4),
        { ...owned('service', 'a', T0), serviceName: 'web' },
        aTask({ clusterName, taskId: newId(), ownerWorkflowId: 'on its way out', lastStatus: 'STOPPING' }),
      ],
      clusterName,
    );
    expect(await store().listProvisioningOwners(clusterName, 2)).toEqual(['a-first', 'a-second', 'b']);
    expect(await store().listProvisioningOwners('nowhere', 2)).toEqual([]);
  });
});

describe('a snapshot for a capacity provider', () => {
  it('has only its instances, and says how many of them take no task', async () => {
    const clusterName = 'snapshots';
    await store().createCluster(aCluster(clusterName));
    const attributes = { 'longshore.capacity-provider': 'pool' };
    const id = await registerInstance(store(), { clusterName, attributes });
    await registerInstance(store(), { clusterName, attributes: { 'longshore.capacity-provider': 'other' } });
    await registerInstance(store(), { clusterName });
    const request = { clusterName, group: 'g', cpu: 1, memoryMiB: 1, attributeNames: [], otherGroups: [] };
    const take = () => store().snapshotCapacity({ ...request, capacityProviderName: 'pool' });
    expect(await take()).toMatchObject({ ids: [id], providerInstances: 1, totalInstances: 3 });
    await store().recordInstance({ clusterName, containerInstanceId: id, version: 2, status: 'DRAINING' });
    expect(await take()).toMatchObject({ ids: [], providerInstances: 1 });
    expect(await store().snapshotCapacity(request)).not.toHaveProperty('providerInstances');
    expect((await store().getInstances(clusterName, [id]))[0]?.capacityProviderName).toBe('pool');
  });
});
