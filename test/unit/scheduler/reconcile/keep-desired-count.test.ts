/** Plans of a service without a rollout. */
import { describe, expect, it } from 'vitest';
import { planService } from '../../../../scheduler/reconcile/plan-service.ts';
import type { ServiceSnapshot } from '../../../../scheduler/service/types.ts';
import type { ExpectedPlan } from '../../../support/expect-plan.ts';
import { expectPlan } from '../../../support/expect-plan.ts';
import type { TaskKind } from '../../../support/service-builders.ts';
import {
  aDeployment,
  aPendingTask,
  aSnapshot,
  aTask,
  NEW_ID,
  NOW,
  tasksOf,
} from '../../../support/service-builders.ts';

type Counts = Partial<Record<TaskKind, number>>;
interface Row {
  readonly when: string;
  readonly desired: number;
  readonly percents?: readonly [minimum: number, maximum: number];
  readonly tasks: Counts;
  readonly plan: ExpectedPlan;
  readonly replaces?: readonly string[];
}
const times = (n: number, kind: string): string[] => Array.from({ length: n }, () => kind);

const snapshotOf = ({ desired, percents: [minimumHealthyPercent, maximumPercent] = [100, 200], tasks }: Row) =>
  aSnapshot({
    definition: { desiredCount: desired, minimumHealthyPercent, maximumPercent },
    tasks: tasksOf(tasks),
  });

