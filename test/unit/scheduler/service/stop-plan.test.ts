/** How stops are collected: what a rule sees of the rules before it, in which order tasks go, and with which words. */
import { describe, expect, it } from 'vitest';
import type { StopReasonCode } from '../../../../model/decision.ts';
import type { RolloutGate } from '../../../../scheduler/service/gate.ts';
import {
  ordered,
  orderedUnheld,
  retiringTier,
  stopPendingAtOnce,
  withStopped,
} from '../../../../scheduler/service/stop-plan.ts';
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
import { aView, kindsOf, noStops, type Snapshot } from '../../../support/service-view.ts';

const ids = (items: readonly { readonly taskId: string }[]): readonly string[] => items.map(({ taskId }) => taskId);
const left = (items: readonly { readonly task: { readonly taskId: string } }[]) => items.map(({ task }) => task.taskId);

describe('withStopped', () => {
  const tasks = [...tasksOf({ healthy: 2 }), ...tasksOf({ healthy: 2 }, 'old')];
  const view = aView({ deployments: aRollout(), tasks });
  const [first, second, third] = tasks as [(typeof tasks)[0], (typeof tasks)[0], (typeof tasks)[0]];

  it('takes the tasks out of what is left, on both sides', () => {
    const plan = withStopped(noStops(view), view, [first, third], () => 'scaleIn');
    expect(ids(plan.stop)).toEqual(['new-healthy-0', 'old-healthy-0']);
    expect([left(plan.current), left(plan.old)]).toEqual([['new-healthy-1'], ['old-healthy-1']]);
  });

  it('adds to the stops of the rules before it', () => {
    const one = withStopped(noStops(view), view, [first], () => 'scaleIn');
    const two = withStopped(one, view, [second], () => 'unhealthy');
    expect(two.stop.map(({ taskId, because }) => [taskId, because])).toEqual([
      ['new-healthy-0', 'scaleIn'],
      ['new-healthy-1', 'unhealthy'],
    ]);
  });

  it('is the same plan when nothing stops', () => {
    const plan = noStops(view);
    expect(withStopped(plan, view, [], () => 'scaleIn')).toBe(plan);
  });

  it('asks for the reason of each task', () => {
    const plan = withStopped(noStops(view), view, [first, third], ({ deploymentId }) =>
      deploymentId === OLD_ID ? 'retired' : 'scaleIn',
    );
    expect(plan.stop.map(({ because }) => because)).toEqual(['scaleIn', 'retired']);
  });

  const SCALING = `Scaling activity initiated by (deployment ${NEW_ID})`;
  it.each<[StopReasonCode, string]>([
    ['scaleIn', SCALING],
    ['retired', SCALING],
    ['retiredPending', SCALING],
    ['draining', SCALING],
    ['drainingPending', SCALING],
    ['deletion', SCALING],
    ['unhealthy', 'Task failed container health checks'],
    ['makeRoom', 'Task failed container health checks'],
    ['constraintViolated', 'Container instance no longer meets the placement constraints of the service'],
    ['rebalanced', `Availability-zone rebalancing initiated by (deployment ${NEW_ID})`],
  ])('tells %s in ECS’s words', (because, stoppedReason) => {
    const plan = withStopped(noStops(view), view, [third], () => because);
    expect(plan.stop).toEqual([
      { taskId: 'old-healthy-0', stopCode: 'ServiceSchedulerInitiated', stoppedReason, because },
    ]);
  });

  it('names the task’s own deployment where there is no PRIMARY', () => {
    const alone = aView({ deployments: [], tasks });
    const plan = withStopped(noStops(alone), alone, [third], () => 'deletion');
    expect(plan.stop[0]!.stoppedReason).toBe(`Scaling activity initiated by (deployment ${OLD_ID})`);
  });
});

describe('ordered', () => {
  const tasks = tasksOf({ pending: 1, settling: 1, healthy: 1 });
  const view = aView({ tasks });

  it('puts lower tiers first, whatever the list’s order', () => {
    const tiers: Readonly<Record<string, number>> = { healthy: 0, settling: 1, pending: 2 };
    expect(ids(ordered(view, view.current, ({ bucket }) => tiers[bucket]))).toEqual([
      'new-healthy-0',
      'new-settling-0',
      'new-pending-0',
    ]);
  });

  it('leaves out tasks without a tier', () => {
    const only = ordered(view, view.current, ({ bucket }) => (bucket === 'settling' ? 0 : undefined));
    expect(ids(only)).toEqual(['new-settling-0']);
  });
});

