/** Reservations: what they hold, refuse and repeat. */
import { afterEach, describe, expect, it } from 'vitest';
import type { HeldResources } from '../../../model/task.ts';
import { withStore } from '../../support/store.ts';
import { aTask, anInstanceRecord, held, T0 } from '../../../fixtures/records.ts';
import { record, registerInstance, reserve, stopped } from '../builders.ts';

const store = withStore();
afterEach(async () => {
  expect(await store().checkCapacityInvariant()).toEqual([]);
});

const remaining = async (id: string) => (await store().getInstances('default', [id]))[0]!.remaining;

describe('reserveTasks', () => {
  it('holds capacity with the rows, and gives it back once when the task stops', async () => {
    const id = await registerInstance(store());
    const task = aTask({ containerInstanceId: id, held: held({ ports: ['8080/tcp'] }) });
    expect(await reserve(store(), [task])).toEqual({ reserved: [{ taskId: task.taskId, gpuIds: [] }], refused: [] });
    expect(await remaining(id)).toMatchObject({ cpu: 3840, memoryMiB: 7680 });
    expect((await remaining(id)).usedPorts).toContain('8080/tcp');
    expect(await record(store(), [stopped(task.taskId)])).toEqual({ freedCapacity: true });
    expect(await record(store(), [stopped(task.taskId)])).toEqual({ freedCapacity: false });
    expect(await record(store(), [stopped(task.taskId, 100)])).toEqual({ freedCapacity: false });
    expect(await remaining(id)).toMatchObject({ cpu: 4096, memoryMiB: 8192 });
    expect((await remaining(id)).usedPorts).not.toContain('8080/tcp');
  });

  it.each<[string, Partial<HeldResources>, string]>([
    ['cpu', { cpu: 1025 }, 'RESOURCE:CPU'],
    ['memory', { memoryMiB: 2049 }, 'RESOURCE:MEMORY'],
    ['a reserved port', { ports: ['22/tcp'] }, 'RESOURCE:PORTS'],
    ['gpus', { gpus: 3 }, 'RESOURCE:GPU'],
  ])('refuses for lack of %s', async (_what, wanted, reason) => {
    const id = await registerInstance(store(), { cpu: 1024, memoryMiB: 2048, gpuIds: ['g0', 'g1'] });
    const task = aTask({ containerInstanceId: id, held: held(wanted) });
    const result = await reserve(store(), [task]);
    expect(result).toEqual({ reserved: [], refused: [{ taskId: task.taskId, containerInstanceId: id, reason }] });
    expect(await store().findTask(task.taskId)).toBeUndefined();
  });

  it.each([
    ['draining', { status: 'DRAINING' as const }, 'INACTIVE'],
    ['deregistered', { status: 'INACTIVE' as const }, 'INACTIVE'],
    ['silent', { agentConnected: false }, 'AGENT'],
  ])('refuses an instance that is %s', async (_what, change, reason) => {
    const first = anInstanceRecord();
    await store().recordInstance(first);
    const { clusterName, containerInstanceId } = first;
    await store().recordInstance({ clusterName, containerInstanceId, version: 2, ...change });
    const result = await reserve(store(), [aTask({ containerInstanceId })]);
    expect(result.refused).toMatchObject([{ reason }]);
  });

  it('refuses an unknown instance, and one of another cluster', async () => {
    const id = await registerInstance(store());
    expect((await reserve(store(), [aTask({ containerInstanceId: 'nope' })])).refused).toMatchObject([
      { reason: 'INACTIVE' },
    ]);
    const elsewhere = await reserve(store(), [aTask({ containerInstanceId: id, clusterName: 'other' })], 'other');
    expect(elsewhere.refused).toMatchObject([{ reason: 'INACTIVE' }]);
  });

  it('counts what earlier tasks of a batch hold against later ones', async () => {
    const id = await registerInstance(store(), { cpu: 600 });
    const port = held({ ports: ['80/tcp'] });
    const tasks = [port, port, held(), held()].map((wanted) => aTask({ containerInstanceId: id, held: wanted }));
    const result = await reserve(store(), tasks);
    expect(result.reserved.map((task) => task.taskId)).toEqual([tasks[0]!.taskId, tasks[2]!.taskId]);
    expect(result.refused.map((refusal) => refusal.reason)).toEqual(['RESOURCE:PORTS', 'RESOURCE:CPU']);
  });

  it('gives every GPU of an instance, or none', async () => {
    const [free, used, bare] = [['g0', 'g1'], ['g2', 'g3'], []].map((gpuIds) => ({ gpuIds }));
    const ids = await Promise.all([free!, used!, bare!].map((shape) => registerInstance(store(), shape)));
    await reserve(store(), [aTask({ containerInstanceId: ids[1]!, held: held({ gpus: 1 }) })]);
    const all = ids.map((id) => aTask({ containerInstanceId: id, held: held({ gpus: 'ALL' }) }));
    const { reserved, refused } = await reserve(store(), all);
    expect(reserved).toEqual([{ taskId: all[0]!.taskId, gpuIds: ['g0', 'g1'] }]);
    expect(refused.map(({ reason }) => reason)).toEqual(['RESOURCE:GPU', 'RESOURCE:GPU']);
    expect((await remaining(ids[0]!)).freeGpuIds).toEqual([]);
    expect(await store().checkCapacityInvariant()).toEqual([]);
  });

  it('chooses GPUs, keeps them in the row, and gives the same ones when repeated', async () => {
    const id = await registerInstance(store(), { gpuIds: ['g0', 'g1', 'g2'] });
    const [one, two] = [1, 2].map((gpus) => aTask({ containerInstanceId: id, held: held({ gpus }) }));
    const first = await reserve(store(), [one!, two!]);
    expect(first.reserved.map((task) => task.gpuIds)).toEqual([['g0'], ['g1', 'g2']]);
    expect((await store().findTask(two!.taskId))?.gpuIds).toEqual(['g1', 'g2']);
    const again = await reserve(store(), [two!]);
    expect(again.reserved).toEqual([{ taskId: two!.taskId, gpuIds: ['g1', 'g2'] }]);
    await record(store(), [stopped(one!.taskId)]);
    expect((await remaining(id)).freeGpuIds).toEqual(['g0']);
  });

  it('stores the answer of a RunTask call in the same transaction', async () => {
    const id = await registerInstance(store());
    const task = aTask({ containerInstanceId: id });
    const runTaskRequest = {
      clusterName: 'default',
      clientToken: 'tok',
      digest: 'd',
      taskIds: [task.taskId],
      failures: [],
      createdAt: T0,
    };
    await store().reserveTasks({ clusterName: 'default', tasks: [task], runTaskRequest });
    const found = { digest: 'd', taskIds: [task.taskId], failures: [] };
    expect(await store().getRunTaskRequest('default', 'tok', T0 + 1)).toEqual(found);
    expect(await store().getRunTaskRequest('other', 'tok', T0 + 1)).toBeUndefined();
    expect(await store().getRunTaskRequest('default', 'tok', T0 + 23 * 3_600_000)).toEqual(found);
    expect(await store().getRunTaskRequest('default', 'tok', T0 + 24 * 3_600_000)).toBeUndefined();
    await record(store(), [stopped(task.taskId, 9, T0 + 1000)]);
    expect(await store().getRunTaskRequest('default', 'tok', T0 + 3_600_000)).toEqual(found);
    expect(await store().getRunTaskRequest('default', 'tok', T0 + 3_602_000)).toBeUndefined();
  });

  it('places hundreds of tasks on hundreds of instances', async () => {
    const ids = await Promise.all(Array.from({ length: 200 }, () => registerInstance(store())));
    const tasks = Array.from({ length: 400 }, (_, i) => aTask({ containerInstanceId: ids[i % 200]! }));
    expect((await reserve(store(), tasks)).reserved).toHaveLength(400);
  });
});