const rows: readonly Row[] = [
  { when: 'a new service starts all', desired: 3, tasks: {}, plan: { startNew: 3 } },
  { when: 'a stopped task is replaced', desired: 3, tasks: { healthy: 2 }, plan: { startNew: 1 } },
  {
    when: 'a task that is stopping is replaced',
    desired: 3,
    tasks: { healthy: 2, stopping: 1 },
    plan: { startNew: 1 },
  },
  { when: 'enough are running', desired: 3, tasks: { healthy: 3 }, plan: {} },
  { when: 'enough tasks are starting', desired: 3, tasks: { healthy: 1, pending: 1, settling: 1 }, plan: {} },
  { when: 'scaled out', desired: 5, tasks: { healthy: 3 }, plan: { startNew: 2 } },
  { when: 'scaled in', desired: 1, tasks: { healthy: 3 }, plan: { stop: times(2, 'new-healthy') } },
  {
    when: 'scaled in: PENDING tasks stop before RUNNING ones',
    desired: 2,
    tasks: { healthy: 2, settling: 1, pending: 2 },
    plan: { stop: ['new-pending', 'new-pending', 'new-settling'] },
  },
  {
    when: 'scaled in: tasks that are not healthy yet stop before healthy ones',
    desired: 2,
    tasks: { healthy: 2, settling: 2 },
    plan: { stop: times(2, 'new-settling') },
  },
  {
    when: 'scaled to zero',
    desired: 0,
    tasks: { healthy: 2, pending: 1, unhealthy: 1 },
    plan: { stop: ['new-healthy', 'new-healthy', 'new-pending', 'new-unhealthy'] },
  },
  // unhealthy tasks
  {
    when: 'one task is unhealthy and upper allows it: the replacement starts first',
    desired: 3,
    tasks: { healthy: 2, unhealthy: 1 },
    plan: { startNew: 1 },
    replaces: ['new-unhealthy-0'],
  },
  {
    when: 'the replacement is starting: wait',
    desired: 3,
    tasks: { healthy: 2, unhealthy: 1, pending: 1 },
    plan: {},
  },
  {
    when: 'the replacement has no health status yet: wait',
    desired: 3,
    tasks: { healthy: 2, unhealthy: 1, unchecked: 1 },
    plan: {},
  },
  {
    when: 'the replacement is healthy: the unhealthy one stops',
    desired: 3,
    tasks: { healthy: 2, unhealthy: 1, checked: 1 },
    plan: { stop: ['new-unhealthy'] },
  },
  {
    when: 'the replacement is unhealthy too: one task stops, the other is replaced again',
    desired: 3,
    tasks: { healthy: 2, unhealthy: 2 },
    plan: { startNew: 1, stop: ['new-unhealthy'] },
  },
  {
    when: 'upper allows no replacement: one stops, one starts',
    desired: 3,
    percents: [50, 100],
    tasks: { healthy: 1, unhealthy: 2 },
    plan: { startNew: 1, stop: ['new-unhealthy'] },
  },
  {
    when: 'upper allows no replacement and one task is coming up: one task at a time stops',
    desired: 3,
    percents: [50, 100],
    tasks: { healthy: 1, unhealthy: 1, pending: 1 },
    plan: {},
  },
  {
    when: 'upper allows some replacements: these start, no task stops',
    desired: 4,
    percents: [50, 150],
    tasks: { unhealthy: 4 },
    plan: { startNew: 2 },
  },
  {
    when: 'above upper after a change of the bounds: enough unhealthy tasks stop to make room for one',
    desired: 3,
    percents: [50, 100],
    tasks: { unhealthy: 3, draining: 2 },
    plan: { startNew: 1, stop: times(3, 'new-unhealthy') },
  },
  {
    when: 'tasks are unhealthy and missing: missing ones start first',
    desired: 4,
    percents: [50, 100],
    tasks: { healthy: 2, unhealthy: 1 },
    plan: { startNew: 1 },
    replaces: [],
  },
  // draining instances
  {
    when: 'a PENDING task on a draining instance stops at once',
    desired: 3,
    tasks: { healthy: 2, drainingPending: 1 },
    plan: { startNew: 1, stop: ['new-drainingPending'] },
  },
  {
    when: 'a RUNNING task on a draining instance: the replacement starts first',
    desired: 3,
    tasks: { healthy: 1, draining: 2 },
    plan: { startNew: 2 },
  },
  {
    when: 'draining: a replacement is healthy, so one task may stop',
    desired: 3,
    tasks: { healthy: 2, draining: 2, settling: 1 },
    plan: { stop: ['new-draining'] },
  },
  {
    when: 'draining with upper == desired: replacements wait for stops down to lower',
    desired: 4,
    percents: [75, 100],
    tasks: { healthy: 2, draining: 2 },
    plan: { startNew: 1, stop: ['new-draining'] },
  },
  {
    when: 'draining with both bounds at desired: no task starts or stops',
    desired: 3,
    percents: [100, 125],
    tasks: { healthy: 1, draining: 2 },
    plan: {},
  },
  {
    when: 'draining and scaled in: tasks on the draining instance stop',
    desired: 1,
    tasks: { healthy: 1, draining: 2 },
    plan: { stop: times(2, 'new-draining') },
  },
];

describe('a service without a rollout', () => {
  it.each(rows)('$when ($desired wanted)', (row) => {
    const plan = expectPlan(snapshotOf(row), row.plan);
    if (row.replaces !== undefined) expect(plan.start.flatMap(({ replaces }) => replaces)).toEqual(row.replaces);
  });

  it('stops unhealthy tasks with their own reason and all others with the scheduler’s', () => {
    const reasonOf = (snapshot: ServiceSnapshot) => planService(snapshot, NOW).stop[0];
    const scaledIn = aSnapshot({ definition: { desiredCount: 0 }, tasks: [aTask('t')] });
    const replaced = aSnapshot({
      definition: { desiredCount: 1 },
      tasks: tasksOf({ unhealthy: 1, checked: 1 }),
    });
    expect(reasonOf(scaledIn)).toMatchObject({
      taskId: 't',
      stopCode: 'ServiceSchedulerInitiated',
      stoppedReason: `Scaling activity initiated by (deployment ${NEW_ID})`,
    });
    expect(reasonOf(replaced)).toMatchObject({
      taskId: 'new-unhealthy-0',
      stopCode: 'ServiceSchedulerInitiated',
      stoppedReason: 'Task failed container health checks',
    });
  });

  it('stops the unhealthy task whose replacement is ready, and no other', () => {
    const sick = { hasHealthCheck: true, healthStatus: 'UNHEALTHY' } as const;
    const ids = ['u1', 'u2', 'u3', 'u4'];
    for (const replaces of ids) {
      const tasks = [
        ...ids.map((id) => aTask(id, sick)),
        aTask('r', { hasHealthCheck: true, healthStatus: 'HEALTHY', replaces }),
        aPendingTask('p1'),
        aPendingTask('p2'),
        aPendingTask('p3'),
      ];
      const plan = planService(aSnapshot({ definition: { desiredCount: 4 }, tasks }), NOW);
      expect(plan.stop.map(({ taskId }) => taskId)).toEqual([replaces]);
    }
  });

  it('leaves an unhealthy task alone in its grace period and plans again when the period ends', () => {
    const grace = { desiredCount: 1, healthCheckGracePeriodSeconds: 60 };
    const task = aTask('t', { hasHealthCheck: true, healthStatus: 'UNHEALTHY', startedAt: NOW - 20_000 });
    const plan = expectPlan(aSnapshot({ definition: grace, tasks: [task] }), {});
    expect(plan.wakeAt).toBe(NOW + 40_000);
    expect(planService(aSnapshot({ definition: grace, tasks: [task] }), NOW + 40_000).start).toHaveLength(1);
  });
});

