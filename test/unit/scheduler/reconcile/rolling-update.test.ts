/** Plans of a rolling update. */
import { describe, expect, it } from 'vitest';
import { planService } from '../../../../scheduler/reconcile/plan-service.ts';
import type { ExpectedPlan } from '../../../support/expect-plan.ts';
import { expectPlan } from '../../../support/expect-plan.ts';
import type { TaskKind } from '../../../support/service-builders.ts';
import {
  aDeployment,
  aPendingTask,
  aRollout,
  aSnapshot,
  aTask,
  NEW_ID,
  NOW,
  OLD_ID,
  tasksOf,
} from '../../../support/service-builders.ts';

type Counts = Partial<Record<TaskKind, number>>;
interface Row {
  readonly when: string;
  readonly desired: number;
  readonly percents: readonly [minimum: number, maximum: number];
  readonly old: Counts;
  readonly new?: Counts;
  readonly plan: ExpectedPlan;
}
const times = (n: number, kind: string): string[] => Array.from({ length: n }, () => kind);

const snapshotOf = (row: Row) =>
  aSnapshot({
    definition: {
      desiredCount: row.desired,
      minimumHealthyPercent: row.percents[0],
      maximumPercent: row.percents[1],
    },
    deployments: aRollout(),
    tasks: [...tasksOf(row.old, 'old'), ...tasksOf(row.new ?? {})],
  });

const rows: readonly Row[] = [
  {
    when: 'room for all: all new tasks start, no old task stops',
    desired: 3,
    percents: [100, 200],
    old: { healthy: 3 },
    plan: { startNew: 3 },
  },
  {
    when: 'new tasks have run for less than 40 s: wait',
    desired: 3,
    percents: [100, 200],
    old: { healthy: 3 },
    new: { settling: 3 },
    plan: {},
  },
  {
    when: 'new tasks have no health status yet: wait',
    desired: 3,
    percents: [100, 200],
    old: { healthy: 3 },
    new: { unchecked: 3 },
    plan: {},
  },
  {
    when: 'one new task is healthy: one old task stops',
    desired: 3,
    percents: [100, 200],
    old: { healthy: 3 },
    new: { healthy: 1, settling: 2 },
    plan: { stop: ['old-healthy'] },
  },
  {
    when: 'all new tasks are healthy: all old tasks stop',
    desired: 3,
    percents: [100, 200],
    old: { healthy: 3 },
    new: { checked: 3 },
    plan: { stop: times(3, 'old-healthy') },
  },
  {
    when: 'half may stop first: two stop, and new tasks start up to upper',
    desired: 4,
    percents: [50, 200],
    old: { healthy: 4 },
    plan: { startNew: 4, stop: times(2, 'old-healthy') },
  },
  {
    when: 'no room above desired: two stop and make room for two',
    desired: 4,
    percents: [50, 100],
    old: { healthy: 4 },
    plan: { startNew: 2, stop: times(2, 'old-healthy') },
  },
  {
    when: 'room for one above desired: one starts',
    desired: 4,
    percents: [100, 125],
    old: { healthy: 4 },
    plan: { startNew: 1 },
  },
  {
    when: 'one task above desired is healthy: one old task stops, the next starts',
    desired: 4,
    percents: [100, 125],
    old: { healthy: 4 },
    new: { healthy: 1 },
    plan: { startNew: 1, stop: ['old-healthy'] },
  },
  {
    when: 'pending old tasks stop at once and make room',
    desired: 4,
    percents: [100, 100],
    old: { pending: 4 },
    plan: { startNew: 4, stop: times(4, 'old-pending') },
  },
  {
    when: 'unhealthy old tasks stop before healthy ones',
    desired: 3,
    percents: [100, 200],
    old: { healthy: 2, unhealthy: 1 },
    new: { healthy: 1, settling: 2 },
    plan: { stop: ['old-unhealthy'] },
  },
  {
    when: 'unhealthy old tasks stay while too few are healthy and new tasks are coming up',
    desired: 3,
    percents: [100, 200],
    old: { unhealthy: 3 },
    new: { settling: 3 },
    plan: {},
  },
  {
    when: 'upper leaves no room and old tasks are unhealthy: one gives way',
    desired: 3,
    percents: [100, 125],
    old: { unhealthy: 3 },
    plan: { startNew: 1, stop: ['old-unhealthy'] },
  },
  {
    when: 'upper leaves no room but a new task is coming up: wait',
    desired: 3,
    percents: [100, 125],
    old: { unhealthy: 2 },
    new: { pending: 1 },
    plan: {},
  },
  {
    when: 'old tasks that have just started stay until others are healthy',
    desired: 3,
    percents: [100, 200],
    old: { settling: 3 },
    plan: { startNew: 3 },
  },
  {
    when: 'stopping tasks take no room',
    desired: 3,
    percents: [100, 125],
    old: { stopping: 3 },
    new: {},
    plan: { startNew: 3 },
  },
  {
    when: 'scaled in during the rollout: surplus new tasks stop, pending ones first',
    desired: 2,
    percents: [100, 200],
    old: { healthy: 2 },
    new: { pending: 2, settling: 2 },
    plan: { stop: times(2, 'new-pending') },
  },
  {
    when: 'scaled to zero during the rollout: all tasks stop',
    desired: 0,
    percents: [100, 200],
    old: { healthy: 1, pending: 1 },
    new: { pending: 1, settling: 1 },
    plan: { stop: ['new-pending', 'new-settling', 'old-healthy', 'old-pending'] },
  },
  {
    when: 'unhealthy new tasks are replaced while there is room',
    desired: 2,
    percents: [100, 200],
    old: { healthy: 2 },
    new: { unhealthy: 1 },
    plan: { startNew: 1 },
  },
  {
    when: 'the new tasks keep failing: lost old tasks are replaced first, at their own revision',
    desired: 4,
    percents: [100, 150],
    old: { healthy: 3 },
    new: { unhealthy: 2 },
    plan: { startOld: 1 },
  },
];

