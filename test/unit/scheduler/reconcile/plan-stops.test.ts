/** Which tasks stop, rule by rule: what each rule takes, what it leaves, and the reason on record. */
import { describe, expect, it } from 'vitest';
import { planStops, stopToMakeRoom } from '../../../../scheduler/reconcile/plan-stops.ts';
import type { RolloutGate } from '../../../../scheduler/service/gate.ts';
import {
  aDeployment,
  aRollout,
  aTask,
  NOW,
  OLD_ID,
  tasksOf,
  type TaskKind,
} from '../../../support/service-builders.ts';
import { aView, kindsOf, noStops, type Snapshot } from '../../../support/service-view.ts';

type Counts = Partial<Record<TaskKind, number>>;

interface Row {
  readonly when: string;
  readonly new?: Counts;
  readonly old?: Counts;
  readonly snapshot?: Snapshot;
  readonly gate?: Partial<RolloutGate>;
  /** The kinds of the stopped tasks, in order, and why each stops. */
  readonly stop: readonly (readonly [kind: string, because: string])[];
}

const viewOf = ({ new: current = {}, old = {}, snapshot = {}, gate = {} }: Omit<Row, 'when' | 'stop'>) =>
  aView({ deployments: aRollout(), tasks: [...tasksOf(current), ...tasksOf(old, 'old')], ...snapshot }, { gate });

const told = (plan: ReturnType<typeof planStops>) =>
  plan.stop.map(({ because }, i) => [kindsOf(plan.stop)[i], because]);
const times = (n: number, kind: string, because: string) => Array.from({ length: n }, () => [kind, because] as const);

const SCALE_IN: readonly Row[] = [
  { when: 'exactly as many as wanted', new: { healthy: 3 }, stop: [] },
  { when: 'fewer than wanted', new: { healthy: 2 }, stop: [] },
  { when: 'one too many', new: { healthy: 4 }, stop: [['new-healthy', 'scaleIn']] },
  {
    when: 'pending ones first',
    new: { healthy: 3, settling: 1, pending: 1 },
    stop: [
      ['new-pending', 'scaleIn'],
      ['new-settling', 'scaleIn'],
    ],
  },
  {
    when: 'unhealthy ones are not too many: others take their place',
    new: { healthy: 3, unhealthy: 1 },
    stop: [['new-unhealthy', 'unhealthy']],
  },
  { when: 'ones that stop already do not count', new: { healthy: 3, stopping: 2 }, stop: [] },
  {
    when: 'to none',
    new: { healthy: 2, pending: 1 },
    snapshot: { definition: { desiredCount: 0 } },
    stop: [['new-pending', 'scaleIn'], ...times(2, 'new-healthy', 'scaleIn')],
  },
];

describe('scale-in', () => {
  it.each(SCALE_IN)('$when', ({ stop, snapshot, ...row }) => {
    expect(
      told(
        planStops(
          viewOf({ ...row, snapshot: { deployments: [aDeployment()], tasks: tasksOf(row.new ?? {}), ...snapshot } }),
        ),
      ),
    ).toEqual(stop);
  });

  it('leaves protected tasks, and takes others instead', () => {
    const tasks = [aTask('a', { protectedUntil: NOW + 1 }), aTask('b'), aTask('c', { protectedUntil: NOW + 1 })];
    const view = aView({ definition: { desiredCount: 1 }, tasks });
    expect(planStops(view).stop.map(({ taskId }) => taskId)).toEqual(['b']);
  });

  it('does not take a task that is on its way to another zone', () => {
    const definition = { availabilityZoneRebalancing: 'ENABLED' } as const;
    const view = aView({ definition, tasks: tasksOf({ healthy: 3, settling: 1 }), movingIds: ['new-settling-0'] });
    expect(planStops(view).stop).toEqual([]);
  });

  it('takes one in the fullest zone once the moved task is healthy', () => {
    const definition = { availabilityZoneRebalancing: 'ENABLED' } as const;
    const tasks = [...tasksOf({ healthy: 3 }), aTask('moved', { availabilityZone: 'b' })];
    const view = aView({ definition, tasks, movingIds: ['moved'] });
    expect(told(planStops(view))).toEqual([['new-healthy', 'rebalanced']]);
  });
});