describe('delayed launches', () => {
  const lacking = { tasks: tasksOf({ healthy: 2 }) };
  it.each([
    ['by the throttle', { throttle: { consecutiveStartFailures: 3, nextLaunchAt: NOW + 60_000 } }],
    ['by a refused placement', { placementRetryAt: NOW + 60_000 }],
    [
      'by both, the later one',
      { throttle: { consecutiveStartFailures: 3, nextLaunchAt: NOW + 60_000 }, placementRetryAt: NOW + 10 },
    ],
  ])('%s wait until the delay is over', (_by, changes) => {
    const plan = expectPlan(aSnapshot({ ...lacking, ...changes }), {});
    expect(plan.wakeAt).toBe(NOW + 60_000);
    expect(planService(aSnapshot({ ...lacking, ...changes }), NOW + 60_000).start).toHaveLength(1);
  });

  it('do not delay stops', () => {
    const scaledIn = aSnapshot({
      definition: { desiredCount: 1 },
      tasks: tasksOf({ healthy: 2 }),
      placementRetryAt: NOW + 1,
    });
    expectPlan(scaledIn, { stop: ['new-healthy'] });
  });

  it('say what they are waiting for', () => {
    const at = (changes: Partial<ServiceSnapshot>) =>
      planService(aSnapshot({ ...lacking, ...changes }), NOW).waitingFor;
    expect(at({ placementRetryAt: NOW + 60_000 })).toBe(
      'a place for 1 task; next attempt at 2027-01-15T08:01:00.000Z or when capacity appears',
    );
    expect(at({ throttle: { consecutiveStartFailures: 4, nextLaunchAt: NOW + 60_000 } })).toBe(
      'the next launch of 1 task at 2027-01-15T08:01:00.000Z, after 4 failed starts in a row',
    );
  });
});

describe('a service that is being deleted', () => {
  const deleted = (tasks: Counts) =>
    aSnapshot({
      status: 'DRAINING',
      tasks: tasksOf(tasks),
      deployments: [aDeployment({ rolloutState: 'IN_PROGRESS' })],
    });

  it('stops every task that is not stopping yet, and starts none', () => {
    const plan = expectPlan(deleted({ healthy: 1, pending: 1, unhealthy: 1, draining: 1, stopping: 1 }), {
      stop: ['new-draining', 'new-healthy', 'new-pending', 'new-unhealthy'],
    });
    expect(plan.becomesInactive).toBe(false);
    expect(plan.deployments).toEqual([]);
  });

  it('becomes INACTIVE only when no task is left', () => {
    expect(expectPlan(deleted({ stopping: 1 }), {}).becomesInactive).toBe(false);
    expect(expectPlan(deleted({}), {})).toMatchObject({ becomesInactive: true, deployments: [], events: [] });
  });
});
