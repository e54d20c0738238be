/** How many tasks start, of which deployment, in whose place, and when none may. */
import { describe, expect, it } from 'vitest';
import { planStarts } from '../../../../scheduler/reconcile/plan-starts.ts';
import { planStops } from '../../../../scheduler/reconcile/plan-stops.ts';
import { aDeployment, aRollout, aTask, NEW_ID, NOW, OLD_ID, tasksOf } from '../../../support/service-builders.ts';
import { aView, kindsOf, type Snapshot } from '../../../support/service-view.ts';

interface Row {
  readonly when: string;
  readonly snapshot: Snapshot;
  readonly startNew?: number;
  readonly startOld?: number;
  readonly replaces?: readonly string[];
  readonly wanted?: number;
  readonly blocked?: boolean;
  readonly stop?: readonly string[];
}

const planned = (snapshot: Snapshot) => {
  const view = aView(snapshot);
  const { start, stops, wanted, blocked } = planStarts(view, planStops(view));
  const of = (id: string) => start.filter(({ deploymentId }) => deploymentId === id);
  const sum = (id: string) => of(id).reduce((total, { count }) => total + count, 0);
  return {
    startNew: sum(NEW_ID),
    startOld: sum(OLD_ID),
    replaces: start.flatMap(({ replaces }) => replaces),
    wanted,
    blocked,
    stop: kindsOf(stops.stop),
  };
};

const sick = { hasHealthCheck: true, healthStatus: 'UNHEALTHY' } as const;
const failing = { throttle: { consecutiveStartFailures: 3 } } as const;
const tight = { maximumPercent: 100 } as const;

