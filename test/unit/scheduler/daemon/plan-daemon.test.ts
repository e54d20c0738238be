/** Plans of DAEMON services. */
import { describe, expect, it } from 'vitest';
import { planService } from '../../../../scheduler/reconcile/plan-service.ts';
import type { DaemonInstances, ServiceSnapshot, ServiceTask } from '../../../../scheduler/service/types.ts';
import {
  aDeployment,
  aPendingTask,
  aRollout,
  aSnapshot,
  aTask,
  NEW_ID,
  NOW,
  OLD_ID,
} from '../../../support/service-builders.ts';

const LOOK_AGAIN = NOW + 300_000;

const instances = (changes: Partial<DaemonInstances> = {}): DaemonInstances => ({
  eligible: ['a', 'b', 'c'],
  violating: [],
  draining: [],
  busyDraining: [],
  refused: [],
  lookAgainAt: LOOK_AGAIN,
  ...changes,
});

type Changes = NonNullable<Parameters<typeof aSnapshot>[0]>;

const daemonSnapshot = (daemon: Partial<DaemonInstances> = {}, changes: Changes = {}): ServiceSnapshot =>
  aSnapshot({
    drainingInstanceIds: [],
    daemon: instances(daemon),
    ...changes,
    definition: {
      schedulingStrategy: 'DAEMON',
      desiredCount: 0,
      minimumHealthyPercent: 0,
      maximumPercent: 100,
      ...changes.definition,
    },
  });

/** A healthy task on the named instance; `old` for the previous deployment. */
const on = (id: string, changes: Partial<ServiceTask> = {}): ServiceTask =>
  aTask(`t-${id}`, { containerInstanceId: id, ...changes });
const oldOn = (id: string, changes: Partial<ServiceTask> = {}): ServiceTask =>
  aTask(`old-${id}`, { containerInstanceId: id, deploymentId: OLD_ID, ...changes });
const sick = { hasHealthCheck: true, healthStatus: 'UNHEALTHY' } as const;

const planned = (snapshot: ServiceSnapshot) => {
  const plan = planService(snapshot, NOW);
  return {
    plan,
    start: plan.start.map(({ deploymentId, instanceIds = [] }) => [deploymentId, ...instanceIds]),
    stop: plan.stop.map(({ taskId }) => taskId).sort(),
  };
};

interface Row {
  readonly what: string;
  readonly daemon?: Partial<DaemonInstances>;
  readonly tasks: readonly ServiceTask[];
  readonly changes?: Changes;
  readonly start?: readonly (readonly string[])[];
  /** Ids, or matchers of them. */
  readonly stop?: readonly unknown[];
}

const NEW_SPEC = aDeployment({ rolloutState: 'IN_PROGRESS' });
const FAILED: Changes = {
  deployments: [
    aDeployment({ rolloutState: 'FAILED', createdAt: NOW - 1_000 }),
    aDeployment({ deploymentId: OLD_ID, status: 'ACTIVE' }),
  ],
};

const ROWS: readonly Row[] = [
  { what: 'one on each eligible instance', tasks: [], start: [[NEW_ID, 'a', 'b', 'c']] },
  {
    what: 'none where one is, whatever it does',
    tasks: [on('a'), aPendingTask('t-b', { containerInstanceId: 'b' })],
    start: [[NEW_ID, 'c']],
  },
  {
    what: 'none before the old one has fully stopped',
    tasks: [on('a', { desiredStatus: 'STOPPED' }), on('b'), on('c')],
  },
  { what: 'none where there is no eligible instance', daemon: { eligible: [] }, tasks: [] },
  {
    what: 'not where there was no room lately; elsewhere at once',
    daemon: { refused: ['a'] },
    tasks: [on('b')],
    changes: { placementRetryAt: NOW + 1_000 },
    start: [[NEW_ID, 'c']],
  },
  {
    what: 'everywhere once the wait is over',
    daemon: { refused: ['a'] },
    tasks: [on('b'), on('c')],
    changes: { placementRetryAt: NOW },
    start: [[NEW_ID, 'a']],
  },
  {
    what: 'nowhere while start failures hold launches back',
    tasks: [on('a')],
    changes: { throttle: { consecutiveStartFailures: 3, nextLaunchAt: NOW + 60_000 } },
  },
  {
    what: 'off an instance that does not belong any more',
    daemon: { eligible: ['a'], violating: ['b'] },
    tasks: [on('a'), on('b')],
    stop: ['t-b'],
  },
  { what: 'not off an instance that nothing is known of', daemon: { eligible: ['a'] }, tasks: [on('a'), on('gone')] },
  {
    what: 'off a DRAINING instance',
    daemon: { eligible: ['a'], draining: ['b'] },
    tasks: [on('a'), on('b')],
    stop: ['t-b'],
  },
  {
    what: 'last off a DRAINING instance: not while tasks of others are left',
    daemon: { eligible: ['a'], draining: ['b'], busyDraining: ['b'] },
    tasks: [on('a'), on('b')],
  },
  {
    what: 'but at once when it has not run yet',
    daemon: { eligible: ['a'], draining: ['b'], busyDraining: ['b'] },
    tasks: [on('a'), aPendingTask('t-b', { containerInstanceId: 'b' })],
    stop: ['t-b'],
  },
  {
    what: 'all old ones at once with a minimum of 0',
    tasks: ['a', 'b', 'c'].map((id) => oldOn(id)),
    changes: { deployments: aRollout() },
    stop: ['old-a', 'old-b', 'old-c'],
  },
  {
    what: 'at most desired less the lower bound at a time',
    tasks: ['a', 'b', 'c'].map((id) => oldOn(id)),
    changes: { deployments: aRollout(), definition: { minimumHealthyPercent: 60 } },
    stop: [expect.stringMatching(/^old-/)],
  },
  {
    what: 'nothing while the new ones are not healthy yet',
    tasks: [on('a', { startedAt: NOW - 5_000 }), oldOn('b'), oldOn('c')],
    changes: { deployments: aRollout(), definition: { minimumHealthyPercent: 60 } },
  },
  {
    what: 'the new one where the old one has gone',
    tasks: [oldOn('b'), oldOn('c')],
    changes: { deployments: aRollout(), definition: { minimumHealthyPercent: 60 } },
    start: [[NEW_ID, 'a']],
  },
  {
    what: 'all old ones but those under protection',
    tasks: [oldOn('a', { protectedUntil: NOW + 60_000 }), oldOn('b'), oldOn('c')],
    changes: { deployments: aRollout() },
    stop: ['old-b', 'old-c'],
  },
  {
    what: 'one unhealthy task at a time',
    tasks: [on('a', sick), on('b', sick), on('c')],
    stop: [expect.stringMatching(/^t-[ab]$/)],
  },
  {
    what: 'no unhealthy one while another is coming up',
    tasks: [on('a', sick), aPendingTask('t-b', { containerInstanceId: 'b' }), on('c')],
  },
  {
    what: 'an unhealthy one although another instance has no room',
    daemon: { refused: ['b'] },
    tasks: [on('a', sick), on('c')],
    changes: { placementRetryAt: NOW + 1_000 },
    stop: ['t-a'],
  },
  {
    what: 'the worse of two that should not be',
    daemon: { eligible: ['a'] },
    tasks: [on('a'), on('a', { taskId: 't-a2', ...sick })],
    stop: ['t-a2'],
  },
  { what: 'nothing more for a deployment that was given up', tasks: [oldOn('b'), oldOn('c')], changes: FAILED },
  {
    what: 'but what the old side owes the lower bound',
    tasks: [oldOn('b')],
    changes: { ...FAILED, definition: { minimumHealthyPercent: 60 } },
    start: [[OLD_ID, 'a']],
  },
  {
    what: 'everything when the service is deleted',
    tasks: [on('a'), on('b')],
    changes: { status: 'DRAINING' },
    stop: ['t-a', 't-b'],
  },
];

