/** How a snapshot is sorted before any rule looks at it. */
import { describe, expect, it } from 'vitest';
import type { TaskBucket } from '../../../../scheduler/service/classify.ts';
import { OPEN_GATE } from '../../../../scheduler/service/gate.ts';
import { FAILED_DEPLOYMENT_SHOWN_MS } from '../../../../scheduler/service/policy.ts';
import {
  isComingUp,
  isGivenUp,
  isGood,
  isLeaving,
  isOldReplacement,
  launchesHeldUntil,
  shownUntil,
  type ServiceView,
} from '../../../../scheduler/service/view.ts';
import {
  aDeployment,
  aPendingTask,
  aRollout,
  aTask,
  NEW_ID,
  NOW,
  OLD_ID,
  tasksOf,
} from '../../../support/service-builders.ts';
import { aView, type Snapshot } from '../../../support/service-view.ts';

const ids = (items: ServiceView['current']): readonly string[] => items.map(({ task }) => task.taskId);

describe('the sides of a view', () => {
  it('are the PRIMARY deployment’s tasks, all others, and those that stop', () => {
    const tasks = [
      ...tasksOf({ healthy: 1, pending: 1, stopping: 1 }),
      ...tasksOf({ healthy: 1, draining: 1, stopping: 1 }, 'old'),
    ];
    const view = aView({ deployments: aRollout(), tasks });
    expect(ids(view.current)).toEqual(['new-healthy-0', 'new-pending-0']);
    expect(ids(view.old)).toEqual(['old-healthy-0', 'old-draining-0']);
    expect(ids(view.stopping)).toEqual(['new-stopping-0', 'old-stopping-0']);
  });

  it('count tasks of a deployment that the list has forgotten as old', () => {
    const view = aView({ tasks: [aTask('t', { deploymentId: 'ecs-svc/gone' })] });
    expect(ids(view.old)).toEqual(['t']);
  });

  it('have no current one without a PRIMARY deployment', () => {
    const view = aView({ deployments: [], tasks: tasksOf({ healthy: 2 }) });
    expect(view.primary).toBeUndefined();
    expect(ids(view.current)).toEqual([]);
    expect(view.old).toHaveLength(2);
  });

  it('hold nothing back before the stages have been looked at', () => {
    expect(aView().gate).toEqual(OPEN_GATE);
  });
});

describe('the desired count of a view', () => {
  it.each([
    ['ACTIVE', 3, { lower: 2, upper: 6 }],
    ['DRAINING', 0, { lower: 0, upper: 0 }],
    ['INACTIVE', 0, { lower: 0, upper: 0 }],
  ] as const)('of an %s service is %i', (status, desired, bounds) => {
    const view = aView({ status, definition: { desiredCount: 3, minimumHealthyPercent: 50, maximumPercent: 200 } });
    expect({ desired: view.desired, bounds: view.bounds }).toEqual({ desired, bounds });
    expect(isLeaving(view)).toBe(status !== 'ACTIVE');
  });
});

describe('the deployments that are being rolled out of', () => {
  const third = aDeployment({ deploymentId: 'ecs-svc/0000000000000000000', status: 'ACTIVE' });
  it.each<[string, Snapshot['tasks'], readonly string[]]>([
    ['without a task', [], []],
    ['with a running task', tasksOf({ healthy: 1 }, 'old'), [OLD_ID]],
    ['with a stopping task', tasksOf({ stopping: 1 }, 'old'), [OLD_ID]],
    ['PRIMARY', tasksOf({ healthy: 1 }), []],
    [
      'two, newest first',
      [aTask('x', { deploymentId: third.deploymentId }), ...tasksOf({ healthy: 1 }, 'old')],
      [OLD_ID, third.deploymentId],
    ],
  ])('%s', (_name, tasks = [], expected) => {
    const view = aView({ deployments: [...aRollout(), third], tasks });
    expect(view.rollingOut.map(({ deploymentId }) => deploymentId)).toEqual(expected);
  });
});