const ROWS: readonly Row[] = [
  { when: 'nothing is there', snapshot: {}, startNew: 3, wanted: 3 },
  { when: 'some are there', snapshot: { tasks: tasksOf({ healthy: 1, pending: 1 }) }, startNew: 1, wanted: 1 },
  { when: 'all are there', snapshot: { tasks: tasksOf({ healthy: 3 }) } },
  { when: 'none is wanted', snapshot: { definition: { desiredCount: 0 } } },
  {
    when: 'one stops: it does not count',
    snapshot: { tasks: tasksOf({ healthy: 2, stopping: 1 }) },
    startNew: 1,
    wanted: 1,
  },
  {
    when: 'one is unhealthy: another starts in its place',
    snapshot: { tasks: tasksOf({ checked: 2, unhealthy: 1 }) },
    startNew: 1,
    wanted: 1,
    replaces: ['new-unhealthy-0'],
  },
  {
    when: 'one is unhealthy and its replacement is on its way',
    snapshot: {
      tasks: [
        ...tasksOf({ checked: 2, unhealthy: 1 }),
        aTask('r', { lastStatus: 'PENDING', replaces: 'new-unhealthy-0' }),
      ],
    },
  },
  {
    when: 'one is unhealthy and one is missing: the missing one first',
    snapshot: { definition: { ...tight, desiredCount: 4 }, tasks: [aTask('a'), aTask('b'), aTask('c', sick)] },
    startNew: 1,
    wanted: 2,
    replaces: [],
  },
  {
    when: 'two are unhealthy: each is replaced, in order of id',
    snapshot: { tasks: [aTask('a'), aTask('z', sick), aTask('b', sick)] },
    startNew: 2,
    wanted: 2,
    replaces: ['b', 'z'],
  },
  {
    when: 'there is no room for a replacement: an unhealthy one gives way',
    snapshot: { definition: tight, tasks: tasksOf({ checked: 2, unhealthy: 1 }) },
    startNew: 1,
    wanted: 1,
    replaces: ['new-unhealthy-0'],
    stop: ['new-unhealthy'],
  },
  {
    when: 'one is on a DRAINING instance: another starts beside it',
    snapshot: { tasks: tasksOf({ healthy: 2, draining: 1 }) },
    startNew: 1,
    wanted: 1,
  },
  {
    when: 'one is on a DRAINING instance, and there is no room beside it',
    snapshot: { definition: tight, tasks: tasksOf({ healthy: 2, draining: 1 }) },
    wanted: 1,
    blocked: true,
  },
  {
    when: 'a rollout begins',
    snapshot: { deployments: aRollout(), tasks: tasksOf({ healthy: 3 }, 'old') },
    startNew: 3,
    wanted: 3,
  },
  {
    when: 'a rollout has room for some',
    snapshot: {
      definition: { desiredCount: 4, maximumPercent: 150 },
      deployments: aRollout(),
      tasks: tasksOf({ healthy: 4 }, 'old'),
    },
    startNew: 2,
    wanted: 4,
  },
  {
    when: 'a rollout has no room at all',
    snapshot: { definition: tight, deployments: aRollout(), tasks: tasksOf({ healthy: 3 }, 'old') },
    wanted: 3,
    blocked: true,
  },
  {
    when: 'a rollout has no room until a task that stops makes it',
    snapshot: {
      definition: { ...tight, minimumHealthyPercent: 50, desiredCount: 4 },
      deployments: aRollout(),
      tasks: tasksOf({ healthy: 4 }, 'old'),
    },
    startNew: 2,
    wanted: 4,
    stop: ['old-healthy', 'old-healthy'],
  },
  {
    when: 'an old task is lost while new ones come up: they make up for it',
    snapshot: { deployments: aRollout(), tasks: [...tasksOf({ healthy: 2 }, 'old'), ...tasksOf({ pending: 3 })] },
  },
  {
    when: 'an old task is lost while new ones fail: its own revision again, and the new ones beside it',
    snapshot: { ...failing, deployments: aRollout(), tasks: tasksOf({ healthy: 2 }, 'old') },
    startNew: 3,
    startOld: 1,
    wanted: 3,
  },
  {
    when: 'there is room for one of both: the old revision first while the new one fails',
    snapshot: { ...failing, definition: tight, deployments: aRollout(), tasks: tasksOf({ healthy: 2 }, 'old') },
    startOld: 1,
    wanted: 3,
  },
  {
    when: 'there is room for one of both: the new revision first while it comes up',
    snapshot: { definition: tight, deployments: aRollout(), tasks: tasksOf({ healthy: 2 }, 'old') },
    startNew: 1,
    wanted: 3,
  },
  {
    when: 'the deployment has failed: only the old side is made good',
    snapshot: {
      deployments: [aDeployment({ rolloutState: 'FAILED' }), aDeployment({ deploymentId: OLD_ID, status: 'ACTIVE' })],
      tasks: tasksOf({ healthy: 2 }, 'old'),
    },
    startOld: 1,
  },
  {
    when: 'the throttle holds launches back',
    snapshot: { throttle: { consecutiveStartFailures: 3, nextLaunchAt: NOW + 1 } },
    wanted: 3,
  },
  {
    when: 'the throttle’s time has come',
    snapshot: { throttle: { consecutiveStartFailures: 3, nextLaunchAt: NOW } },
    startNew: 3,
    wanted: 3,
  },
  { when: 'a place is tried again later', snapshot: { placementRetryAt: NOW + 1 }, wanted: 3 },
  { when: 'the service is deleted', snapshot: { status: 'DRAINING' } },
  { when: 'there is no PRIMARY deployment', snapshot: { deployments: [] } },
];

describe('planStarts', () => {
  it.each(ROWS)(
    '$when',
    ({ snapshot, startNew = 0, startOld = 0, replaces = [], wanted = 0, blocked = false, stop = [] }) => {
      expect(planned(snapshot)).toEqual({ startNew, startOld, replaces, wanted, blocked, stop });
    },
  );

  it('gives each start as many reasons as it has tasks', () => {
    const view = aView({ ...failing, deployments: aRollout(), tasks: tasksOf({ healthy: 2 }, 'old') });
    const { start } = planStarts(view, planStops(view));
    expect(start.map(({ deploymentId, because }) => [deploymentId, because])).toEqual([
      [NEW_ID, [{ reason: 'rollout', count: 3 }]],
      [OLD_ID, [{ reason: 'restoreOld', count: 1 }]],
    ]);
  });
});
