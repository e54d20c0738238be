/** Which tasks of a DAEMON service stop, rule by rule. Instances a, b and c; desired is their number. */
import { describe, expect, it } from 'vitest';
import { planDaemonStops } from '../../../../scheduler/daemon/plan-daemon-stops.ts';
import { asDaemon } from '../../../../scheduler/daemon/plan-daemon.ts';
import { OPEN_GATE, type RolloutGate } from '../../../../scheduler/service/gate.ts';
import { DEFAULT_POLICY } from '../../../../scheduler/service/policy.ts';
import type { DaemonInstances, ServiceTask } from '../../../../scheduler/service/types.ts';
import { viewService } from '../../../../scheduler/service/view.ts';
import {
  aDeployment,
  aPendingTask,
  aRollout,
  aSnapshot,
  aTask,
  NOW,
  OLD_ID,
} from '../../../support/service-builders.ts';
import type { Snapshot } from '../../../support/service-view.ts';

interface Row {
  readonly when: string;
  readonly tasks: readonly ServiceTask[];
  readonly daemon?: Partial<DaemonInstances>;
  readonly snapshot?: Snapshot;
  readonly gate?: Partial<RolloutGate>;
  /** Ids and why, in order. */
  readonly stop: readonly (readonly [taskId: string, because: string])[];
}

const on = (instance: string, changes: Partial<ServiceTask> = {}): ServiceTask =>
  aTask(`new-${instance}`, { containerInstanceId: instance, ...changes });
const oldOn = (instance: string, changes: Partial<ServiceTask> = {}): ServiceTask =>
  aTask(`old-${instance}`, { containerInstanceId: instance, deploymentId: OLD_ID, ...changes });
const sick = { hasHealthCheck: true, healthStatus: 'UNHEALTHY' } as const;
const held = { protectedUntil: NOW + 1 } as const;
const young = { startedAt: NOW - 1 } as const;

function stops({ tasks, daemon = {}, snapshot = {}, gate = {} }: Omit<Row, 'when' | 'stop'>) {
  const instances: DaemonInstances = {
    eligible: ['a', 'b', 'c'],
    violating: [],
    draining: [],
    busyDraining: [],
    refused: [],
    lookAgainAt: NOW + 300_000,
    ...daemon,
  };
  const definition = {
    schedulingStrategy: 'DAEMON',
    minimumHealthyPercent: 0,
    maximumPercent: 100,
    ...snapshot.definition,
  } as const;
  const observed = aSnapshot({ deployments: aRollout(), ...snapshot, definition, tasks, daemon: instances });
  const view = { ...viewService(asDaemon(observed), NOW, DEFAULT_POLICY), gate: { ...OPEN_GATE, ...gate } };
  return planDaemonStops(view, instances).stop.map(({ taskId, because }) => [taskId, because]);
}

const all = (make: typeof on, changes: Partial<ServiceTask> = {}): readonly ServiceTask[] =>
  ['a', 'b', 'c'].map((instance) => make(instance, changes));

describe('a task whose instance does not meet the constraints', () => {
  const rows: readonly Row[] = [
    { when: 'stops', tasks: [on('a'), on('x')], daemon: { violating: ['x'] }, stop: [['new-x', 'constraintViolated']] },
    {
      when: 'stops although it is protected',
      tasks: [on('x', held)],
      daemon: { violating: ['x'] },
      stop: [['new-x', 'constraintViolated']],
    },
    {
      when: 'stops before it has run',
      tasks: [aPendingTask('p', { containerInstanceId: 'x' })],
      daemon: { violating: ['x'] },
      stop: [['p', 'constraintViolated']],
    },
    {
      when: 'stops as one of the old deployment, too',
      tasks: [oldOn('x')],
      daemon: { violating: ['x'] },
      stop: [['old-x', 'constraintViolated']],
    },
    { when: 'stops only once', tasks: [on('x', { desiredStatus: 'STOPPED' })], daemon: { violating: ['x'] }, stop: [] },
    {
      when: 'stops although the deployment has failed',
      tasks: [on('x')],
      daemon: { violating: ['x'] },
      snapshot: { deployments: [aDeployment({ rolloutState: 'FAILED' })] },
      stop: [['new-x', 'constraintViolated']],
    },
  ];
  it.each(rows)('$when', ({ stop, ...row }) => {
    expect(stops(row)).toEqual(stop);
  });
});

