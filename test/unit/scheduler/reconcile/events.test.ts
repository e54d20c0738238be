/** The events of plans. */
import { describe, expect, it } from 'vitest';
import { unableToStart } from '../../../../scheduler/service/event-text.ts';
import { noteOnce } from '../../../../scheduler/reconcile/notes.ts';
import { planService } from '../../../../scheduler/reconcile/plan-service.ts';
import { DEFAULT_POLICY } from '../../../../scheduler/service/policy.ts';
import type { ServiceSnapshot } from '../../../../scheduler/service/types.ts';
import type { TaskKind } from '../../../support/service-builders.ts';
import { aDeployment, aRollout, aSnapshot, aTask, NOW, tasksOf } from '../../../support/service-builders.ts';

const HOUR = 3_600_000;
const STEADY = '(service web) has reached a steady state.';

describe('steady state', () => {
  const steady = aSnapshot({ tasks: tasksOf({ healthy: 3 }) });

  it('is an event when the service reaches it, and again every six hours', () => {
    const first = planService(steady, NOW);
    expect(first).toMatchObject({ events: [STEADY], steadySince: NOW, wakeAt: NOW + 6 * HOUR });
    expect(first.actions).toEqual([{ eventName: 'SERVICE_STEADY_STATE' }]);
    const since = { ...steady, steadySince: NOW };
    expect(planService(since, NOW)).toMatchObject({ events: [], actions: [], steadySince: NOW });
    expect(planService(since, NOW + 6 * HOUR - 1)).toMatchObject({ events: [], steadySince: NOW });
    expect(planService(since, NOW + 6 * HOUR)).toMatchObject({ events: [STEADY], steadySince: NOW + 6 * HOUR });
  });

  const rows: readonly [string, Partial<Record<TaskKind, number>>, Partial<ServiceSnapshot>][] = [
    ['a task is missing', { healthy: 2 }, {}],
    ['a task is pending', { healthy: 2, pending: 1 }, {}],
    ['a task has no health result', { healthy: 2, unchecked: 1 }, {}],
    ['a task is unhealthy', { healthy: 2, unhealthy: 1 }, {}],
    ['a task is on a draining instance', { healthy: 2, draining: 1 }, {}],
    ['a task is stopping', { healthy: 3, stopping: 1 }, {}],
    ['there is one too many', { healthy: 4 }, {}],
    ['a deployment has failed', { healthy: 3 }, { deployments: [aDeployment({ rolloutState: 'FAILED' })] }],
    ['the service is being deleted', {}, { status: 'DRAINING' }],
  ];
  it.each(rows)('ends when %s', (_when, tasks, changes) => {
    const plan = planService(aSnapshot({ tasks: tasksOf(tasks), steadySince: NOW - 1, ...changes }), NOW);
    expect(plan.steadySince).toBeUndefined();
    expect(plan.events).not.toContain(STEADY);
  });

  it('ends while an older deployment still has a task', () => {
    const tasks = [...tasksOf({ settling: 3 }), ...tasksOf({ stopping: 1 }, 'old')];
    expect(planService(aSnapshot({ deployments: aRollout(), tasks }), NOW).steadySince).toBeUndefined();
  });

  it('holds for a service that wants no tasks', () => {
    expect(planService(aSnapshot({ definition: { desiredCount: 0 } }), NOW).events).toEqual([STEADY]);
  });
});

describe('events of a plan', () => {
  it('count stops of PENDING tasks and name RUNNING ones by id', () => {
    const plan = planService(
      aSnapshot({ definition: { desiredCount: 0 }, tasks: tasksOf({ healthy: 1, pending: 2 }) }),
      NOW,
    );
    expect(plan.events).toEqual([
      '(service web) stopped 2 pending tasks.',
      '(service web) has stopped 1 running tasks: (task new-healthy-0).',
    ]);
  });

  it('report a failed health check once per task, and again when it fails again', () => {
    const sick = aSnapshot({ tasks: tasksOf({ healthy: 2, unhealthy: 1 }) });
    const text = '(service web) (task new-unhealthy-0) failed container health checks.';
    const first = planService(sick, NOW);
    expect(first.events).toEqual([text]);
    expect(planService({ ...sick, notedAt: first.notedAt }, NOW + 1).events).toEqual([]);
    const recovered = planService(
      aSnapshot({ tasks: [...tasksOf({ healthy: 2 }), aTask('new-unhealthy-0')], notedAt: first.notedAt }),
      NOW + 2,
    );
    expect(recovered.notedAt).toEqual({});
    expect(planService({ ...sick, notedAt: recovered.notedAt }, NOW + 3).events).toEqual([text]);
  });
});