describe('what a bucket means', () => {
  const GOOD: readonly TaskBucket[] = ['pending', 'settling', 'healthy', 'unhealthyInGrace'];
  const COMING_UP: readonly TaskBucket[] = ['pending', 'settling'];
  const ALL: readonly TaskBucket[] = [...GOOD, ...(['unhealthy', 'draining', 'drainingPending', 'stopping'] as const)];
  it.each(ALL)('%s', (bucket) => {
    const item = { task: aTask('t'), bucket, healthy: false };
    expect(isGood(item)).toBe(GOOD.includes(bucket));
    expect(isComingUp(item)).toBe(COMING_UP.includes(bucket));
  });
});

describe('a task of an old deployment', () => {
  const began = NOW - 60_000;
  const rollout = (primary: Parameters<typeof aDeployment>[0] = {}): Snapshot => ({
    deployments: [
      aDeployment({ rolloutState: 'IN_PROGRESS', createdAt: began, ...primary }),
      aDeployment({ deploymentId: OLD_ID, status: 'ACTIVE' }),
    ],
  });
  it.each([
    ['that started before the rollout', began - 1, {}, false],
    ['that started with the rollout', began, {}, true],
    ['that started during the rollout', began + 1, {}, true],
    ['that started before a rollback', began + 1, { rolledBackAt: began + 10 }, false],
    ['that started after a rollback', began + 10, { rolledBackAt: began + 10 }, true],
  ] as const)('%s', (_name, createdAt, primary, expected) => {
    const view = aView({
      ...rollout(primary),
      tasks: [aPendingTask('t', { deploymentId: OLD_ID, createdAt })],
    });
    expect(isOldReplacement(view, view.old[0]!)).toBe(expected);
  });

  it('replaces nothing where there is no PRIMARY deployment', () => {
    const view = aView({ deployments: [], tasks: [aPendingTask('t', { createdAt: NOW })] });
    expect(isOldReplacement(view, view.old[0]!)).toBe(false);
  });
});

describe('a deployment that has FAILED', () => {
  it.each([
    ['IN_PROGRESS', false],
    ['COMPLETED', false],
    ['FAILED', true],
  ] as const)('%s: given up is %s', (rolloutState, expected) => {
    expect(isGivenUp(aView({ deployments: [aDeployment({ rolloutState })] }))).toBe(expected);
  });

  it.each([
    ['ACTIVE', 'FAILED', NOW + FAILED_DEPLOYMENT_SHOWN_MS],
    ['PRIMARY', 'FAILED', 0],
    ['ACTIVE', 'COMPLETED', 0],
    ['ACTIVE', 'IN_PROGRESS', 0],
  ] as const)('%s and %s: is shown until %i', (status, rolloutState, until) => {
    expect(shownUntil(aView(), aDeployment({ status, rolloutState, updatedAt: NOW }))).toBe(until);
  });
});

describe('launches', () => {
  it.each<[string, Snapshot, number | undefined]>([
    ['are free', {}, undefined],
    ['are free once the time has come', { placementRetryAt: NOW }, undefined],
    ['wait for a place', { placementRetryAt: NOW + 1 }, NOW + 1],
    ['wait for the throttle', { throttle: { consecutiveStartFailures: 3, nextLaunchAt: NOW + 5 } }, NOW + 5],
    [
      'wait for the later of both',
      { placementRetryAt: NOW + 9, throttle: { consecutiveStartFailures: 3, nextLaunchAt: NOW + 5 } },
      NOW + 9,
    ],
  ])('%s', (_name, snapshot, until) => {
    expect(launchesHeldUntil(aView(snapshot))).toBe(until);
  });
});

it('a view names the deployment that is PRIMARY, wherever it stands in the list', () => {
  const [primary, old] = aRollout();
  expect(aView({ deployments: [old!, primary!] }).primary?.deploymentId).toBe(NEW_ID);
});
