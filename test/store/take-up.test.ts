/** What a run that has lost its call takes up: what the rows hold of its owner, and nothing of others. */
import { beforeAll, describe, expect, it } from 'vitest';
import { createTakeUp } from '../../worker/take-up.ts';
import { runTaskWorkflowId, serviceWorkflowId } from '../../workflows/messages.ts';
import { unpackService } from '../../workflows/state.ts';
import { aDeployment } from '../support/service-builders.ts';
import { withStore } from '../support/store.ts';
import { aDefinition, aService, aTask, registerInstance, reserve, stopped } from './builders.ts';

const store = withStore();
const takeUp = () => createTakeUp(store());
const ownerWorkflowId = runTaskWorkflowId('default', 'lost');
const SERVICE = { ownerWorkflowId: serviceWorkflowId('default', 'web'), serviceName: 'web', startedBy: 'd1' };

let ofService = '';
let ofCall = '';
beforeAll(async () => {
  const containerInstanceId = await registerInstance(store());
  await store().registerTaskDefinition('web', (revision) => aDefinition('web', revision), []);
  const deployment = aDeployment({ deploymentId: 'd1', taskDefinitionArn: aDefinition('web', 1).taskDefinitionArn });
  const service = aService('web', {
    deployments: [{ ...deployment, desiredCount: 1, pendingCount: 0, runningCount: 0 }],
  });
  const gone = aService('gone', { status: 'INACTIVE' });
  for (const one of [service, gone])
    await store().recordOwner({ clusterName: 'default', tasks: [], service: one, events: [] });
  const [kept, over] = [aTask({ ...SERVICE, containerInstanceId }), aTask({ ...SERVICE, containerInstanceId })];
  const alone = aTask({ ownerWorkflowId, containerInstanceId });
  await reserve(store(), [kept, over, alone]);
  await store().recordOwner({ clusterName: 'default', tasks: [stopped(over.taskId)], events: [] });
  [ofService, ofCall] = [kept.taskId, alone.taskId];
});

describe('a service', () => {
  it('is taken up with its tasks that are not over, and its task definitions', async () => {
    const packed = await takeUp().takeUpService({ clusterName: 'default', serviceName: 'web' });
    const { state, tasks } = unpackService(packed!);
    expect(state).toMatchObject({ incarnation: 'web-1', status: 'ACTIVE', recordVersion: 1 });
    expect(Object.values(state.taskDefinitions).map(({ family }) => family)).toEqual(['web']);
    expect(tasks).toMatchObject([{ taskId: ofService, deploymentId: 'd1', lastStatus: 'PENDING' }]);
  });

  it.each(['gone', 'missing'])('that is %s is not', async (serviceName) => {
    expect(await takeUp().takeUpService({ clusterName: 'default', serviceName })).toBeNull();
  });
});

describe('a RunTask call', () => {
  it('is taken up with its tasks', async () => {
    const carried = await takeUp().takeUpRunTask({ ownerWorkflowId });
    expect(carried).toMatchObject({ outcome: { taskIds: [ofCall] }, tasks: [{ taskId: ofCall }] });
  });

  it('that has written nothing is not', async () => {
    const missing = runTaskWorkflowId('default', 'missing');
    expect(await takeUp().takeUpRunTask({ ownerWorkflowId: missing })).toBeNull();
  });
});