describe('notes of the workflow', () => {
  const place = '(service web) was unable to place a task because no container instance met all of its requirements.';
  const notes = { [place]: NOW - 1, [unableToStart('web')]: NOW - 2 };

  it.each([
    ['a place is missing', { placementRetryAt: NOW + 1 }, [place]],
    ['starts fail', { throttle: { consecutiveStartFailures: 3, nextLaunchAt: NOW + 1 } }, [unableToStart('web')]],
    ['neither', {}, []],
  ] as const)('stay as long as their cause: %s', (_when, changes, kept) => {
    const plan = planService(aSnapshot({ notedAt: notes, ...changes }), NOW);
    expect(Object.keys(plan.notedAt)).toEqual(kept);
  });

  it('allow a message once in six hours', () => {
    const first = noteOnce({}, place, NOW, 6 * HOUR);
    expect(first).toEqual({ notedAt: { [place]: NOW }, due: true });
    expect(noteOnce(first.notedAt, place, NOW + 6 * HOUR - 1, 6 * HOUR)).toEqual({
      notedAt: first.notedAt,
      due: false,
    });
    expect(noteOnce(first.notedAt, place, NOW + 6 * HOUR, 6 * HOUR).due).toBe(true);
  });
});

describe('waitingFor', () => {
  it.each<[string, ServiceSnapshot]>([
    ['nothing: steady with 3 tasks', aSnapshot({ tasks: tasksOf({ healthy: 3 }) })],
    ['3 tasks to reach RUNNING', aSnapshot()],
    [
      '1 task to reach RUNNING, 1 task to become healthy',
      aSnapshot({ tasks: tasksOf({ healthy: 1, pending: 1, unchecked: 1 }) }),
    ],
    [
      '3 tasks to reach RUNNING, 3 tasks to be replaced',
      aSnapshot({ deployments: aRollout(), tasks: tasksOf({ healthy: 3 }, 'old') }),
    ],
    ['2 tasks to stop', aSnapshot({ definition: { desiredCount: 1 }, tasks: tasksOf({ healthy: 2, stopping: 1 }) })],
    ['1 task to stop before it is gone', aSnapshot({ status: 'DRAINING', tasks: tasksOf({ healthy: 1 }) })],
    ['nothing: every task has stopped', aSnapshot({ status: 'DRAINING' })],
  ])('%s', (text, snapshot) => {
    expect(planService(snapshot, NOW).waitingFor).toBe(text);
  });
});

describe('wakeAt', () => {
  it('is the moment when a new task counts as healthy, while old tasks wait for that', () => {
    const tasks = [...tasksOf({ healthy: 3 }, 'old'), ...tasksOf({ settling: 3 })];
    expect(planService(aSnapshot({ deployments: aRollout(), tasks }), NOW).wakeAt).toBe(NOW + 30_000);
    const policy = { ...DEFAULT_POLICY, healthyAfterRunningMs: 15_000 };
    expect(planService(aSnapshot({ deployments: aRollout(), tasks }), NOW, policy).wakeAt).toBe(NOW + 5_000);
  });

  it('is absent when only news can change anything', () => {
    expect(planService(aSnapshot({ tasks: tasksOf({ pending: 3 }) }), NOW).wakeAt).toBeUndefined();
    expect(planService(aSnapshot({ tasks: tasksOf({ settling: 2, pending: 1 }) }), NOW).wakeAt).toBeUndefined();
  });
});