describe('planService for DAEMON', () => {
  it.each(ROWS)('$what', ({ daemon, tasks, changes, start = [], stop = [] }) => {
    const found = planned(daemonSnapshot(daemon, { tasks, ...changes }));
    expect({ start: found.start, stop: found.stop }).toEqual({ start, stop });
  });

  it('says why it stops tasks that no longer belong on their instance', () => {
    const { plan } = planned(daemonSnapshot({ eligible: [], violating: ['a'] }, { tasks: [on('a')] }));
    expect(plan.stop[0]).toMatchObject({ stoppedReason: expect.stringContaining('placement constraints') as string });
    expect(plan.actions[0]?.eventName).toBe('SERVICE_DAEMON_PLACEMENT_CONSTRAINT_VIOLATED');
    expect(plan.events[0]).toContain(
      '1 tasks on container instances that no longer meet the placement constraints: (task t-a)',
    );
  });

  it('is complete and steady once each instance has a task, not before', () => {
    const deployments = [NEW_SPEC];
    const { plan } = planned(daemonSnapshot({}, { tasks: ['a', 'b', 'c'].map((id) => on(id)), deployments }));
    expect(plan.deployments).toMatchObject([{ kind: 'complete' }]);
    expect(plan.events).toContain('(service web) has reached a steady state.');
    const early = planned(daemonSnapshot({}, { tasks: [on('a'), on('b'), on('x')], deployments })).plan;
    expect(early.deployments).toEqual([]);
  });

  it('plans again when the wait for a place, the throttle, or the look at the instances expires', () => {
    const wakes = (daemon: Partial<DaemonInstances>, changes: Changes) =>
      planned(daemonSnapshot(daemon, changes)).plan.wakeAt;
    const tasks = ['a', 'b', 'c'].map((id) => on(id));
    expect(wakes({}, { tasks })).toBe(LOOK_AGAIN);
    expect(wakes({ refused: ['c'] }, { tasks: tasks.slice(0, 2), placementRetryAt: NOW + 9 })).toBe(NOW + 9);
    const throttle = { consecutiveStartFailures: 3, nextLaunchAt: NOW + 5 };
    expect(wakes({ refused: ['c'] }, { tasks: tasks.slice(0, 1), throttle, placementRetryAt: NOW + 9 })).toBe(NOW + 5);
  });

  it('says when the bounds block the rollout', () => {
    const changes = { deployments: aRollout(), definition: { minimumHealthyPercent: 99 } };
    const { plan } = planned(daemonSnapshot({ eligible: ['a'] }, { tasks: [oldOn('a')], ...changes }));
    expect(plan.events.join()).toContain('was unable to stop or start tasks during a deployment');
  });

  it('plans everything that can be done now: planning again gives nothing', () => {
    const snapshot = daemonSnapshot({}, { tasks: ['a', 'b', 'c'].map((id) => oldOn(id)), deployments: aRollout() });
    const stopped = snapshot.tasks.map((task): ServiceTask => ({ ...task, desiredStatus: 'STOPPED' }));
    const { start, stop } = planned({ ...snapshot, tasks: stopped });
    expect([start, stop]).toEqual([[], []]);
  });
});
