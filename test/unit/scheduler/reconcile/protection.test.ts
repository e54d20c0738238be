/** Scale-in protection in plans, and decisions about it. */
import { describe, expect, it, test } from 'vitest';
import { planService } from '../../../../scheduler/reconcile/plan-service.ts';
import { DEFAULT_POLICY } from '../../../../scheduler/service/policy.ts';
import { decideProtection } from '../../../../scheduler/service/protection.ts';
import type { ServiceTask } from '../../../../scheduler/service/types.ts';
import { expectPlan, type ExpectedPlan } from '../../../support/expect-plan.ts';
import {
  aDeployment,
  aRollout,
  aSnapshot,
  aTask,
  NEW_ID,
  NOW,
  OLD_ID,
  tasksOf,
} from '../../../support/service-builders.ts';

const HOUR = 3_600_000;
const until = NOW + HOUR;

/** Protects the tasks of these ids. */
const protect = (tasks: readonly ServiceTask[], ids: readonly string[], protectedUntil = until): ServiceTask[] =>
  tasks.map((task) => (ids.includes(task.taskId) ? { ...task, protectedUntil } : task));

const healthy = (count: number) => tasksOf({ healthy: count });
const old = (count: number) => tasksOf({ healthy: count }, 'old');
const HELD = (count: number) =>
  `(service web) was unable to reach steady state because (taskSet ${NEW_ID}) was unable to scale in due to ` +
  `(reason ${count} tasks under protection)`;

describe('scale-in', () => {
  test('stops only unprotected tasks', () => {
    const tasks = protect(healthy(4), ['new-healthy-0', 'new-healthy-2']);
    const plan = expectPlan(aSnapshot({ definition: { desiredCount: 2 }, tasks }), {
      stop: ['new-healthy', 'new-healthy'],
    });
    expect(plan.stop.map(({ taskId }) => taskId).sort()).toEqual(['new-healthy-1', 'new-healthy-3']);
    expect(plan.events).not.toContain(HELD(2));
  });

  test('leaves too many tasks if they are protected, says so once, and plans again when a protection ends', () => {
    const tasks = protect(healthy(3), ['new-healthy-0', 'new-healthy-1']);
    const snapshot = aSnapshot({ definition: { desiredCount: 1 }, tasks: protect(tasks, ['new-healthy-1'], NOW + 5) });
    const plan = expectPlan(snapshot, { stop: ['new-healthy'] });
    expect(plan.events).toContain(HELD(2));
    expect(plan).toMatchObject({ wakeAt: NOW + 5 });
    expect(plan.waitingFor).toContain('the scale-in protection of 2 tasks');
    const again = planService({ ...snapshot, tasks: snapshot.tasks.slice(0, 2), notedAt: plan.notedAt }, NOW);
    expect(again.events).toEqual([]);
    const after = planService({ ...snapshot, tasks: snapshot.tasks.slice(0, 2), notedAt: plan.notedAt }, NOW + 5);
    expect(after.stop.map(({ taskId }) => taskId)).toEqual(['new-healthy-1']);
  });

  test('counts protected tasks when it looks for the fullest zone', () => {
    const zoned = (id: string, availabilityZone: string, more = {}) => aTask(id, { availabilityZone, ...more });
    const held = { protectedUntil: until };
    const tasks = [
      zoned('a1', 'a', held),
      zoned('a2', 'a', held),
      zoned('a3', 'a'),
      zoned('b1', 'b'),
      zoned('b2', 'b'),
    ];
    const plan = planService(aSnapshot({ definition: { desiredCount: 4 }, tasks }), NOW);
    expect(plan.stop.map(({ taskId }) => taskId)).toEqual(['a3']);
  });
});

describe('a rollout', () => {
  test.each<[string, Partial<ExpectedPlan>, readonly string[], readonly ServiceTask[]]>([
    ['starts beside protected tasks', { startNew: 3 }, ['old-healthy-0'], old(3)],
    ['stops the others', { stop: ['old-healthy', 'old-healthy'] }, ['old-healthy-0'], [...healthy(3), ...old(3)]],
  ])('%s', (_name, expected, ids, tasks) => {
    expectPlan(aSnapshot({ deployments: aRollout(), tasks: protect(tasks, ids) }), expected);
  });

  test('does not complete while a protected task of an older deployment runs', () => {
    const tasks = protect([...healthy(3), ...old(1)], ['old-healthy-0']);
    const plan = expectPlan(aSnapshot({ deployments: aRollout(), tasks }), {});
    expect(plan.deployments).toEqual([]);
    expect(plan.events).toEqual([HELD(1)]);
    expect(plan.actions).toEqual([{ eventName: 'TASKSET_SCALE_IN_FAILURE_BY_TASK_PROTECTION', reason: HELD(1) }]);
    expect(plan.wakeAt).toBe(until);
  });

  test('without room above desired, waits for the protection to end and does not ask for other percentages', () => {
    const tasks = protect(old(2), ['old-healthy-0', 'old-healthy-1']);
    const definition = { desiredCount: 2, maximumPercent: 100, minimumHealthyPercent: 0 };
    const plan = expectPlan(aSnapshot({ definition, deployments: aRollout(), tasks }), {});
    expect(plan.events).toEqual([HELD(2)]);
  });
});

