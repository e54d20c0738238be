/** A service's deployments and their counts. */
import { describe, expect, it } from 'vitest';
import {
  applyDeploymentDecisions,
  deploymentCounts,
  serviceCounts,
  startDeployment,
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