const ROLLOUTS: readonly Row[] = [
  { when: 'no new task is healthy yet', new: { settling: 3 }, old: { healthy: 3 }, stop: [] },
  {
    when: 'as many go as new ones are healthy',
    new: { healthy: 2 },
    old: { healthy: 3 },
    stop: times(2, 'old-healthy', 'retired'),
  },
  {
    when: 'all go when all new ones are healthy',
    new: { checked: 3 },
    old: { healthy: 3 },
    stop: times(3, 'old-healthy', 'retired'),
  },
  {
    when: 'fewer must remain: some go before any new one is there',
    old: { healthy: 4 },
    snapshot: { definition: { desiredCount: 4, minimumHealthyPercent: 50 }, tasks: tasksOf({ healthy: 4 }, 'old') },
    stop: times(2, 'old-healthy', 'retired'),
  },
  {
    when: 'none must remain: all go',
    snapshot: { definition: { minimumHealthyPercent: 0 }, tasks: tasksOf({ healthy: 3 }, 'old') },
    stop: times(3, 'old-healthy', 'retired'),
  },
  {
    when: 'ones that are not healthy go first, and cost nothing',
    new: { healthy: 1 },
    old: { healthy: 2, settling: 1, unhealthy: 1 },
    stop: [
      ['old-unhealthy', 'retired'],
      ['old-settling', 'retired'],
    ],
  },
  {
    when: 'fewer than must remain are healthy: none goes, however useless',
    old: { healthy: 2, unhealthy: 1 },
    stop: [],
  },
  {
    when: 'the new deployment has failed: only what is too many goes',
    old: { healthy: 4 },
    snapshot: {
      deployments: [aDeployment({ rolloutState: 'FAILED' }), aDeployment({ deploymentId: OLD_ID, status: 'ACTIVE' })],
      tasks: tasksOf({ healthy: 4 }, 'old'),
    },
    stop: [['old-healthy', 'retired']],
  },
  {
    when: 'old ones that have not run go at once',
    old: { healthy: 3, pending: 2 },
    stop: times(2, 'old-pending', 'retiredPending'),
  },
];

describe('a rollout', () => {
  it.each(ROLLOUTS)('$when', ({ stop, ...row }) => {
    expect(told(planStops(viewOf(row)))).toEqual(stop);
  });
});

const DRAINING: readonly Row[] = [
  { when: 'the only task stays', new: { draining: 3 }, stop: [] },
  {
    when: 'it goes when a replacement is healthy',
    new: { healthy: 1, draining: 3 },
    stop: [['new-draining', 'draining']],
  },
  { when: 'it stays while the replacement settles', new: { settling: 1, draining: 3 }, stop: [] },
  {
    when: 'it goes at once if it has not run',
    new: { healthy: 3, drainingPending: 1 },
    stop: [['new-drainingPending', 'drainingPending']],
  },
  {
    when: 'it goes first where fewer must remain',
    new: { draining: 2, healthy: 1 },
    snapshot: {
      definition: { minimumHealthyPercent: 0 },
      deployments: [aDeployment()],
      tasks: tasksOf({ draining: 2, healthy: 1 }),
    },
    stop: times(2, 'new-draining', 'draining'),
  },
];

describe('a DRAINING instance', () => {
  it.each(DRAINING)('$when', ({ stop, ...row }) => {
    expect(
      told(
        planStops(
          viewOf({
            ...row,
            snapshot: { deployments: [aDeployment()], tasks: tasksOf(row.new ?? {}), ...row.snapshot },
          }),
        ),
      ),
    ).toEqual(stop);
  });
});

const UNHEALTHY: readonly Row[] = [
  { when: 'no other is ready', new: { checked: 2, unhealthy: 1 }, stop: [] },
  { when: 'its replacement is on its way', new: { checked: 2, unhealthy: 1, pending: 1 }, stop: [] },
  { when: 'its replacement has no verdict yet', new: { checked: 2, unhealthy: 1, unchecked: 1 }, stop: [] },
  { when: 'its replacement is ready', new: { checked: 3, unhealthy: 1 }, stop: [['new-unhealthy', 'unhealthy']] },
  {
    when: 'several, and one replacement is ready',
    new: { checked: 2, unhealthy: 2 },
    stop: [['new-unhealthy', 'unhealthy']],
  },
  { when: 'more unhealthy ones than are wanted in all', new: { unhealthy: 4 }, stop: [['new-unhealthy', 'unhealthy']] },
  { when: 'all of them, and no more', new: { unhealthy: 3 }, stop: [] },
];