describe('protection does not keep', () => {
  test('a task that failed its health check', () => {
    const tasks = protect(tasksOf({ checked: 3, unhealthy: 1 }), ['new-unhealthy-0']);
    expectPlan(aSnapshot({ tasks }), { stop: ['new-unhealthy'] });
  });

  test('an unhealthy task of an old deployment', () => {
    const tasks = protect([...healthy(3), ...tasksOf({ unhealthy: 1 }, 'old')], ['old-unhealthy-0']);
    expectPlan(aSnapshot({ deployments: aRollout(), tasks }), { stop: ['old-unhealthy'] });
  });

  test('the tasks of a deleted service', () => {
    const tasks = protect(healthy(1), ['new-healthy-0']);
    const plan = expectPlan(aSnapshot({ status: 'DRAINING', tasks }), { stop: ['new-healthy'] });
    expect(plan.events.join()).not.toContain('protection');
  });
});

describe('draining', () => {
  const tasks = protect(tasksOf({ healthy: 3, draining: 1 }), ['new-draining-0']);

  test('replaces a protected task and lets it run until its protection ends', () => {
    expectPlan(aSnapshot({ tasks: tasks.slice(1) }), { startNew: 1 });
    expectPlan(aSnapshot({ tasks }), {});
    expect(planService(aSnapshot({ tasks }), until).stop).toHaveLength(1);
  });

  test('stops a protected task at once if the policy says so', () => {
    const plan = planService(aSnapshot({ tasks }), NOW, { ...DEFAULT_POLICY, protectionHoldsDraining: false });
    expect(plan.stop.map(({ taskId }) => taskId)).toEqual(['new-draining-0']);
  });
});

describe('decideProtection', () => {
  const tasks = [
    aTask('t1'),
    aTask('t2'),
    aTask('t3', { protectedUntil: until }),
    aTask('t4', { desiredStatus: 'STOPPED' }),
  ];
  const decide = (taskIds: string[], desired: number, protectedUntil: number | undefined = until) =>
    decideProtection({ taskIds, ...(protectedUntil === 0 ? {} : { protectedUntil }) }, { tasks, desired, now: NOW });
  const reasons = ({ failures }: ReturnType<typeof decide>) =>
    failures.map(({ taskId, reason }) => `${taskId} ${reason}`);

  it.each<[string, string[], number, number, string[], string[]]>([
    ['all that fit under the desired count', ['t1', 't2'], 3, until, ['t1', 't2'], []],
    ['no more than desired', ['t1', 't2'], 2, until, ['t1'], ['t2 DEPLOYMENT_BLOCKED']],
    ['a protected one again, even beyond', ['t3', 't1'], 1, until, ['t3'], ['t1 DEPLOYMENT_BLOCKED']],
    ['none that stops or is unknown', ['t4', 't9'], 9, until, [], ['t4 TASK_NOT_VALID', 't9 MISSING']],
    ['each once', ['t1', 't1'], 2, until, ['t1'], []],
    ['ends it whatever the count', ['t3', 't1'], 0, 0, ['t3', 't1'], []],
  ])('%s', (_name, ...row) => {
    const [ids, desired, protectedUntil, accepted, failures] = row;
    const decision = decide(ids, desired, protectedUntil);
    expect(decision.accepted).toEqual(accepted);
    expect(reasons(decision)).toEqual(failures);
  });

  it('does not count a protection that has ended', () => {
    const ended = [aTask('t1'), aTask('t2', { protectedUntil: NOW })];
    const decision = decideProtection(
      { taskIds: ['t1'], protectedUntil: until },
      { tasks: ended, desired: 1, now: NOW },
    );
    expect(decision.accepted).toEqual(['t1']);
  });
});

test('a rollback treats protected tasks of the failed revision by the same rule', () => {
  const deployments = [
    aDeployment({ deploymentId: NEW_ID, rolloutState: 'IN_PROGRESS', rolledBackAt: NOW - 1 }),
    aDeployment({ deploymentId: OLD_ID, status: 'ACTIVE', rolloutState: 'FAILED' }),
  ];
  const tasks = protect([...healthy(3), ...old(1)], ['old-healthy-0']);
  expectPlan(aSnapshot({ deployments, tasks }), {});
});