describe('a task on a DRAINING instance', () => {
  const rows: readonly Row[] = [
    {
      when: 'stops when no other service is there',
      tasks: [on('x')],
      daemon: { draining: ['x'] },
      stop: [['new-x', 'draining']],
    },
    {
      when: 'stays while another service is there',
      tasks: [on('x')],
      daemon: { draining: ['x'], busyDraining: ['x'] },
      stop: [],
    },
    { when: 'stays under protection', tasks: [on('x', held)], daemon: { draining: ['x'] }, stop: [] },
    {
      when: 'stops at once if it has not run, whoever else is there',
      tasks: [aPendingTask('p', { containerInstanceId: 'x' })],
      daemon: { draining: ['x'], busyDraining: ['x'] },
      stop: [['p', 'drainingPending']],
    },
    {
      when: 'stays although its deployment is replaced, while another service is there',
      tasks: [oldOn('x'), ...all(on)],
      daemon: { draining: ['x'], busyDraining: ['x'] },
      stop: [],
    },
  ];
  it.each(rows)('$when', ({ stop, ...row }) => {
    expect(stops(row)).toEqual(stop);
  });
});

describe('two tasks on one instance', () => {
  const rows: readonly Row[] = [
    {
      when: 'the new one stays',
      tasks: [oldOn('a'), on('a')],
      snapshot: { definition: { minimumHealthyPercent: 100 } },
      stop: [['old-a', 'scaleIn']],
    },
    {
      when: 'the healthy one stays',
      tasks: [on('a', young), aTask('better', { containerInstanceId: 'a' })],
      stop: [['new-a', 'scaleIn']],
    },
    {
      when: 'the running one stays',
      tasks: [aPendingTask('p', { containerInstanceId: 'a' }), on('a', young)],
      stop: [['p', 'scaleIn']],
    },
    {
      when: 'the one that is not unhealthy stays',
      tasks: [on('a', sick), aPendingTask('p', { containerInstanceId: 'a' })],
      stop: [['new-a', 'scaleIn']],
    },
    {
      when: 'of equals the one with the smaller id stays',
      tasks: [aTask('y', { containerInstanceId: 'a' }), aTask('x', { containerInstanceId: 'a' })],
      stop: [['y', 'scaleIn']],
    },
    {
      when: 'of three, one stays',
      tasks: [on('a'), aTask('x', { containerInstanceId: 'a' }), aTask('y', { containerInstanceId: 'a' })],
      stop: expect.arrayContaining([
        ['x', 'scaleIn'],
        ['y', 'scaleIn'],
      ]) as Row['stop'],
    },
    {
      when: 'one that stops already is no second',
      tasks: [on('a'), aTask('s', { containerInstanceId: 'a', desiredStatus: 'STOPPED' })],
      stop: [],
    },
  ];
  it.each(rows)('$when', ({ stop, ...row }) => {
    expect(stops(row)).toEqual(stop);
  });
});

