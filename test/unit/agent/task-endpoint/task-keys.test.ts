/** The keys of roles: asked for once, renewed in time, kept while the control plane is away. */
import { beforeEach, expect, it } from 'vitest';
import { TaskKeys } from '../../../../agent/task-endpoint/task-keys.ts';
import { TaskCallRefused } from '../../../../model/task-calls.ts';
import { FakeTaskControl } from '../../../support/fake-task-control.ts';

const HOUR = 3_600_000;
const task = { clusterName: 'default', taskId: 't1' };

let clock: number;
let control: FakeTaskControl;
let keys: TaskKeys;
beforeEach(() => {
  clock = 0;
  control = new FakeTaskControl();
  control.now = () => clock;
  keys = new TaskKeys(control, () => clock);
});
const idOf = async (of = task): Promise<string> => (await keys.of(of)).accessKeyId;

it('asks once for callers at the same time, and for later ones', async () => {
  expect(await Promise.all([idOf(), idOf(), idOf()])).toEqual(['ASIA1', 'ASIA1', 'ASIA1']);
  expect(await idOf()).toBe('ASIA1');
  expect(control.asked).toEqual([task]);
  expect(await idOf({ ...task, taskId: 't2' })).toBe('ASIA2');
});

it.each([
  ['half an hour before their end', 6 * HOUR, 5.5 * HOUR],
  ['at half of a short life', HOUR / 2, HOUR / 4],
])('renews them %s', async (_, lifeMs, due) => {
  control.lifeMs = lifeMs;
  await idOf();
  clock = due - 1;
  expect(await idOf()).toBe('ASIA1');
  clock = due;
  expect(await Promise.all([idOf(), idOf()])).toEqual(['ASIA2', 'ASIA2']);
  expect(control.asked).toHaveLength(2);
});

it('hands out kept keys while the control plane is away, and asks it again after a while', async () => {
  await idOf();
  control.refusal = new Error('away');
  clock = 5.6 * HOUR;
  expect(await idOf()).toBe('ASIA1');
  expect(await idOf()).toBe('ASIA1');
  expect(control.asked).toHaveLength(2);
  clock += 10_000;
  expect(await idOf()).toBe('ASIA1');
  expect(control.asked).toHaveLength(3);
  clock = 6 * HOUR;
  await expect(idOf()).rejects.toThrow('away');
  control.refusal = undefined;
  expect(await idOf()).toBe('ASIA5');
});

it('hands out nothing that the control plane refuses', async () => {
  await idOf();
  clock = 5.6 * HOUR;
  control.refusal = new TaskCallRefused('the role is gone');
  await expect(idOf()).rejects.toThrow('the role is gone');
  await expect(idOf()).rejects.toThrow('the role is gone');
});

it('forgets the keys of a task that is gone', async () => {
  await idOf();
  keys.keepOnly(new Set(['t1']));
  expect(await idOf()).toBe('ASIA1');
  keys.keepOnly(new Set(['t2']));
  expect(await idOf()).toBe('ASIA2');
});

it('a refusal is told again for a while, without a question to the control plane', async () => {
  control.credentials = () => {
    control.asked.push(task);
    return Promise.reject(new TaskCallRefused('no such role'));
  };
  for (let i = 0; i < 3; i += 1) await expect(keys.of(task)).rejects.toThrow('no such role');
  expect(control.asked).toHaveLength(1);
  clock += 10_000;
  await expect(keys.of(task)).rejects.toThrow('no such role');
  expect(control.asked).toHaveLength(2);
});
