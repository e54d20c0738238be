/** A service's deployments and their counts. */
import { describe, expect, it } from 'vitest';
import {
  applyDeploymentDecisions,
  deploymentCounts,
  serviceCounts,
  startDeployment,
  withCompute,
  withFailedTasks,
} from '../../../../scheduler/rollout/deployments.ts';
import {
  aDefinition,
  aDeployment,
  aPendingTask,
  aRollout,
  aTask,
  NEW_ID,
  NOW,
  OLD_ID,
  tasksOf,
} from '../../../support/service-builders.ts';

describe('startDeployment', () => {
  it('makes the first deployment', () => {
    const spec = { deploymentId: NEW_ID, taskDefinitionArn: 'web:1', launchType: 'EC2' as const };
    expect(startDeployment([], spec, NOW)).toEqual([
      {
        ...spec,
        status: 'PRIMARY',
        rolloutState: 'IN_PROGRESS',
        rolloutStateReason: `ECS deployment ${NEW_ID} in progress.`,
        failedTasks: 0,
        createdAt: NOW,
        updatedAt: NOW,
      },
    ]);
  });

  it('puts the new deployment in front; the others become ACTIVE, newest first, and keep their rollout state', () => {
    const latest = 'ecs-svc/0000000000000000003';
    const [primary, older] = aRollout();
    const list = startDeployment(aRollout(), { deploymentId: latest, taskDefinitionArn: 'web:3' }, NOW);
    expect(list.map(({ deploymentId, status, rolloutState }) => [deploymentId, status, rolloutState])).toEqual([
      [latest, 'PRIMARY', 'IN_PROGRESS'],
      [NEW_ID, 'ACTIVE', 'IN_PROGRESS'],
      [OLD_ID, 'ACTIVE', 'COMPLETED'],
    ]);
    expect(list[1]).toEqual({ ...primary, status: 'ACTIVE', updatedAt: NOW });
    expect(list[2]).toEqual(older);
  });
});

describe('applyDeploymentDecisions', () => {
  it('completes, fails and removes', () => {
    const [primary, older] = aRollout();
    const done = { kind: 'complete', deploymentId: NEW_ID, rolloutStateReason: 'done' } as const;
    const failed = {
      kind: 'fail',
      deploymentId: NEW_ID,
      rolloutStateReason: 'tasks failed to start.',
      because: 'circuitBreaker',
    } as const;
    expect(applyDeploymentDecisions(aRollout(), [{ kind: 'remove', deploymentId: OLD_ID }, done], NOW)).toEqual([
      { ...primary, rolloutState: 'COMPLETED', rolloutStateReason: 'done', updatedAt: NOW },
    ]);
    expect(applyDeploymentDecisions(aRollout(), [failed], NOW)[0]).toMatchObject({ rolloutState: 'FAILED' });
    expect(applyDeploymentDecisions(aRollout(), [], NOW)).toEqual([primary, older]);
  });
});

describe('a rollback', () => {
  const back = { kind: 'rollBack', deploymentId: OLD_ID, rolloutStateReason: 'back', because: 'rolledBack' } as const;
  const [primary, older] = aRollout() as [ReturnType<typeof aDeployment>, ReturnType<typeof aDeployment>];

  it('puts its target in front as if it began, under its own id', () => {
    expect(applyDeploymentDecisions([primary, { ...older, failedTasks: 2 }], [back], NOW)).toEqual([
      {
        ...older,
        status: 'PRIMARY',
        rolloutState: 'IN_PROGRESS',
        rolloutStateReason: 'back',
        failedTasks: 0,
        rolledBackAt: NOW,
        updatedAt: NOW,
      },
      { ...primary, status: 'ACTIVE' },
    ]);
  });

  it('changes no list that does not have its target', () => {
    const list = applyDeploymentDecisions([primary], [{ ...back, deploymentId: 'gone' }], NOW);
    expect(list.map(({ deploymentId }) => deploymentId)).toEqual([NEW_ID]);
  });

  it('comes after the failure that it follows from', () => {
    const failed = { kind: 'fail', deploymentId: NEW_ID, rolloutStateReason: 'no', because: 'circuitBreaker' } as const;
    const list = applyDeploymentDecisions([primary, older], [failed, back], NOW);
    expect(list.map(({ deploymentId, status, rolloutState }) => [deploymentId, status, rolloutState])).toEqual([
      [OLD_ID, 'PRIMARY', 'IN_PROGRESS'],
      [NEW_ID, 'ACTIVE', 'FAILED'],
    ]);
  });
});

