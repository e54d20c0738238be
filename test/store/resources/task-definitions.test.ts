/** Task definitions in the store. */
import { describe, expect, it } from 'vitest';
import { withStore } from '../../support/store.ts';
import { aTask, T0 } from '../../../fixtures/records.ts';
import { aDefinition, aService, record, registerInstance, reserve, stopped } from '../builders.ts';

const store = withStore();
const register = (family: string) =>
  store().registerTaskDefinition(family, (revision) => aDefinition(family, revision), [{ key: 'k', value: 'v' }]);
const all = { limit: 100 };

describe('task definitions', () => {
  it('numbers revisions from 1, without gap or repeat, however many register at once', async () => {
    const records = await Promise.all(Array.from({ length: 12 }, () => register('many')));
    const revisions = records.map((found) => found.definition.revision).sort((a, b) => a - b);
    expect(revisions).toEqual(Array.from({ length: 12 }, (_, i) => i + 1));
  });

  it('uses no revision if the definition cannot be built', async () => {
    const fail = (): never => {
      throw new Error('bad');
    };
    await expect(store().registerTaskDefinition('bad', fail, [])).rejects.toThrow('bad');
    expect((await register('bad')).definition.revision).toBe(1);
  });

  it('finds the latest ACTIVE revision, or the one named', async () => {
    for (let i = 0; i < 3; i++) await register('f');
    await store().deregisterTaskDefinition('f', 3, T0 + 1);
    expect((await store().getTaskDefinition('f'))?.definition.revision).toBe(2);
    const third = await store().getTaskDefinition('f', 3);
    expect(third?.definition).toMatchObject({ status: 'INACTIVE', deregisteredAt: T0 + 1 });
    expect(third?.tags).toEqual([{ key: 'k', value: 'v' }]);
    const again = await store().deregisterTaskDefinition('f', 3, T0 + 9);
    expect(again?.definition.deregisteredAt).toBe(T0 + 1);
    expect(await store().getTaskDefinition('f', 4)).toBeUndefined();
    expect(await store().getTaskDefinition('unknown')).toBeUndefined();
    expect(await store().deregisterTaskDefinition('f', 4, T0)).toBeUndefined();
  });

  it('lists by family and status, in both directions, in pages', async () => {
    for (const family of ['la', 'la', 'lb', 'la']) await register(family);
    await store().deregisterTaskDefinition('la', 2, T0);
    const filter = { family: 'la', status: 'ACTIVE' } as const;
    const list = (sort: 'ASC' | 'DESC', page: { limit: number; after?: string }) =>
      store().listTaskDefinitions({ ...filter, sort }, page);
    expect((await list('ASC', all)).items.map((item) => item.revision)).toEqual([1, 3]);
    expect((await list('DESC', all)).items.map((item) => item.revision)).toEqual([3, 1]);
    const first = await list('DESC', { limit: 1 });
    expect(first.next).toBe('la:3');
    expect(await list('DESC', { limit: 1, after: first.next! })).toEqual({ items: [{ family: 'la', revision: 1 }] });
    expect((await store().listTaskDefinitions({ status: 'INACTIVE', family: 'la', sort: 'ASC' }, all)).items).toEqual([
      { family: 'la', revision: 2 },
    ]);
  });

  it('lists families by prefix and by whether a revision is ACTIVE', async () => {
    for (const family of ['fam-a', 'fam-b', 'fam-c', 'other']) await register(family);
    await store().deregisterTaskDefinition('fam-b', 1, T0);
    const list = async (status: 'ACTIVE' | 'INACTIVE' | 'ALL') =>
      (await store().listFamilies({ prefix: 'fam-', status }, all)).items;
    expect(await list('ACTIVE')).toEqual(['fam-a', 'fam-c']);
    expect(await list('INACTIVE')).toEqual(['fam-b']);
    expect(await list('ALL')).toEqual(['fam-a', 'fam-b', 'fam-c']);
    expect(await store().listFamilies({ prefix: 'fam-', status: 'ALL' }, { limit: 2 })).toEqual({
      items: ['fam-a', 'fam-b'],
      next: 'fam-b',
    });
  });

  it('removes a deleted revision at once, and never uses its number again', async () => {
    await register('del');
    expect((await store().deleteTaskDefinition('del', 1, T0))?.definition.status).toBe('ACTIVE');
    await store().deregisterTaskDefinition('del', 1, T0);
    const deleted = await store().deleteTaskDefinition('del', 1, T0 + 2);
    expect(deleted?.definition).toMatchObject({ status: 'DELETE_IN_PROGRESS', deleteRequestedAt: T0 + 2 });
    expect(await store().getTaskDefinition('del', 1)).toBeUndefined();
    expect((await register('del')).definition.revision).toBe(2);
  });

  it('keeps a deleted revision while a task uses it or a deployment names it', async () => {
    await register('ref');
    await store().deregisterTaskDefinition('ref', 1, T0);
    const id = await registerInstance(store());
    const task = aTask({ family: 'ref', revision: 1, containerInstanceId: id });
    await reserve(store(), [task]);
    const { taskDefinitionArn } = aDefinition('ref', 1);
    const deployment = {
      deploymentId: 'ecs-svc/1',
      status: 'PRIMARY' as const,
      taskDefinitionArn,
      rolloutState: 'IN_PROGRESS' as const,
      rolloutStateReason: '',
      failedTasks: 0,
      createdAt: T0,
      updatedAt: T0,
      desiredCount: 1,
      pendingCount: 0,
      runningCount: 0,
    };
    const service = aService('refs', { deployments: [deployment] });
    await store().recordOwner({ clusterName: 'default', tasks: [], service, events: [] });
    await store().deleteTaskDefinition('ref', 1, T0);
    const status = async () => (await store().getTaskDefinition('ref', 1))?.definition.status;
    expect(await status()).toBe('DELETE_IN_PROGRESS');
    const families = async (of: 'ACTIVE' | 'INACTIVE' | 'ALL') =>
      (await store().listFamilies({ prefix: 'ref', status: of }, all)).items;
    expect([await families('ALL'), await families('INACTIVE'), await families('ACTIVE')]).toEqual([
      ['ref'],
      ['ref'],
      [],
    ]);
    await record(store(), [stopped(task.taskId)]);
    await store().purgeStoppedTasks(T0);
    expect(await status()).toBe('DELETE_IN_PROGRESS');
    const gone = { ...service, version: 2, status: 'INACTIVE' as const };
    await store().recordOwner({ clusterName: 'default', tasks: [], service: gone, events: [] });
    await store().purgeStoppedTasks(T0);
    expect(await status()).toBeUndefined();
  });
});
