/** Reading and purging tasks. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Task } from '../../../model/task.ts';
import type { TaskFilter } from '../../../store/contract/tasks.ts';
import { withStore } from '../../support/store.ts';
import { aCluster, anInstanceRecord, aTask, T0 } from '../../../fixtures/records.ts';
import { record, registerInstance, reserve, stopped } from '../builders.ts';

const store = withStore();
let instances: readonly string[];
beforeAll(async () => {
  instances = [await registerInstance(store(), { cpu: 99_999 }), await registerInstance(store(), { cpu: 99_999 })];
});

/** Reserves one task with these members and returns it. */
async function placed(members: Partial<Task> = {}): Promise<Task> {
  const task = aTask({ containerInstanceId: instances[0]!, ...members });
  await reserve(store(), [task], task.clusterName);
  return task;
}

describe('reading tasks', () => {
  it('returns the whole reserved task', async () => {
    const task = await placed({
      tags: [{ key: 'a', value: 'b' }],
      overrides: { containerOverrides: [{ name: 'web', command: ['x'] }] },
      startedBy: 'me',
      attachments: [{ id: 'e', type: 'ElasticNetworkInterface', status: 'ATTACHED', details: [] }],
    });
    expect(await store().getTasks('default', [task.taskId])).toEqual([task]);
    expect(await store().findTask(task.taskId)).toEqual(task);
    expect(await store().getTasks('other', [task.taskId])).toEqual([]);
    expect(await store().findTask('unknown')).toBeUndefined();
    expect(await store().listInstanceTasks(instances[0]!)).toContainEqual(task);
  });

  it('lists by every filter, alone and combined', async () => {
    await store().createCluster(aCluster('l'));
    const id = await registerInstance(store(), { clusterName: 'l' });
    const base = { clusterName: 'l', containerInstanceId: id };
    const web = await placed({ ...base, serviceName: 'web', startedBy: 'ecs-svc/1', launchType: 'FARGATE' });
    const job = await placed({ ...base, family: 'job', startedBy: 'me' });
    const old = await placed({ ...base, family: 'job', serviceName: 'web' });
    await record(store(), [stopped(old.taskId)], 'l');
    const list = async (filter: Omit<TaskFilter, 'clusterName'>) =>
      (await store().listTasks({ clusterName: 'l', ...filter }, { limit: 100 })).items;
    const sorted = (...tasks: readonly Task[]) => tasks.map((task) => task.taskId).sort();
    expect(await list({})).toEqual(sorted(web, job, old));
    expect(await list({ desiredStatus: 'RUNNING' })).toEqual(sorted(web, job));
    expect(await list({ desiredStatus: 'STOPPED' })).toEqual([old.taskId]);
    expect(await list({ family: 'job' })).toEqual(sorted(job, old));
    expect(await list({ serviceName: 'web' })).toEqual(sorted(web, old));
    expect(await list({ startedBy: 'me' })).toEqual([job.taskId]);
    expect(await list({ launchType: 'FARGATE' })).toEqual([web.taskId]);
    expect(await list({ containerInstanceId: id, desiredStatus: 'RUNNING' })).toEqual(sorted(web, job));
    expect(await list({ containerInstanceId: instances[0]! })).toEqual([]);
    expect(await list({ serviceName: 'web', family: 'job', desiredStatus: 'STOPPED' })).toEqual([old.taskId]);
  });

  it('pages through all tasks, each once', async () => {
    await store().createCluster(aCluster('pg'));
    const id = await registerInstance(store(), { clusterName: 'pg', cpu: 99_999, memoryMiB: 99_999 });
    const tasks = Array.from({ length: 25 }, () => aTask({ clusterName: 'pg', containerInstanceId: id }));
    await reserve(store(), tasks, 'pg');
    const found: string[] = [];
    let after: string | undefined;
    do {
      const page = { limit: 10, ...(after === undefined ? {} : { after }) };
      const { items, next } = await store().listTasks({ clusterName: 'pg' }, page);
      found.push(...items);
      after = next;
    } while (after !== undefined);
    expect(found).toEqual(tasks.map((task) => task.taskId).sort());
  });
});

it('marks tasks whose instance has lost its agent', async () => {
  const id = await registerInstance(store());
  const { taskId } = await placed({ containerInstanceId: id });
  const connected = async () => (await store().getTasks('default', [taskId])).map((task) => task.agentConnected);
  expect(await connected()).toEqual([undefined]);
  const { registration: _registration, ...instance } = anInstanceRecord({ id });
  await store().recordInstance({ ...instance, version: 2, agentConnected: false });
  expect(await connected()).toEqual([false]);
});

describe('purgeStoppedTasks', () => {
  it('removes tasks that stopped before the given time, and no others', async () => {
    const [old, young, alive] = [await placed(), await placed(), await placed()];
    await record(store(), [stopped(old.taskId, 2, T0), stopped(young.taskId, 2, T0 + 5000)]);
    expect(await store().purgeStoppedTasks(T0 + 1000)).toBe(1);
    const left = await store().getTasks('default', [old.taskId, young.taskId, alive.taskId]);
    expect(left.map((task) => task.taskId).sort()).toEqual([young.taskId, alive.taskId].sort());
    expect(await record(store(), [stopped(old.taskId)])).toEqual({ freedCapacity: false });
  });
});