describe('decisions on one deployment', () => {
  const taskSet = { scale: 100, stabilityStatus: 'STABILIZING', stabilityStatusAt: 0, digest: '', tags: [] } as const;
  it.each<[string, Parameters<typeof applyDeploymentDecisions>[1][number], Partial<ReturnType<typeof aDeployment>>]>([
    ['failures are added', { kind: 'count', deploymentId: NEW_ID, failures: 2 }, { failedTasks: 3, updatedAt: NOW }],
    [
      'a task set is stable',
      { kind: 'stability', deploymentId: NEW_ID, status: 'STEADY_STATE' },
      { taskSet: { ...taskSet, stabilityStatus: 'STEADY_STATE', stabilityStatusAt: NOW }, updatedAt: NOW },
    ],
    ['another deployment is meant', { kind: 'count', deploymentId: OLD_ID, failures: 2 }, {}],
  ])('%s', (_name, decision, changes) => {
    const deployment = aDeployment({ failedTasks: 1, taskSet });
    expect(applyDeploymentDecisions([deployment], [decision], NOW)).toEqual([{ ...deployment, ...changes }]);
  });

  it('a deployment that is no task set has no stability', () => {
    const decision = { kind: 'stability', deploymentId: NEW_ID, status: 'STEADY_STATE' } as const;
    expect(applyDeploymentDecisions([aDeployment()], [decision], NOW)).toEqual([aDeployment()]);
  });
});

describe('withCompute', () => {
  const strategy = [{ capacityProvider: 'pool', weight: 1, base: 0 }];
  const { launchType: _none, ...byProvider } = aDefinition();
  it.each([
    [
      'a strategy takes the place of a launch type',
      { ...byProvider, capacityProviderStrategy: strategy },
      { capacityProviderStrategy: strategy },
    ],
    ['a launch type takes the place of a strategy', aDefinition({ launchType: 'FARGATE' }), { launchType: 'FARGATE' }],
    ['neither leaves neither', byProvider, {}],
  ] as const)('%s', (_name, definition, compute) => {
    const before = aDeployment({ launchType: 'EC2', capacityProviderStrategy: strategy });
    expect(withCompute([before], definition)).toEqual([{ ...aDeployment(), ...compute }]);
  });

  it('changes PRIMARY alone, and no task set', () => {
    const older = aDeployment({ deploymentId: OLD_ID, status: 'ACTIVE', launchType: 'EC2' });
    const taskSet = { scale: 1, stabilityStatus: 'STABILIZING', stabilityStatusAt: 0, digest: '', tags: [] } as const;
    const set = aDeployment({ taskSet, launchType: 'EC2' });
    expect(withCompute([older, set], aDefinition({ launchType: 'FARGATE' }))).toEqual([older, set]);
  });
});

describe('counts', () => {
  it('follow lastStatus', () => {
    const statuses = ['PROVISIONING', 'PENDING', 'ACTIVATING', 'RUNNING', 'RUNNING', 'STOPPING', 'STOPPED'] as const;
    expect(serviceCounts(statuses.map((lastStatus) => ({ lastStatus })))).toEqual({ runningCount: 2, pendingCount: 3 });
  });

  it('of deployments: PRIMARY wants the desired count, an ACTIVE one its kept tasks', () => {
    const tasks = [...tasksOf({ settling: 1, pending: 2 }), ...tasksOf({ healthy: 2, stopping: 1 }, 'old')];
    const counts = deploymentCounts(aDefinition({ desiredCount: 3 }), aRollout(), tasks);
    expect(
      counts.map(({ desiredCount, runningCount, pendingCount }) => [desiredCount, runningCount, pendingCount]),
    ).toEqual([
      [3, 1, 2],
      [2, 3, 0],
    ]);
  });

  it('are zero for a deployment without tasks', () => {
    const [counts] = deploymentCounts(aDefinition({ desiredCount: 0 }), [aDeployment()], []);
    expect(counts).toMatchObject({ desiredCount: 0, runningCount: 0, pendingCount: 0 });
  });
});

describe('withFailedTasks', () => {
  it('counts tasks that stopped without ever running, each in its deployment', () => {
    const stopped = { lastStatus: 'STOPPED', stopCode: 'TaskFailedToStart' } as const;
    const tasks = [
      aPendingTask('a', stopped),
      aPendingTask('b', stopped),
      aPendingTask('c', { ...stopped, stopCode: 'ServiceSchedulerInitiated' }),
      aTask('d', { ...stopped, stopCode: 'EssentialContainerExited' }),
      aPendingTask('e', { ...stopped, deploymentId: OLD_ID }),
    ];
    const once = withFailedTasks(aRollout(), tasks, NOW);
    expect(once.map(({ failedTasks }) => failedTasks)).toEqual([2, 1]);
    expect(withFailedTasks(once, tasks.slice(0, 1), NOW).map(({ failedTasks }) => failedTasks)).toEqual([3, 1]);
  });

  it('leaves other deployments unchanged', () => {
    const [primary] = aRollout();
    expect(withFailedTasks(aRollout(), [], NOW)[0]).toEqual(primary);
  });
});