describe('a rolling update', () => {
  it.each(rows)('$when ($desired tasks, $percents %)', (row) => {
    expectPlan(snapshotOf(row), row.plan);
  });

  it('replaces unhealthy old tasks at their own revision if new tasks do not come up', () => {
    const snapshot = aSnapshot({
      definition: { desiredCount: 2 },
      deployments: aRollout(),
      tasks: tasksOf({ healthy: 1, unhealthy: 1 }, 'old'),
      throttle: { consecutiveStartFailures: 3, nextLaunchAt: NOW - 1 },
    });
    const plan = planService(snapshot, NOW);
    expect(plan.start).toMatchObject([
      { deploymentId: NEW_ID, count: 1, replaces: [] },
      { deploymentId: OLD_ID, count: 1, replaces: ['old-unhealthy-0'] },
    ]);
  });

  it('keeps a pending replacement of an old task, and stops it once it is not needed', () => {
    const replacement = aPendingTask('old-replacement-0', { deploymentId: OLD_ID, createdAt: NOW - 500 });
    const failing = { consecutiveStartFailures: 4, nextLaunchAt: NOW + 1_000 };
    const lacking = aSnapshot({
      definition: { desiredCount: 2 },
      deployments: aRollout(),
      tasks: [...tasksOf({ healthy: 1 }, 'old'), replacement],
      throttle: failing,
    });
    expectPlan(lacking, {});
    expectPlan({ ...lacking, tasks: [...lacking.tasks, ...tasksOf({ healthy: 1 })] }, { stop: ['old-replacement'] });
  });

  it('never starts tasks of an older deployment that did not complete', () => {
    const [primary, older] = aRollout();
    const snapshot = aSnapshot({
      definition: { desiredCount: 2 },
      deployments: [primary!, { ...older!, rolloutState: 'IN_PROGRESS' }],
      tasks: tasksOf({ healthy: 1 }, 'old'),
      throttle: { consecutiveStartFailures: 5, nextLaunchAt: NOW - 1 },
    });
    expectPlan(snapshot, { startNew: 2 });
  });

  it('stops the oldest of several ACTIVE deployments first', () => {
    const oldest = 'ecs-svc/0000000000000000000';
    const [primary, older] = aRollout();
    const snapshot = aSnapshot({
      definition: { desiredCount: 2 },
      deployments: [primary!, older!, aDeployment({ deploymentId: oldest, status: 'ACTIVE' })],
      tasks: [
        ...tasksOf({ healthy: 1 }, 'old'),
        aTask('oldest-0', { deploymentId: oldest }),
        ...tasksOf({ healthy: 1, pending: 1 }),
      ],
    });
    expectPlan(snapshot, { stop: ['oldest'] });
  });
});

