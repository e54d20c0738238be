/** Starts owners again that the store knows and Temporal does not run. */
import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { pino } from 'pino';
import { beforeAll, expect, it } from 'vitest';
import { rebuildLostWorkflows } from '../../../worker/rebuild.ts';
import { containerInstanceWorkflowId, runTaskWorkflowId, serviceWorkflowId } from '../../../model/workflow-ids.ts';
import { withStore } from '../../support/store.ts';
import { aTask } from '../../../fixtures/records.ts';
import { aDefinition, aService, registerInstance, reserve, stopped } from '../builders.ts';

const store = withStore();
const logger = pino({ level: 'silent' });
const [ALONE, OVER] = [runTaskWorkflowId('default', 'alone'), runTaskWorkflowId('default', 'over')];
const SERVICE = serviceWorkflowId('default', 'web');

/** The part of Temporal that the search asks. Everything that is started runs. */
function temporal(running: readonly string[]) {
  const open = new Set(running);
  const asked: string[] = [];
  const started: { workflowId: string; args: unknown[] }[] = [];
  const describe = (workflowId: string) => {
    asked.push(workflowId);
    if (open.has(workflowId)) return Promise.resolve({ status: { name: 'RUNNING' } });
    return Promise.reject(new WorkflowNotFoundError('not found', workflowId, undefined));
  };
  const workflow = {
    // The list lags, because the service has just begun.
    list: () => running.filter((workflowId) => workflowId !== SERVICE).map((workflowId) => ({ workflowId })),
    getHandle: (workflowId: string) => ({ describe: () => describe(workflowId) }),
    start: (_type: string, options: { workflowId: string; args: unknown[] }) => {
      open.add(options.workflowId);
      started.push(options);
      return Promise.resolve();
    },
  };
  return { client: { workflow } as unknown as Client, asked, started };
}

let taskId = '';
let instance = '';
beforeAll(async () => {
  const containerInstanceId = await registerInstance(store());
  await store().registerTaskDefinition('web', (revision) => aDefinition('web', revision), []);
  instance = containerInstanceWorkflowId('default', containerInstanceId);
  const task = aTask({ ownerWorkflowId: ALONE, containerInstanceId });
  const over = aTask({ ownerWorkflowId: OVER, containerInstanceId });
  taskId = task.taskId;
  await reserve(store(), [task, over]);
  const service = aService('web');
  await store().recordOwner({ clusterName: 'default', tasks: [stopped(over.taskId)], service, events: [] });
});

it('starts owners that do not run, with the state in the store', async () => {
  const { client, asked, started } = temporal([SERVICE, instance]);
  expect(await rebuildLostWorkflows({ client, store: store(), logger })).toBe(1);
  expect(started).toMatchObject([
    { workflowId: ALONE, args: [{ clusterName: 'default' }, { tasks: [{ taskId, lastStatus: 'PENDING' }] }] },
  ]);
  expect(asked).not.toContain(OVER);
});

it('starts an instance without tasks, not connected until its agent reports', async () => {
  const { client, started } = temporal([SERVICE, ALONE]);
  expect(await rebuildLostWorkflows({ client, store: store(), logger })).toBe(1);
  expect(started).toMatchObject([{ workflowId: instance, args: [{}, { status: 'ACTIVE', agentConnected: false }] }]);
});

it('starts none if all of them run', async () => {
  const { client, asked, started } = temporal([SERVICE, ALONE, instance]);
  expect(await rebuildLostWorkflows({ client, store: store(), logger })).toBe(0);
  expect(asked).toEqual([SERVICE]);
  expect(started).toEqual([]);
});
