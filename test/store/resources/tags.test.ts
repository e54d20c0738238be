/** Tags in the store. */
import { describe, expect, it } from 'vitest';
import { withStore } from '../../support/store.ts';
import { aTask } from '../../../fixtures/records.ts';
import { aDefinition, aService, registerInstance, reserve } from '../builders.ts';

const store = withStore();
const arn = (tail: string) => `arn:aws:ecs:us-east-1:123456789012:${tail}`;

/** Creates one resource of each kind and returns their ARNs. */
async function makeAll(): Promise<Readonly<Record<string, string>>> {
  const instance = await registerInstance(store());
  const task = aTask({ containerInstanceId: instance });
  await reserve(store(), [task]);
  await store().recordOwner({ clusterName: 'default', tasks: [], service: aService('tagged'), events: [] });
  await store().registerTaskDefinition('tagged', (revision) => aDefinition('tagged', revision), []);
  return {
    cluster: arn('cluster/default'),
    service: arn('service/default/tagged'),
    task: arn(`task/default/${task.taskId}`),
    instance: arn(`container-instance/default/${instance}`),
    definition: arn('task-definition/tagged:1'),
  };
}

describe('tags that tasks take', () => {
  const managed = { key: 'aws:ecs:serviceName', value: 'giver' };

  it.each([
    ['SERVICE', arn('service/default/giver')],
    ['TASK_DEFINITION', arn('task-definition/giver:1')],
  ] as const)('of their %s are the current ones', async (propagateTags, giver) => {
    const containerInstanceId = await registerInstance(store());
    await store().recordOwner({ clusterName: 'default', tasks: [], service: aService('giver'), events: [] });
    await store().registerTaskDefinition('giver', (revision) => aDefinition('giver', revision), []);
    await store().changeTags(giver, { set: [{ key: 'put', value: 'later' }], remove: [] });
    const known = [{ key: 'of', value: 'creation' }, managed];
    const members = { containerInstanceId, serviceName: 'giver', family: 'giver', revision: 1, tags: known };
    const [taking, other] = [aTask({ ...members, propagateTags }), aTask(members)];
    await reserve(store(), [taking, other]);
    expect((await store().findTask(taking.taskId))?.tags).toEqual([{ key: 'put', value: 'later' }, managed]);
    expect((await store().findTask(other.taskId))?.tags).toEqual(known);
  });

  it('are the known ones if there is no row', async () => {
    const containerInstanceId = await registerInstance(store());
    const task = aTask({ containerInstanceId, serviceName: 'none', tags: [managed], propagateTags: 'SERVICE' });
    await reserve(store(), [task]);
    expect((await store().findTask(task.taskId))?.tags).toEqual([managed]);
  });
});

describe('tags', () => {
  it('are merged and removed on every kind of resource', async () => {
    for (const [kind, resource] of Object.entries(await makeAll())) {
      expect(await store().listTags(resource), kind).toEqual([]);
      const set = [
        { key: 'a', value: '1' },
        { key: 'b', value: '2' },
      ];
      expect(await store().changeTags(resource, { set, remove: [] }), kind).toBe(true);
      await store().changeTags(resource, { set: [{ key: 'b', value: '3' }], remove: ['a', 'zz'] });
      expect(await store().listTags(resource), kind).toEqual([{ key: 'b', value: '3' }]);
    }
  });

  it.each([
    arn('cluster/nope'),
    arn('service/default/nope'),
    arn('task/default/nope'),
    arn('container-instance/default/nope'),
    arn('task-definition/nope:1'),
    arn('task-definition/nope'),
    arn('task/nope'),
    'arn:aws:ecs:eu-west-1:123456789012:cluster/default',
    'arn:aws:ecs:us-east-1:999999999999:cluster/default',
    'default',
    '',
  ])('are refused for %s', async (resource) => {
    expect(await store().listTags(resource)).toBeUndefined();
    expect(await store().changeTags(resource, { set: [], remove: [] })).toBe(false);
  });

  it('are refused beyond fifty, without a change', async () => {
    const resource = arn('cluster/default');
    const tags = (from: number, count: number) =>
      Array.from({ length: count }, (_, i) => ({ key: `t${from + i}`, value: 'v' }));
    await store().changeTags(resource, { set: [...tags(0, 49), { key: 'aws:x', value: '1' }], remove: ['b'] });
    await expect(store().changeTags(resource, { set: tags(49, 2), remove: [] })).rejects.toMatchObject({
      code: 'InvalidParameterException',
    });
    expect(await store().listTags(resource)).toHaveLength(50);
    await store().changeTags(resource, { set: tags(49, 2), remove: ['t0'] });
    expect(await store().listTags(resource)).toHaveLength(51);
  });

  it('survive simultaneous changes', async () => {
    const resource = (await makeAll())['task']!;
    const set = (i: number) => [{ key: `k${i}`, value: 'v' }];
    await Promise.all(Array.from({ length: 20 }, (_, i) => store().changeTags(resource, { set: set(i), remove: [] })));
    expect(await store().listTags(resource)).toHaveLength(20);
  });
});