describe('the end of a rolling update', () => {
  const rollout = (tasks: Parameters<typeof tasksOf>[0], old: Counts = {}) =>
    planService(aSnapshot({ deployments: aRollout(), tasks: [...tasksOf(tasks), ...tasksOf(old, 'old')] }), NOW);

  it('completes the PRIMARY and removes the drained deployment', () => {
    const plan = rollout({ healthy: 3 });
    expect(plan.deployments).toEqual([
      { kind: 'remove', deploymentId: OLD_ID },
      { kind: 'complete', deploymentId: NEW_ID, rolloutStateReason: `ECS deployment ${NEW_ID} completed.` },
    ]);
    expect(plan.events).toEqual([
      `(service web) (deployment ${NEW_ID}) deployment completed.`,
      '(service web) has reached a steady state.',
    ]);
  });

  it.each([
    ['a new task is missing', { healthy: 2 }, {}, [OLD_ID]],
    ['a new task is pending', { healthy: 2, pending: 1 }, {}, [OLD_ID]],
    ['a new task has no health result yet', { healthy: 2, unchecked: 1 }, {}, [OLD_ID]],
    ['a new task is unhealthy', { healthy: 2, unhealthy: 1 }, {}, [OLD_ID]],
    ['an old task is still stopping', { healthy: 3 }, { stopping: 1 }, []],
    ['an old task still runs', { healthy: 3 }, { healthy: 1 }, []],
  ] as const)('does not complete while %s', (_when, tasks, old, removed) => {
    expect(rollout(tasks, old).deployments).toEqual(removed.map((deploymentId) => ({ kind: 'remove', deploymentId })));
  });

  it('completes without waiting 40 s: RUNNING is enough without a health check', () => {
    expect(rollout({ settling: 3 }).deployments.map(({ kind }) => kind)).toEqual(['remove', 'complete']);
  });

  it('completes a deployment of a service that wants no task', () => {
    const plan = planService(aSnapshot({ definition: { desiredCount: 0 }, deployments: aRollout() }), NOW);
    expect(plan.deployments.map(({ kind }) => kind)).toEqual(['remove', 'complete']);
  });
});

describe('an event about bounds that block a rollout', () => {
  const stuck = aSnapshot({
    definition: { desiredCount: 3, minimumHealthyPercent: 100, maximumPercent: 125 },
    deployments: aRollout(),
    tasks: tasksOf({ healthy: 3 }, 'old'),
  });
  const text =
    '(service web) was unable to stop or start tasks during a deployment because of the service deployment ' +
    'configuration. Update the minimumHealthyPercent or maximumPercent value and try again.';

  it('is written once, and again after six hours', () => {
    const first = expectPlan(stuck, {});
    expect(first.events).toEqual([text]);
    const hours = 3_600_000;
    const later = { ...stuck, notedAt: first.notedAt };
    expect(planService(later, NOW + 6 * hours - 1).events).toEqual([]);
    expect(planService(later, NOW + 6 * hours).events).toEqual([text]);
  });

  it('is written again at once if the bounds were loosened in between', () => {
    const { notedAt } = planService(stuck, NOW);
    const loosened = aSnapshot({ ...stuck, definition: { maximumPercent: 200 }, notedAt });
    const plan = planService(loosened, NOW + 1);
    expect(plan.events).toEqual([]);
    expect(planService({ ...stuck, notedAt: plan.notedAt }, NOW + 2).events).toEqual([text]);
  });

  it.each([
    ['a task is stopping', tasksOf({ stopping: 1 }, 'old')],
    ['a task is not healthy yet', tasksOf({ settling: 1 })],
  ])('is not written while %s', (_when, more) => {
    expect(planService({ ...stuck, tasks: [...stuck.tasks.slice(0, 2), ...more] }, NOW).events).toEqual([]);
  });
});
