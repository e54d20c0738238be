/** Recording the changes of owners' tasks. */
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Task } from '../../../model/task.ts';
import { withStore } from '../../support/store.ts';
import { aTask, T0 } from '../../../fixtures/records.ts';
import { record, registerInstance, reserve, stopped } from '../builders.ts';

const store = withStore();
let instance: string;
beforeAll(async () => {
  instance = await registerInstance(store(), { cpu: 99_999, memoryMiB: 99_999 });
});
afterEach(async () => {
  expect(await store().checkCapacityInvariant()).toEqual([]);
});

async function placed(members: Partial<Task> = {}): Promise<string> {
  const task = aTask({ containerInstanceId: instance, ...members });
  await reserve(store(), [task]);
  return task.taskId;
}
const read = async (taskId: string) => (await store().findTask(taskId))!;

describe('recordOwner, tasks', () => {
  it('applies only newer patches', async () => {
    const taskId = await placed();
    await record(store(), [{ taskId, version: 3, changes: { lastStatus: 'RUNNING', startedAt: T0 + 3 } }]);
    await record(store(), [{ taskId, version: 3, changes: { startedAt: T0 + 9 } }]);
    await record(store(), [{ taskId, version: 2, changes: { healthStatus: 'UNHEALTHY' } }]);
    expect(await read(taskId)).toMatchObject({
      lastStatus: 'RUNNING',
      startedAt: T0 + 3,
      healthStatus: 'UNKNOWN',
      version: 3,
    });
  });

  it('applies several patches of one task in the order of their versions', async () => {
    const taskId = await placed();
    await record(store(), [
      { taskId, version: 3, changes: { stoppedReason: 'late' } },
      { taskId, version: 2, changes: { stoppedReason: 'early', lastStatus: 'RUNNING' } },
    ]);
    expect(await read(taskId)).toMatchObject({ lastStatus: 'RUNNING', stoppedReason: 'late', version: 3 });
  });

  it('moves a status forwards only, and changes no STOPPED task', async () => {
    const taskId = await placed();
    await record(store(), [{ taskId, version: 2, changes: { lastStatus: 'RUNNING', desiredStatus: 'STOPPED' } }]);
    await record(store(), [{ taskId, version: 3, changes: { lastStatus: 'PENDING', desiredStatus: 'RUNNING' } }]);
    expect(await read(taskId)).toMatchObject({ lastStatus: 'RUNNING', desiredStatus: 'STOPPED', version: 3 });
    await record(store(), [{ taskId, version: 4, changes: { lastStatus: 'STOPPED', stoppedAt: T0 } }]);
    await record(store(), [{ taskId, version: 5, changes: { lastStatus: 'RUNNING', stoppedReason: 'x' } }]);
    const after = await read(taskId);
    expect(after).toMatchObject({ lastStatus: 'STOPPED', desiredStatus: 'STOPPED', version: 4 });
    expect(after.stoppedReason).toBeUndefined();
  });

  it('keeps the id of a network attachment, also in the containers, and ends the attachment with the task', async () => {
    const attachment = { id: 'att-1', type: 'ElasticNetworkInterface', status: 'PRECREATED', details: [] };
    const taskId = await placed({ attachments: [attachment] });
    const details = [{ name: 'privateIPv4Address', value: '10.0.0.2' }];
    const tell = (version: number, status: string, lastStatus: 'RUNNING' | 'DEPROVISIONING' | 'STOPPED') => {
      const networkInterfaces = [{ privateIpv4Address: '10.0.0.2' }];
      const containers = [{ name: 'web', lastStatus: 'RUNNING', networkInterfaces } as const];
      const attachments = [{ type: 'ElasticNetworkInterface', status, details }];
      return record(store(), [{ taskId, version, changes: { lastStatus, containers, attachments } }]);
    };
    const shown = async () => {
      const { lastStatus, attachments, containers } = await read(taskId);
      const interfaces = containers[0]!.networkInterfaces.map(({ attachmentId }) => attachmentId);
      return [lastStatus, attachments, containers[0]!.lastStatus, interfaces];
    };
    await tell(2, 'ATTACHED', 'RUNNING');
    expect(await shown()).toEqual(['RUNNING', [{ ...attachment, status: 'ATTACHED', details }], 'RUNNING', ['att-1']]);
    await tell(3, 'DETACHING', 'DEPROVISIONING');
    expect((await shown()).slice(0, 2)).toMatchObject(['DEPROVISIONING', [{ id: 'att-1', status: 'DETACHING' }]]);
    await tell(4, 'ATTACHED', 'STOPPED');
    const ended = { ...attachment, status: 'DELETED', details };
    expect(await shown()).toEqual(['STOPPED', [ended], 'STOPPED', ['att-1']]);
  });

  it('shows no running part of a task that became STOPPED without a report of its agent', async () => {
    const attachment = { id: 'att-2', type: 'ElasticNetworkInterface', status: 'ATTACHED', details: [] };
    const taskId = await placed({ attachments: [attachment] });
    await record(store(), [{ taskId, version: 2, changes: { containers: [{ name: 'web', lastStatus: 'RUNNING' }] } }]);
    await record(store(), [stopped(taskId, 3)]);
    const { attachments, containers } = await read(taskId);
    expect(attachments).toEqual([{ ...attachment, status: 'DELETED' }]);
    expect(containers.map(({ lastStatus }) => lastStatus)).toEqual(containers.map(() => 'STOPPED'));
  });

  it('holds the task’s capacity until it is STOPPED, also while its network is being removed', async () => {
    const taskId = await placed();
    await record(store(), [
      { taskId, version: 2, changes: { lastStatus: 'DEPROVISIONING', desiredStatus: 'STOPPED' } },
    ]);
    expect(await record(store(), [stopped(taskId, 3)])).toEqual({ freedCapacity: true });
  });

  it('merges containers by name, and keeps what a report leaves out', async () => {
    const taskId = await placed();
    const before = (await read(taskId)).containers[0]!;
    const binding = { bindIP: '0.0.0.0', containerPort: 80, hostPort: 32768, protocol: 'tcp' as const };
    const web = { name: 'web', lastStatus: 'RUNNING' as const, runtimeId: 'r', networkBindings: [binding] };
    const other = { name: 'other', lastStatus: 'RUNNING' as const };
    await record(store(), [{ taskId, version: 2, changes: { containers: [web, other] } }]);
    await record(store(), [
      { taskId, version: 3, changes: { containers: [{ name: 'web', lastStatus: 'STOPPED', exitCode: 0 }] } },
    ]);
    expect((await read(taskId)).containers).toEqual([{ ...before, ...web, lastStatus: 'STOPPED', exitCode: 0 }]);
  });

  it('takes the tags of a task that stops', async () => {
    const taskId = await placed({ tags: [{ key: 'k', value: 'v' }] });
    await record(store(), [{ taskId, version: 2, changes: { lastStatus: 'RUNNING' } }]);
    expect((await read(taskId)).tags).toHaveLength(1);
    await record(store(), [stopped(taskId)]);
    expect((await read(taskId)).tags).toEqual([]);
  });

  it('ignores unknown tasks, and an empty record', async () => {
    expect(await record(store(), [stopped('unknown')])).toEqual({ freedCapacity: false });
    expect(await record(store(), [])).toEqual({ freedCapacity: false });
  });

  it('frees capacity once if the same record comes many times at once', async () => {
    const ids = await Promise.all(Array.from({ length: 20 }, () => placed()));
    const patches = ids.map((taskId) => stopped(taskId));
    const results = await Promise.all(Array.from({ length: 6 }, () => record(store(), patches)));
    expect(results.filter((result) => result.freedCapacity)).toHaveLength(1);
  });
});
