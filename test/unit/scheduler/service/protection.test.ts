/** Which protected tasks keep a service from its desired state. What UpdateTaskProtection may set: reconcile/protection. */
import { describe, expect, it } from 'vitest';
import { holdingTasks, isHeld, isProtected } from '../../../../scheduler/service/protection.ts';
import type { ServiceTask } from '../../../../scheduler/service/types.ts';
import { aRollout, aTask, NOW, OLD_ID, TASK_KINDS, type TaskKind } from '../../../support/service-builders.ts';
import { aView, noStops, type Snapshot } from '../../../support/service-view.ts';

const PROTECTED = { protectedUntil: NOW + 60_000 };

it.each([
  [undefined, false],
  [0, false],
  [NOW - 1, false],
  [NOW, false],
  [NOW + 1, true],
])('protection until %s: %s', (protectedUntil, expected) => {
  expect(isProtected(protectedUntil === undefined ? {} : { protectedUntil }, NOW)).toBe(expected);
});

describe('what protection holds', () => {
  const held = (kind: keyof typeof TASK_KINDS, protectionHoldsDraining: boolean): boolean => {
    const view = aView(
      { tasks: [aTask('t', { ...TASK_KINDS[kind], ...PROTECTED })] },
      { policy: { protectionHoldsDraining } },
    );
    return isHeld(view, view.current[0]!);
  };
  it.each([
    ['healthy', true, true],
    ['settling', true, true],
    ['checked', true, true],
    ['unchecked', true, true],
    ['unhealthy', false, false],
    ['draining', true, false],
  ] as const)('a %s task: %s; where draining ends it: %s', (kind, byDefault, otherwise) => {
    expect([held(kind, true), held(kind, false)]).toEqual([byDefault, otherwise]);
  });
});

describe('tasks that hold a service up', () => {
  const on = (deploymentId: string, kind: keyof typeof TASK_KINDS, id: string): ServiceTask =>
    aTask(id, { deploymentId, ...TASK_KINDS[kind], ...PROTECTED });
  const current = (kind: keyof typeof TASK_KINDS, id = 'c'): ServiceTask => on(aRollout()[0]!.deploymentId, kind, id);
  const old = (kind: keyof typeof TASK_KINDS, id = 'o'): ServiceTask => on(OLD_ID, kind, id);
  const rows: readonly (readonly [string, Snapshot, readonly string[]])[] = [
    ['none, where none is protected', { tasks: [aTask('t')] }, []],
    ['none, where it is wanted', { tasks: [current('healthy')] }, []],
    ['a task of the old deployment', { tasks: [old('healthy')] }, ['o']],
    ['no unhealthy task', { tasks: [old('unhealthy')] }, []],
    ['a task on a DRAINING instance', { tasks: [current('draining')] }, ['c']],
    ['none that stops already', { tasks: [old('stopping')] }, []],
    [
      'each protected one of too many',
      { definition: { desiredCount: 1 }, tasks: [current('healthy', 'a'), current('healthy', 'b')] },
      ['a', 'b'],
    ],
    [
      'only the protected ones of too many',
      { definition: { desiredCount: 1 }, tasks: [current('healthy', 'a'), aTask('b')] },
      ['a'],
    ],
    [
      'none of a move that is under way',
      {
        definition: { desiredCount: 1, availabilityZoneRebalancing: 'ENABLED' },
        tasks: [current('healthy', 'a'), current('settling', 'moves')],
        movingIds: ['moves'],
      },
      [],
    ],
    ['none of a service that is deleted', { status: 'DRAINING', tasks: [old('healthy')] }, []],
  ];
  it.each(rows)('%s', (_name, snapshot, expected) => {
    const view = aView({ deployments: aRollout(), ...snapshot });
    expect(holdingTasks(view, noStops(view)).map(({ taskId }) => taskId)).toEqual(expected);
  });

  it('are none of those that stop in the same plan', () => {
    const view = aView({ deployments: aRollout(), tasks: [old('healthy')] });
    expect(holdingTasks(view, { ...noStops(view), old: [] })).toEqual([]);
  });
});

/** Each kind of task that the table above knows has a bucket of its own. */
it('the kinds of task are told apart', () => {
  const kinds = Object.keys(TASK_KINDS) as Exclude<TaskKind, 'pending' | 'drainingPending'>[];
  const view = aView({ tasks: kinds.map((kind) => aTask(kind, TASK_KINDS[kind])) });
  const buckets = [...view.current, ...view.stopping].map(({ bucket }) => bucket);
  expect(new Set(buckets)).toEqual(new Set(['healthy', 'settling', 'unhealthy', 'draining', 'stopping']));
});
