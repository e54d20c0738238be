/** The mode of log drivers that tasks get with their instance: the account setting of that moment. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { Task } from '../../../model/task.ts';
import { withStore } from '../../support/store.ts';
import { aTask } from '../../../fixtures/records.ts';
import { registerInstance, reserve } from '../builders.ts';

const store = withStore();
const name = 'defaultLogDriverMode';
const set = (principal: string, value: string) => store().putAccountSetting({ principal, name, value });

beforeEach(async () => {
  for (const principal of ['root', 'user/alice']) await store().deleteAccountSetting({ principal, name });
});

/** Reserves a task of each principal on one instance. Returns the modes in the answer, which the rows must have too. */
async function modesOf(...principals: (string | undefined)[]): Promise<(string | undefined)[]> {
  const id = await registerInstance(store());
  const tasks = principals.map((principal) =>
    aTask({ containerInstanceId: id, ...(principal === undefined ? {} : { principal }) }),
  );
  const { reserved } = await reserve(store(), tasks);
  const rows = await Promise.all(tasks.map(({ taskId }) => store().findTask(taskId)));
  const modes = tasks.map((task) => reserved.find(({ taskId }) => taskId === task.taskId)?.logDriverMode);
  expect(rows.map((row) => row?.logDriverMode)).toEqual(modes);
  return modes;
}

describe('a reservation', () => {
  it('gives no mode unless somebody has set blocking', async () => {
    expect(await modesOf(undefined, 'user/alice')).toEqual([undefined, undefined]);
    await set('root', 'non-blocking');
    expect(await modesOf(undefined)).toEqual([undefined]);
  });

  it('follows the task’s principal, then root', async () => {
    await set('root', 'blocking');
    await set('user/alice', 'non-blocking');
    expect(await modesOf(undefined, 'user/alice', 'user/bob')).toEqual(['blocking', undefined, 'blocking']);
    await set('user/alice', 'blocking');
    await set('root', 'non-blocking');
    expect(await modesOf(undefined, 'user/alice')).toEqual([undefined, 'blocking']);
  });

  it('gives the same mode when it is repeated', async () => {
    const id = await registerInstance(store());
    const [first, second] = [aTask({ containerInstanceId: id }), aTask({ containerInstanceId: id })];
    await set('root', 'blocking');
    await reserve(store(), [first]);
    await set('root', 'non-blocking');
    const { reserved } = await reserve(store(), [first, second]);
    expect(reserved).toEqual([
      { taskId: first.taskId, gpuIds: [], logDriverMode: 'blocking' },
      { taskId: second.taskId, gpuIds: [] },
    ]);
  });
});

describe('an assignment', () => {
  const assign = async (task: Task, containerInstanceId: string) => {
    const assignments = [{ taskId: task.taskId, containerInstanceId }];
    const { assigned } = await store().assignTasks({ clusterName: 'default', assignments });
    return assigned[0]?.logDriverMode;
  };

  it('follows the setting that holds when it is made, and keeps the mode when it is repeated', async () => {
    const id = await registerInstance(store());
    const pool = { lastStatus: 'PROVISIONING', capacityProviderName: 'pool' } as const;
    const [root, alice] = [aTask(pool), aTask({ ...pool, principal: 'user/alice' })];
    await set('root', 'blocking');
    await reserve(store(), [root, alice]);
    expect((await store().findTask(root.taskId))?.logDriverMode).toBeUndefined();
    await set('root', 'non-blocking');
    await set('user/alice', 'blocking');
    expect(await assign(root, id)).toBeUndefined();
    expect(await assign(alice, id)).toBe('blocking');
    await set('user/alice', 'non-blocking');
    expect(await assign(alice, id)).toBe('blocking');
    expect((await store().findTask(alice.taskId))?.logDriverMode).toBe('blocking');
  });
});
