/** The control plane's activities over a real store, with signals recorded. */
import { ApplicationFailure } from '@temporalio/common';
import { beforeEach, describe, expect, it } from 'vitest';
import { createControlActivities } from '../../../activities/control/index.ts';
import type { OwnerSignals } from '../../../activities/control/owner-signals.ts';
import { openDatabase } from '../../../store/base/database.ts';
import { openStore } from '../../../store/index.ts';
import type { InstanceNotice } from '../../../model/owner-signals.ts';
import { packOwnerRecord } from '../../../model/packed-writes.ts';
import { freePort } from '../../../tools/free-port.ts';
import { TEST_PARTITION, withStore } from '../../support/store.ts';
import { aCluster, anInstanceRecord, aTask, newId } from '../../../fixtures/records.ts';
import { aService, stopped } from '../builders.ts';

const store = withStore();
const woken: string[] = [];
const told: string[] = [];
const notices: [string, InstanceNotice][] = [];
let refuseSignals = false;
const warnings: string[] = [];

const signal: OwnerSignals = {
  signalNotice: (workflowId, notice) => {
    if (refuseSignals) return Promise.reject(new Error('temporal is away'));
    notices.push([workflowId, notice]);
    return Promise.resolve();
  },
  signalCapacityChanged: (workflowId) => {
    if (refuseSignals) return Promise.reject(new Error('temporal is away'));
    woken.push(workflowId);
    return Promise.resolve();
  },
  signalInstancesChanged: (workflowId) => {
    if (refuseSignals) return Promise.reject(new Error('temporal is away'));
    told.push(workflowId);
    return Promise.resolve();
  },
};
const policy = { heartbeatTimeoutMs: 15_000, giveUpAfterMs: 60_000 };
const logger = { warn: (_fields: unknown, message: string) => void warnings.push(message) };
const activities = () => createControlActivities({ store: store(), signal, policy, logger });

beforeEach(() => {
  woken.length = 0;
  told.length = 0;
  notices.length = 0;
  warnings.length = 0;
  refuseSignals = false;
});