describe('an unhealthy task', () => {
  it.each(UNHEALTHY)('$when', ({ stop, new: current = {} }) => {
    expect(told(planStops(aView({ tasks: tasksOf(current) })))).toEqual(stop);
  });

  it('goes first if another was started to replace it', () => {
    const sick = { hasHealthCheck: true, healthStatus: 'UNHEALTHY' } as const;
    const tasks = [...tasksOf({ checked: 2 }), aTask('a', sick), aTask('b', sick), aTask('c', { replaces: 'b' })];
    expect(planStops(aView({ definition: { desiredCount: 3 }, tasks })).stop.map(({ taskId }) => taskId)).toContain(
      'b',
    );
  });

  it('stops although it is protected', () => {
    const tasks = [
      ...tasksOf({ checked: 3 }),
      aTask('a', { hasHealthCheck: true, healthStatus: 'UNHEALTHY', protectedUntil: NOW + 1 }),
    ];
    expect(planStops(aView({ tasks })).stop.map(({ because }) => because)).toEqual(['unhealthy']);
  });
});

describe('a service that is deleted', () => {
  it.each<[string, Counts, Counts, number]>([
    ['without tasks', {}, {}, 0],
    ['with tasks of every kind', { healthy: 1, pending: 1, unhealthy: 1, draining: 1 }, { healthy: 1 }, 5],
    ['with tasks that stop already', { healthy: 1, stopping: 2 }, {}, 1],
  ])('stops all of them at once: %s', (_name, current, old, stopped) => {
    const plan = planStops(
      viewOf({ snapshot: { status: 'DRAINING', tasks: [...tasksOf(current), ...tasksOf(old, 'old')] } }),
    );
    expect(plan.stop.map(({ because }) => because)).toEqual(Array(stopped).fill('deletion'));
    expect([plan.current, plan.old]).toEqual([[], []]);
  });

  it('stops protected tasks, too', () => {
    const view = aView({ status: 'DRAINING', tasks: [aTask('a', { protectedUntil: NOW + 1 })] });
    expect(planStops(view).stop).toHaveLength(1);
  });
});

const ROOM: readonly Row[] = [
  { when: 'nobody is unhealthy', new: { healthy: 3 }, stop: [] },
  { when: 'one of several unhealthy ones', new: { unhealthy: 3 }, stop: [['new-unhealthy', 'makeRoom']] },
  { when: 'none while a task is on its way', new: { unhealthy: 2, pending: 1 }, stop: [] },
  { when: 'none while a task settles', new: { unhealthy: 2, settling: 1 }, stop: [] },
  { when: 'none while an old task settles', new: { unhealthy: 2 }, old: { settling: 1 }, stop: [] },
  {
    when: 'an old unhealthy one before a new one',
    new: { unhealthy: 2 },
    old: { unhealthy: 1 },
    stop: [['old-unhealthy', 'retired']],
  },
  {
    when: 'as many as there are above the upper bound, and one more',
    new: { unhealthy: 5 },
    stop: times(3, 'new-unhealthy', 'makeRoom'),
  },
];

describe('room for a task that is needed', () => {
  it.each(ROOM)('$when', ({ stop, ...row }) => {
    const tasks = [...tasksOf(row.new ?? {}), ...tasksOf(row.old ?? {}, 'old')];
    const view = viewOf({ snapshot: { definition: { maximumPercent: 100 }, tasks } });
    expect(told(stopToMakeRoom(noStops(view), view))).toEqual(stop);
  });

  it('is not made by a current task within its grace period, but by an old one', () => {
    const definition = { maximumPercent: 100, healthCheckGracePeriodSeconds: 7_200 };
    const made = (side: 'new' | 'old') => {
      const view = viewOf({
        snapshot: { definition, tasks: [...tasksOf({ healthy: 2 }), ...tasksOf({ unhealthy: 1 }, side)] },
      });
      return told(stopToMakeRoom(noStops(view), view));
    };
    expect(made('new')).toEqual([]);
    expect(made('old')).toEqual([['old-unhealthy', 'retired']]);
  });
});