describe('orderedUnheld', () => {
  const held = { protectedUntil: NOW + 1 };
  it('leaves out protected tasks', () => {
    const view = aView({ tasks: [aTask('a', held), aTask('b')] });
    expect(ids(orderedUnheld(view, view.current, () => 0))).toEqual(['b']);
  });

  it('does not leave out a task whose protection has ended', () => {
    const view = aView({ tasks: [aTask('a', { protectedUntil: NOW })] });
    expect(ids(orderedUnheld(view, view.current, () => 0))).toEqual(['a']);
  });

  it('counts protected tasks when it looks for the fullest zone', () => {
    const tasks = [
      aTask('a1', { availabilityZone: 'a', ...held }),
      aTask('a2', { availabilityZone: 'a', ...held }),
      aTask('a3', { availabilityZone: 'a' }),
      aTask('b1', { availabilityZone: 'b' }),
      aTask('b2', { availabilityZone: 'b' }),
    ];
    const view = aView({ tasks });
    expect(ids(orderedUnheld(view, view.current, () => 0))[0]).toBe('a3');
  });
});

describe('stopPendingAtOnce', () => {
  interface Row {
    readonly when: string;
    readonly tasks: NonNullable<Snapshot['tasks']>;
    readonly gate?: Partial<RolloutGate>;
    readonly stop: readonly (readonly [kind: string, because: StopReasonCode])[];
  }
  const rows: readonly Row[] = [
    { when: 'current tasks wait', tasks: tasksOf({ pending: 2 }), stop: [] },
    {
      when: 'a current task waits on a DRAINING instance',
      tasks: tasksOf({ pending: 1, drainingPending: 1 }),
      stop: [['new-drainingPending', 'drainingPending']],
    },
    { when: 'a current task runs on a DRAINING instance', tasks: tasksOf({ draining: 1 }), stop: [] },
    { when: 'an old task waits', tasks: tasksOf({ pending: 1 }, 'old'), stop: [['old-pending', 'retiredPending']] },
    { when: 'old tasks run', tasks: tasksOf({ healthy: 1, settling: 1 }, 'old'), stop: [] },
    {
      when: 'an old task waits on a DRAINING instance',
      tasks: tasksOf({ drainingPending: 1 }, 'old'),
      stop: [['old-drainingPending', 'drainingPending']],
    },
    {
      when: 'an old task that replaces a lost one waits',
      tasks: [aPendingTask('old-pending-0', { deploymentId: OLD_ID, createdAt: NOW })],
      stop: [],
    },
    {
      when: 'the gate keeps the old ones',
      tasks: tasksOf({ pending: 1, drainingPending: 1 }, 'old'),
      gate: { keepsOld: true },
      stop: [['old-drainingPending', 'drainingPending']],
    },
    {
      when: 'a protected old task waits',
      tasks: [aPendingTask('old-pending-0', { deploymentId: OLD_ID, protectedUntil: NOW + 1 })],
      stop: [],
    },
  ];
  it.each(rows)('$when', ({ tasks, gate = {}, stop }) => {
    const view = aView({ deployments: aRollout(), tasks }, { gate });
    const plan = stopPendingAtOnce(noStops(view), view);
    expect(plan.stop.map(({ because }, i) => [kindsOf(plan.stop)[i], because])).toEqual(stop);
  });
});

describe('retiringTier', () => {
  const oldest = aDeployment({ deploymentId: 'ecs-svc/0000000000000000000', status: 'ACTIVE' });
  const view = (tasks: Snapshot['tasks']) => aView({ deployments: [...aRollout(), oldest], tasks: tasks ?? [] });
  const order = (tasks: Snapshot['tasks']): readonly string[] => {
    const seen = view(tasks);
    return [...seen.current, ...seen.old]
      .toSorted((a, b) => retiringTier(seen, a) - retiringTier(seen, b))
      .map(({ task }) => task.taskId);
  };

  it('puts the least useful first', () => {
    expect(order(tasksOf({ healthy: 1, draining: 1, settling: 1, pending: 1, unhealthy: 1 }, 'old'))).toEqual([
      'old-unhealthy-0',
      'old-pending-0',
      'old-settling-0',
      'old-draining-0',
      'old-healthy-0',
    ]);
  });

  it('puts the oldest deployment first among equals', () => {
    const tasks = [...tasksOf({ healthy: 1 }, 'old'), aTask('oldest', { deploymentId: oldest.deploymentId })];
    expect(order(tasks)).toEqual(['oldest', 'old-healthy-0']);
  });

  it('puts tasks of a deployment that nobody knows first among equals', () => {
    const tasks = [aTask('oldest', { deploymentId: oldest.deploymentId }), aTask('lost', { deploymentId: 'unknown' })];
    expect(order(tasks)).toEqual(['lost', 'oldest']);
  });

  it('goes by usefulness before age', () => {
    const tasks = [...tasksOf({ pending: 1 }, 'old'), aTask('oldest', { deploymentId: oldest.deploymentId })];
    expect(order(tasks)).toEqual(['old-pending-0', 'oldest']);
  });

  it('takes a draining task that is not healthy for an unhealthy one', () => {
    const tasks = [
      ...tasksOf({ pending: 1 }, 'old'),
      aTask('drained', { deploymentId: OLD_ID, containerInstanceId: 'drained', startedAt: NOW - 1 }),
    ];
    expect(order(tasks)).toEqual(['drained', 'old-pending-0']);
  });
});
