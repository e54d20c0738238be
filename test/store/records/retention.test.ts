/** The purge of INACTIVE clusters and capacity providers. */
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aCluster, aTask, T0 } from '../../../fixtures/records.ts';
import { withTestStore } from '../../support/store.ts';
import { record, reserve, registerInstance, stopped } from '../builders.ts';

const running = withTestStore();
const store = () => running().store;
let client: pg.Client;
beforeAll(async () => {
  client = new pg.Client({ connectionString: running().postgres.connectionString });
  await client.connect();
});
afterAll(() => client.end());

/** As if that much time had passed since each INACTIVE resource became so. */
async function letPass(time: string): Promise<void> {
  for (const table of ['clusters', 'capacity_providers', 'container_instances'])
    await client.query(`UPDATE ${table} SET inactive_since = inactive_since - $1::interval`, [time]);
}
const statusOf = async (name: string) => (await store().getClusters([name]))[0]?.status;
const providerStatus = async (name: string) => (await store().getCapacityProviders([name]))[0]?.status;

describe('purge of INACTIVE clusters', () => {
  it('removes one a day after it was deleted, and no ACTIVE one', async () => {
    await store().createCluster(aCluster('gone'));
    await store().createCluster(aCluster('stays'));
    await store().deleteCluster('gone');
    await letPass('23 hours');
    await store().purgeStoppedTasks(T0);
    expect(await statusOf('gone')).toBe('INACTIVE');
    await letPass('2 hours');
    await store().purgeStoppedTasks(T0);
    expect([await statusOf('gone'), await statusOf('stays')]).toEqual([undefined, 'ACTIVE']);
    await expect(store().requireCluster('gone')).rejects.toMatchObject({ message: 'Cluster not found.' });
  });

  it('counts from the last deletion when one of that name was created again', async () => {
    await store().createCluster(aCluster('again'));
    await store().deleteCluster('again');
    await letPass('25 hours');
    await store().createCluster(aCluster('again'));
    await store().purgeStoppedTasks(T0);
    expect(await statusOf('again')).toBe('ACTIVE');
    await store().deleteCluster('again');
    await store().purgeStoppedTasks(T0);
    expect(await statusOf('again')).toBe('INACTIVE');
  });

  it('keeps one while other rows of it are left', async () => {
    await store().createCluster(aCluster('used'));
    const id = await registerInstance(store(), { clusterName: 'used' });
    const task = aTask({ clusterName: 'used', containerInstanceId: id });
    await reserve(store(), [task], 'used');
    await record(store(), [stopped(task.taskId)], 'used');
    await store().recordInstance({ clusterName: 'used', containerInstanceId: id, version: 2, status: 'INACTIVE' });
    await store().deleteCluster('used');
    await letPass('25 hours');
    await store().purgeStoppedTasks(T0);
    expect(await statusOf('used')).toBe('INACTIVE');
    await store().purgeStoppedTasks(T0 + 6000);
    expect(await statusOf('used')).toBeUndefined();
  });
});

describe('purge of INACTIVE capacity providers', () => {
  const aProvider = { status: 'ACTIVE', createdAt: T0, tags: [] } as const;

  it('removes one a day after it was deleted, and no ACTIVE one', async () => {
    await store().createCapacityProvider({ ...aProvider, name: 'gone' });
    await store().createCapacityProvider({ ...aProvider, name: 'stays' });
    await store().deleteCapacityProvider('gone');
    await letPass('23 hours');
    await store().purgeStoppedTasks(T0);
    expect(await providerStatus('gone')).toBe('INACTIVE');
    await letPass('2 hours');
    await store().purgeStoppedTasks(T0);
    expect([await providerStatus('gone'), await providerStatus('stays')]).toEqual([undefined, 'ACTIVE']);
  });

  it('counts from the last deletion when one of that name was created again', async () => {
    await store().createCapacityProvider({ ...aProvider, name: 'again' });
    await store().deleteCapacityProvider('again');
    await letPass('25 hours');
    await store().createCapacityProvider({ ...aProvider, name: 'again' });
    await store().deleteCapacityProvider('again');
    await store().purgeStoppedTasks(T0);
    expect(await providerStatus('again')).toBe('INACTIVE');
  });
});
