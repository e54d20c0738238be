/**
 * A service's row counts its new tasks from the moment they are reserved, whatever happens to the workflow task that
 * reserved them.
 */
import { expect, it } from 'vitest';
import { withStore } from '../../support/store.ts';
import { aDeployment } from '../../support/service-builders.ts';
import { aTask } from '../../../fixtures/records.ts';
import { aService, registerInstance, reserve } from '../builders.ts';

const store = withStore();
const NO_TASKS = { desiredCount: 2, pendingCount: 0, runningCount: 0 };

const put = (version: number, pendingCount = 0) =>
  store().recordOwner({
    clusterName: 'default',
    tasks: [],
    events: [],
    service: aService('web', {
      version,
      pendingCount,
      deployments: ['new', 'old'].map((deploymentId) => ({ ...aDeployment({ deploymentId }), ...NO_TASKS })),
    }),
  });
const shown = async () => {
  const [row] = await store().getServices('default', ['web']);
  return {
    all: row?.pendingCount,
    deployments: row?.deployments.map(({ deploymentId, pendingCount }) => [deploymentId, pendingCount]),
    version: row?.version,
  };
};

it('counts each reserved task once, by deployment', async () => {
  const containerInstanceId = await registerInstance(store());
  await put(1);
  const ofService = { serviceName: 'web', ownerWorkflowId: 'service/default/web', startedBy: 'new' };
  const placed = [1, 2].map(() => aTask({ ...ofService, containerInstanceId }));
  await reserve(store(), placed);
  await reserve(store(), placed);
  await reserve(store(), [aTask({ ...ofService, lastStatus: 'PROVISIONING' })]);
  // One task is refused, and one belongs to another owner.
  await reserve(store(), [aTask({ ...ofService, containerInstanceId: 'nope' }), aTask({ containerInstanceId })]);
  const deployments = [
    ['new', 3],
    ['old', 0],
  ];
  expect(await shown()).toEqual({ all: 3, deployments, version: 1 });
  await reserve(store(), [aTask({ ...ofService, startedBy: 'gone', containerInstanceId })]);
  expect(await shown()).toMatchObject({ all: 3 });
  await put(2, 7);
  expect(await shown()).toMatchObject({ all: 7, version: 2 });
});
