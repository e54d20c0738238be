/** Decisions: each is stored once, with what it is about, and found by everything that it names. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Decision } from '../../../model/decision.ts';
import { aDeployment } from '../../support/service-builders.ts';
import { withTestStore } from '../../support/store.ts';
import { aCluster, aTask, newId, T0 } from '../../../fixtures/records.ts';
import { aService, registerInstance } from '../builders.ts';

const running = withTestStore();
const store = () => running().store;
beforeAll(async () => {
  await store().createCluster(aCluster('default'));
});

const aDecision = (changes: Partial<Decision> = {}): Decision => ({
  id: newId(),
  clusterName: 'default',
  ownerWorkflowId: 'service/default/web',
  reasons: [{ reason: 'scaleOut', count: 1 }],
  tasks: [],
  causes: [],
  at: T0,
  lastAt: T0,
  count: 1,
  ...changes,
});
const write = (decisions: readonly Decision[]) =>
  store().recordOwner({ clusterName: 'default', tasks: [], events: [], decisions });

describe('decisions', () => {
  it('are written with the reserved tasks, and without refused ones', async () => {
    const containerInstanceId = await registerInstance(store());
    const [placed, refused] = [aTask({ containerInstanceId }), aTask({ containerInstanceId: 'nowhere' })];
    const tasks = [placed, refused];
    const decided = tasks.map((task) => ({ taskId: task.taskId, containerInstanceId: task.containerInstanceId ?? '' }));
    await store().reserveTasks({ clusterName: 'default', tasks, decisions: [aDecision({ tasks: decided })] });
    const find = (taskId: string) => store().listDecisions({ clusterName: 'default', taskId }, 10);
    expect(await find(placed.taskId)).toMatchObject([{ tasks: [{ taskId: placed.taskId, containerInstanceId }] }]);
    expect(await find(refused.taskId)).toEqual([]);
  });

  it('are found by service, deployment, instance and replaced task, oldest first', async () => {
    const [serviceName, deploymentId] = [newId(), `ecs-svc/${newId()}`];
    const [instance, replaced] = [newId(), newId()];
    const first = aDecision({ serviceName, deploymentId, containerInstanceIds: [instance] });
    const second = aDecision({ serviceName, at: T0 + 1, tasks: [{ taskId: newId(), replaces: replaced }] });
    await write([second, first]);
    const ids = async (filter: object) =>
      (await store().listDecisions({ clusterName: 'default', ...filter }, 10)).map(({ id }) => id);
    expect(await ids({ serviceName })).toEqual([first.id, second.id]);
    expect(await ids({ serviceName, until: T0 })).toEqual([first.id]);
    expect(await ids({ deploymentId })).toEqual([first.id]);
    expect(await ids({ containerInstanceId: instance })).toEqual([first.id]);
    expect(await ids({ taskId: replaced })).toEqual([second.id]);
    expect(await ids({ serviceName, kinds: ['call'] })).toEqual([]);
  });

  it('are counted up, never down, and not written twice', async () => {
    const serviceName = newId();
    const once = aDecision({ serviceName, reasons: [{ reason: 'refused', count: 1 }] });
    const thrice = { ...once, count: 3, lastAt: T0 + 5 };
    for (const decision of [once, thrice, once, thrice]) await write([decision]);
    expect(await store().listDecisions({ clusterName: 'default', serviceName }, 10)).toEqual([thrice]);
  });

  it('are removed if they were last made before the retention', async () => {
    const serviceName = newId();
    await write([aDecision({ serviceName }), aDecision({ serviceName, lastAt: T0 + 10 })]);
    await store().purgeDecisions(T0 + 5);
    expect(await store().listDecisions({ clusterName: 'default', serviceName }, 10)).toMatchObject([
      { lastAt: T0 + 10 },
    ]);
  });

  it('are written with the places that waiting tasks got, and without the places that they did not get', async () => {
    const containerInstanceId = await registerInstance(store(), { cpu: 300 });
    const wait = { lastStatus: 'PROVISIONING', capacityProviderName: 'pool' } as const;
    const tasks = [aTask(wait), aTask(wait)];
    await store().reserveTasks({ clusterName: 'default', tasks });
    const assignments = tasks.map(({ taskId }) => ({ taskId, containerInstanceId }));
    const decision = aDecision({ reasons: [{ reason: 'capacityFound', count: 2 }], tasks: assignments });
    const assign = () => store().assignTasks({ clusterName: 'default', assignments, decisions: [decision] });
    const { assigned } = await assign();
    await assign();
    expect(assigned).toHaveLength(1);
    const found = await store().listDecisions({ clusterName: 'default', containerInstanceId }, 10);
    expect(found).toMatchObject([{ tasks: [{ taskId: assigned[0]!.taskId, containerInstanceId }] }]);
  });

  it('can be read from the first or from the last', async () => {
    const serviceName = newId();
    const all = [0, 1, 2].map((i) => aDecision({ serviceName, at: T0 + i }));
    await write(all);
    const ids = async (fromFirst: boolean) =>
      (await store().listDecisions({ clusterName: 'default', serviceName, fromFirst }, 2)).map(({ id }) => id);
    expect(await ids(true)).toEqual([all[0]!.id, all[1]!.id]);
    expect(await ids(false)).toEqual([all[1]!.id, all[2]!.id]);
  });

  it('stay beyond the retention while the task or service that they began exists', async () => {
    const containerInstanceId = await registerInstance(store());
    const [serviceName, deploymentId] = [newId(), `ecs-svc/${newId()}`];
    const task = aTask({ containerInstanceId });
    await store().reserveTasks({ clusterName: 'default', tasks: [task] });
    const call = { serviceName, reasons: [{ reason: 'called', count: 1 }] } as const;
    const kept = [
      aDecision({ ...call, deploymentId }),
      aDecision({ tasks: [{ taskId: task.taskId }] }),
      aDecision({ reasons: [{ reason: 'registered', count: 1 }], containerInstanceIds: [containerInstanceId] }),
      aDecision({ ...call, at: T0 + 2 }),
    ];
    const gone = [
      aDecision({ ...call, deploymentId: 'ecs-svc/former', at: T0 + 1 }),
      aDecision({ reasons: [{ reason: 'connected', count: 1 }], containerInstanceIds: [containerInstanceId] }),
    ];
    const left = async () => {
      await store().purgeDecisions(T0 + 5);
      const found = await Promise.all([
        store().listDecisions({ clusterName: 'default', serviceName }, 10),
        store().listDecisions({ clusterName: 'default', taskId: task.taskId }, 10),
        store().listDecisions({ clusterName: 'default', containerInstanceId }, 10),
      ]);
      return new Set(found.flat().map(({ id }) => id));
    };
    const service = aService(serviceName, {
      deployments: [{ ...aDeployment({ deploymentId }), desiredCount: 1, pendingCount: 0, runningCount: 1 }],
    });
    const owner = { clusterName: 'default', tasks: [], events: [] };
    await store().recordOwner({ ...owner, service, decisions: [...kept, ...gone] });
    expect(await left()).toEqual(new Set(kept.map(({ id }) => id)));
    await store().recordOwner({ ...owner, service: { ...service, status: 'INACTIVE', version: 2 } });
    expect(await left()).toEqual(new Set([kept[1]!.id, kept[2]!.id]));
  });
});
