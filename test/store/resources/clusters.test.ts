/** Clusters in the store. */
import { describe, expect, it } from 'vitest';
import { withStore } from '../../support/store.ts';
import { aCluster, aTask, T0 } from '../../../fixtures/records.ts';
import { aService, record, registerInstance, reserve, stopped } from '../builders.ts';

const store = withStore();
const read = async (name: string) => (await store().getClusters([name]))[0];

describe('clusters', () => {
  it('has the default cluster from the start', async () => {
    expect(await read('default')).toMatchObject({ status: 'ACTIVE', registeredContainerInstancesCount: 0 });
  });

  it('returns an ACTIVE cluster unchanged, and creates an INACTIVE one again', async () => {
    await store().createCluster(aCluster('a', { tags: [{ key: 'k', value: '1' }] }));
    const again = await store().createCluster(aCluster('a', { createdAt: T0 + 1 }));
    expect(again).toMatchObject({ createdAt: T0, tags: [{ key: 'k', value: '1' }] });
    expect(await store().deleteCluster('a')).toMatchObject({ status: 'INACTIVE' });
    expect(await read('a')).toMatchObject({ status: 'INACTIVE' });
    await expect(store().requireCluster('a')).rejects.toMatchObject({
      code: 'ClusterNotFoundException',
      message: 'The referenced cluster was inactive.',
    });
    expect(await store().createCluster(aCluster('a', { createdAt: T0 + 2 }))).toMatchObject({
      status: 'ACTIVE',
      createdAt: T0 + 2,
      tags: [],
    });
  });

  it('finds no cluster of another name', async () => {
    await expect(store().requireCluster('nope')).rejects.toMatchObject({ message: 'Cluster not found.' });
    await expect(store().deleteCluster('nope')).rejects.toMatchObject({ code: 'ClusterNotFoundException' });
    await expect(store().updateCluster('nope', {})).rejects.toMatchObject({ code: 'ClusterNotFoundException' });
    expect(await store().getClusters(['nope'])).toEqual([]);
  });

  it('changes the given members and keeps the others', async () => {
    await store().createCluster(aCluster('u', { settings: [{ name: 'containerInsights', value: 'disabled' }] }));
    const configuration = { executeCommandConfiguration: { logging: 'DEFAULT' as const } };
    await store().updateCluster('u', { configuration });
    await store().updateCluster('u', { settings: [{ name: 'containerInsights', value: 'enabled' }] });
    expect(await read('u')).toMatchObject({ configuration, settings: [{ value: 'enabled' }] });
  });

  it('lists ACTIVE clusters in pages, in order', async () => {
    for (const name of ['p3', 'p1', 'p2', 'p4']) await store().createCluster(aCluster(name));
    await store().deleteCluster('p4');
    const first = await store().listClusters({ limit: 2, after: 'p' });
    expect(first).toEqual({ items: ['p1', 'p2'], next: 'p2' });
    const rest = await store().listClusters({ limit: 10, after: 'p2' });
    expect(rest.items[0]).toBe('p3');
    expect(rest.items).not.toContain('p4');
    expect(rest.next).toBeUndefined();
  });

  it('counts its resources, by launch type', async () => {
    await store().createCluster(aCluster('c'));
    const id = await registerInstance(store(), { clusterName: 'c' });
    const base = { clusterName: 'c', containerInstanceId: id };
    const tasks = [
      aTask({ ...base }),
      aTask({ ...base, lastStatus: 'RUNNING', launchType: 'FARGATE' }),
      aTask({ ...base, lastStatus: 'RUNNING' }),
      aTask({ ...base }),
    ];
    await reserve(store(), tasks, 'c');
    await record(store(), [stopped(tasks[3]!.taskId)], 'c');
    const service = aService('s', {}, { clusterName: 'c' });
    await store().recordOwner({ clusterName: 'c', tasks: [], service, events: [] });
    expect(await read('c')).toMatchObject({
      registeredContainerInstancesCount: 1,
      runningTasksCount: 2,
      pendingTasksCount: 1,
      activeServicesCount: 1,
      statistics: {
        runningEC2TasksCount: 1,
        runningFargateTasksCount: 1,
        pendingEC2TasksCount: 1,
        pendingFargateTasksCount: 0,
        activeEC2ServiceCount: 1,
        drainingEC2ServiceCount: 0,
      },
    });
  });

  it('is not deleted while it has resources', async () => {
    await store().createCluster(aCluster('d'));
    const id = await registerInstance(store(), { clusterName: 'd' });
    const refused = (code: string, message: string) =>
      expect(store().deleteCluster('d')).rejects.toMatchObject({ code, message });
    const task = aTask({ clusterName: 'd', containerInstanceId: id });
    await reserve(store(), [task], 'd');
    await refused(
      'ClusterContainsContainerInstancesException',
      'The Cluster cannot be deleted while Container Instances are active or draining.',
    );
    await store().recordInstance({ clusterName: 'd', containerInstanceId: id, version: 2, status: 'INACTIVE' });
    const service = aService('s', { status: 'DRAINING' }, { clusterName: 'd' });
    await store().recordOwner({ clusterName: 'd', tasks: [], service, events: [] });
    await refused('ClusterContainsServicesException', 'The Cluster cannot be deleted while Services are active.');
    const gone = { ...service, status: 'INACTIVE' as const, version: 2 };
    const deprovisioning = { taskId: task.taskId, version: 2, changes: { lastStatus: 'DEPROVISIONING' as const } };
    await store().recordOwner({ clusterName: 'd', tasks: [deprovisioning], service: gone, events: [] });
    await refused('ClusterContainsTasksException', 'The Cluster cannot be deleted while Tasks are active.');
    await record(store(), [stopped(task.taskId)], 'd');
    expect(await store().deleteCluster('d')).toMatchObject({ status: 'INACTIVE' });
    const late = aService('late', {}, { clusterName: 'd' });
    await expect(store().recordOwner({ clusterName: 'd', tasks: [], service: late, events: [] })).rejects.toMatchObject(
      { code: 'ClusterNotFoundException' },
    );
    await expect(registerInstance(store(), { clusterName: 'd' })).rejects.toMatchObject({
      message: 'The referenced cluster was inactive.',
    });
  });
});