describe('a rollout', () => {
  const atLeast = (minimumHealthyPercent: number): Snapshot => ({ definition: { minimumHealthyPercent } });
  const count = (row: Omit<Row, 'when' | 'stop'>) => stops(row).filter(([, because]) => because === 'retired').length;
  it.each<[string, Omit<Row, 'when' | 'stop'>, number]>([
    ['none must remain: all at once', { tasks: all(oldOn) }, 3],
    ['a third must remain', { tasks: all(oldOn), snapshot: atLeast(33) }, 2],
    ['half must remain, rounded up', { tasks: all(oldOn), snapshot: atLeast(50) }, 1],
    ['all must remain: none', { tasks: all(oldOn), snapshot: atLeast(100) }, 0],
    ['a new one is healthy', { tasks: [on('a'), oldOn('b'), oldOn('c')], snapshot: atLeast(50) }, 1],
    [
      'a new one settles: it does not count',
      { tasks: [on('a', young), oldOn('b'), oldOn('c')], snapshot: atLeast(50) },
      0,
    ],
    [
      'an old one that is not healthy costs nothing',
      { tasks: [oldOn('a', young), oldOn('b'), oldOn('c')], snapshot: atLeast(50) },
      1,
    ],
    ['protected ones stay', { tasks: all(oldOn, held) }, 0],
    ['protected ones stay, the others go', { tasks: [oldOn('a', held), oldOn('b')] }, 1],
    ['a hook keeps them', { tasks: all(oldOn), gate: { keepsOld: true } }, 0],
    [
      'the deployment has failed',
      {
        tasks: all(oldOn),
        snapshot: {
          deployments: [
            aDeployment({ rolloutState: 'FAILED' }),
            aDeployment({ deploymentId: OLD_ID, status: 'ACTIVE' }),
          ],
        },
      },
      0,
    ],
  ])('%s', (_name, row, retired) => {
    expect(count(row)).toBe(retired);
  });

  it('takes old tasks that have not run at once', () => {
    const tasks = ['a', 'b'].map((instance) =>
      aPendingTask(`p-${instance}`, { containerInstanceId: instance, deploymentId: OLD_ID }),
    );
    const found = stops({ tasks, snapshot: { definition: { minimumHealthyPercent: 100 } } });
    expect(found.map(([, because]) => because)).toEqual(['retiredPending', 'retiredPending']);
  });
});

describe('an unhealthy task', () => {
  const rows: readonly Row[] = [
    {
      when: 'gives way to another on its instance',
      tasks: [on('a', sick), on('b'), on('c')],
      stop: [['new-a', 'makeRoom']],
    },
    { when: 'stays while an instance has none yet', tasks: [on('a', sick), on('b')], stop: [] },
    {
      when: 'gives way while an instance refuses its task',
      tasks: [on('a', sick), on('b')],
      daemon: { refused: ['c'] },
      stop: [['new-a', 'makeRoom']],
    },
    { when: 'stays while another settles', tasks: [on('a', sick), on('b', young), on('c')], stop: [] },
    {
      when: 'stays while another stops',
      tasks: [on('a', sick), on('b'), on('c', { desiredStatus: 'STOPPED' })],
      stop: [],
    },
    {
      when: 'stays while the throttle holds launches back',
      tasks: [on('a', sick), on('b'), on('c')],
      snapshot: { throttle: { consecutiveStartFailures: 3, nextLaunchAt: NOW + 1 } },
      stop: [],
    },
    {
      when: 'stays when the deployment has failed',
      tasks: [on('a', sick), on('b'), on('c')],
      snapshot: { deployments: [aDeployment({ rolloutState: 'FAILED' })] },
      stop: [],
    },
    {
      when: 'of the old deployment is retired, not replaced',
      tasks: [oldOn('a', sick), on('b'), on('c')],
      gate: { keepsOld: true },
      stop: [['old-a', 'retired']],
    },
  ];
  it.each(rows)('$when', ({ stop, ...row }) => {
    expect(stops(row)).toEqual(stop);
  });

  it('gives way alone, however many there are', () => {
    expect(stops({ tasks: all(on, sick) })).toHaveLength(1);
  });

  it('is the same one for the same service, whatever the tasks’ order', () => {
    const tasks = all(on, sick);
    expect(stops({ tasks: tasks.toReversed() })).toEqual(stops({ tasks }));
  });
});