/** A new cluster with one instance, one task on it, and services that wait, in this order. */
async function scene(...waiting: readonly string[]) {
  const clusterName = `c-${newId()}`;
  await store().createCluster(aCluster(clusterName));
  const instance = anInstanceRecord({ clusterName });
  await store().recordInstance(instance);
  const { containerInstanceId } = instance;
  const task = aTask({ clusterName, containerInstanceId, serviceName: 'mine' });
  await store().reserveTasks({ clusterName, tasks: [task] });
  for (const name of waiting) {
    const service = aService(name, { waitingForCapacity: true }, { clusterName });
    await store().recordOwner({ clusterName, tasks: [], service, events: [] });
  }
  return { clusterName, containerInstanceId, task };
}
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('control activities', () => {
  it('wake waiting services when a task stops, longest waiting first, and only once for a repeat', async () => {
    const { clusterName, task } = await scene('late', 'early');
    const control = activities();
    await control.recordOwner(packOwnerRecord({ clusterName, tasks: [stopped(task.taskId)], events: [] }));
    await expect.poll(() => woken).toEqual([`service/${clusterName}/late`, `service/${clusterName}/early`]);
    await control.recordOwner(packOwnerRecord({ clusterName, tasks: [stopped(task.taskId)], events: [] }));
    await pause(500);
    expect(woken).toHaveLength(2);
  });

  it('wake at most a few times a second, and never leave out the last change', async () => {
    const { clusterName, containerInstanceId } = await scene('w');
    const control = activities();
    const tasks = Array.from({ length: 10 }, () => aTask({ clusterName, containerInstanceId }));
    await store().reserveTasks({ clusterName, tasks });
    const started = performance.now();
    for (const { taskId } of tasks)
      await control.recordOwner(packOwnerRecord({ clusterName, tasks: [stopped(taskId)], events: [] }));
    await expect.poll(() => woken.length).toBeGreaterThanOrEqual(2);
    await pause(1000);
    expect(woken.length).toBeLessThanOrEqual(2 + (performance.now() - started) / 300);
    const settled = woken.length;
    await pause(700);
    expect(woken).toHaveLength(settled);
  });

  it('wake when an instance becomes able to take tasks, not when it ceases to be', async () => {
    const { clusterName, containerInstanceId } = await scene('w');
    const control = activities();
    await control.recordInstance({ clusterName, containerInstanceId, version: 2, agentConnected: false });
    await pause(100);
    expect(woken).toEqual([]);
    await control.recordInstance({ clusterName, containerInstanceId, version: 3, agentConnected: true });
    await expect.poll(() => woken).toEqual([`service/${clusterName}/w`]);
  });

  it('tell the cluster’s DAEMON services at once, whatever changed about an instance', async () => {
    const { clusterName, containerInstanceId } = await scene();
    const control = activities();
    for (const name of ['agent', 'logs']) {
      const service = aService(name, {}, { clusterName, schedulingStrategy: 'DAEMON' });
      await store().recordOwner({ clusterName, tasks: [], service, events: [] });
    }
    await control.recordInstance({ clusterName, containerInstanceId, version: 2, status: 'DRAINING' });
    await expect.poll(() => told).toEqual([`service/${clusterName}/agent`, `service/${clusterName}/logs`]);
    expect(woken).toEqual([]);
  });

  it('succeed if waking fails, because the record counts', async () => {
    const { clusterName, task } = await scene('w');
    refuseSignals = true;
    await activities().recordOwner(packOwnerRecord({ clusterName, tasks: [stopped(task.taskId)], events: [] }));
    await expect.poll(() => warnings).toHaveLength(1);
    expect((await store().findTask(task.taskId))?.lastStatus).toBe('STOPPED');
  });

  it('list the tasks of an instance, and send a notice to each owner once', async () => {
    const { containerInstanceId, task } = await scene();
    const control = activities();
    expect(await control.listInstanceTasks({ containerInstanceId })).toEqual([
      {
        taskId: task.taskId,
        ownerWorkflowId: task.ownerWorkflowId,
        serviceName: 'mine',
        lastStatus: 'PENDING',
        desiredStatus: 'RUNNING',
      },
    ]);
    const notice: InstanceNotice = { containerInstanceId, kind: 'lost', stoppedReason: 'gone' };
    await control.notifyOwners({ ownerWorkflowIds: ['a', 'b', 'a'], notice });
    expect(notices).toEqual([
      ['a', notice],
      ['b', notice],
    ]);
    refuseSignals = true;
    await expect(control.notifyOwners({ ownerWorkflowIds: ['a'], notice })).rejects.toThrow('temporal is away');
    expect(await control.loadInstancePolicy()).toEqual(policy);
  });

  it('fail for good, with the ECS code, if the store refuses', async () => {
    const failed = await activities()
      .recordInstance(anInstanceRecord({ clusterName: 'nope' }))
      .catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(ApplicationFailure);
    expect(failed).toMatchObject({
      type: 'ClusterNotFoundException',
      nonRetryable: true,
      message: 'Cluster not found.',
    });
  });
});

describe('a database out of reach', () => {
  it('is one clear error for every caller, and activities retry it', async () => {
    const connectionString = `postgresql://u:p@127.0.0.1:${await freePort()}/x`;
    const opening = openStore({ connectionString, partition: TEST_PARTITION });
    await expect(opening).rejects.toMatchObject({
      code: 'ServiceUnavailable',
      message: expect.stringContaining('The database is out of reach') as unknown,
    });
    const db = openDatabase(connectionString);
    const away = { ...store(), listInstanceTasks: () => db.rows<never>('SELECT 1') };
    const control = createControlActivities({ store: away, signal, policy, logger });
    await expect(control.listInstanceTasks({ containerInstanceId: 'i' })).rejects.toMatchObject({
      type: 'ServiceUnavailable',
      nonRetryable: false,
    });
    await db.close();
  });
});
