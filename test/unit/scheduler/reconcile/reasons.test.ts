/** Every start and every stop has a reason, and a plan says what it is waiting for. */
import { describe, expect, it } from 'vitest';
import { planService } from '../../../../scheduler/reconcile/plan-service.ts';
import type { ServiceSnapshot } from '../../../../scheduler/service/types.ts';
import { aDeployment, aRollout, aSnapshot, NEW_ID, NOW, tasksOf } from '../../../support/service-builders.ts';

const inProgress = [aDeployment({ rolloutState: 'IN_PROGRESS' })];
const starts = (snapshot: ServiceSnapshot) => planService(snapshot, NOW).start.flatMap(({ because }) => because);
const stops = (snapshot: ServiceSnapshot) => planService(snapshot, NOW).stop.map(({ because }) => because);
const waits = (snapshot: ServiceSnapshot) => planService(snapshot, NOW).waits.map((wait) => wait.for);

describe('the reasons of starts', () => {
  it.each([
    ['the first tasks of a deployment', { deployments: inProgress }, [['rollout', 3]]],
    ['more tasks wanted', { tasks: tasksOf({ healthy: 1 }) }, [['scaleOut', 2]]],
    ['a task that stopped', { tasks: tasksOf({ healthy: 2 }), lostTasks: { [NEW_ID]: 1 } }, [['replaceStopped', 1]]],
    [
      'a task that stopped, and more wanted',
      { tasks: tasksOf({ healthy: 1 }), lostTasks: { [NEW_ID]: 1 } },
      [
        ['replaceStopped', 1],
        ['scaleOut', 1],
      ],
    ],
    ['an unhealthy task', { tasks: tasksOf({ checked: 2, unhealthy: 1 }) }, [['replaceUnhealthy', 1]]],
    ['a draining instance', { tasks: tasksOf({ healthy: 2, draining: 1 }) }, [['replaceDraining', 1]]],
    [
      'an old task lost while the new ones fail',
      {
        deployments: aRollout(),
        tasks: tasksOf({ healthy: 2 }, 'old'),
        throttle: { consecutiveStartFailures: 3, nextLaunchAt: NOW - 1 },
        definition: { desiredCount: 3, maximumPercent: 100 },
      },
      [['restoreOld', 1]],
    ],
  ] as const)('%s', (_name, changes, expected) => {
    expect(starts(aSnapshot(changes))).toEqual(expected.map(([reason, count]) => ({ reason, count })));
  });
});

describe('the reasons of stops', () => {
  const leaving = { status: 'DRAINING' as const, definition: { desiredCount: 0 } };
  it.each([
    ['scale-in', { tasks: tasksOf({ healthy: 4 }) }, ['scaleIn']],
    [
      'a newer deployment',
      { deployments: aRollout(), tasks: [...tasksOf({ healthy: 3 }), ...tasksOf({ healthy: 1 }, 'old')] },
      ['retired'],
    ],
    [
      'a newer deployment before they ran',
      { deployments: aRollout(), tasks: tasksOf({ pending: 1 }, 'old') },
      ['retiredPending'],
    ],
    ['a draining instance', { tasks: tasksOf({ healthy: 3, draining: 1 }) }, ['draining']],
    ['a draining instance before they ran', { tasks: tasksOf({ drainingPending: 1 }) }, ['drainingPending']],
    ['health checks', { tasks: tasksOf({ checked: 3, unhealthy: 1 }) }, ['unhealthy']],
    [
      'health checks without room',
      { definition: { maximumPercent: 100 }, tasks: tasksOf({ checked: 2, unhealthy: 1 }) },
      ['makeRoom'],
    ],
    ['deletion', { ...leaving, tasks: tasksOf({ healthy: 2 }) }, ['deletion', 'deletion']],
  ] as const)('%s', (_name, changes, expected) => {
    expect(stops(aSnapshot(changes))).toEqual(expected);
  });
});

describe('what a plan waits for', () => {
  it.each([
    ['nothing when steady', { tasks: tasksOf({ healthy: 3 }) }, []],
    ['a place', { tasks: tasksOf({ healthy: 2 }), placementRetryAt: NOW + 1 }, ['placement']],
    ['the throttle', { throttle: { consecutiveStartFailures: 4, nextLaunchAt: NOW + 1 } }, ['throttle']],
    ['tasks on their way', { tasks: tasksOf({ healthy: 1, pending: 2 }) }, ['toRun']],
    ['health checks', { tasks: tasksOf({ checked: 2, unchecked: 1 }) }, ['toBecomeHealthy']],
    [
      'room, when bounds block a rollout',
      { definition: { maximumPercent: 100 }, deployments: aRollout(), tasks: tasksOf({ healthy: 3 }, 'old') },
      ['bounds', 'toBeReplaced'],
    ],
    [
      'an update, after a failed deployment',
      { deployments: [aDeployment({ rolloutState: 'FAILED' })] },
      ['failedDeployment'],
    ],
  ] as const)('%s', (_name, changes, expected) => {
    expect(waits(aSnapshot(changes))).toEqual(expected);
  });
});
