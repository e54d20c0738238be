/** Every change of an owner's tasks: the task, the patch of its row, and the orders for its instance. */
import { describe, expect, it } from 'vitest';
import type { OwnerEffect } from '../../../../scheduler/owner/effects.ts';
import {
  addTasks,
  amendTasks,
  applyReports,
  assignTasks,
  loseTasks,
  orderAllAgain,
  stopTasks,
} from '../../../../scheduler/owner/change-tasks.ts';
import { tasksOf, type OwnedTask } from '../../../../scheduler/owner/owned-task.ts';
import { NOW } from '../../../support/service-builders.ts';

const aTask = (taskId: string, changes: Partial<OwnedTask> = {}): OwnedTask => ({
  taskId,
  containerInstanceId: 'i1',
  createdAt: NOW - 1_000,
  lastStatus: 'RUNNING',
  desiredStatus: 'RUNNING',
  healthStatus: 'UNKNOWN',
  startedAt: NOW - 500,
  version: 2,
  ...changes,
});
const pending = (taskId: string, changes: Partial<OwnedTask> = {}): OwnedTask => {
  const { startedAt: _startedAt, ...task } = aTask(taskId, { lastStatus: 'PENDING', version: 1, ...changes });
  return task;
};
const waiting = (taskId: string): OwnedTask =>
  pending(taskId, { containerInstanceId: '', lastStatus: 'PROVISIONING', capacityProviderName: 'pool' });

const orders = (effects: readonly OwnerEffect[]): readonly string[] =>
  effects.flatMap((effect) =>
    effect.kind === 'launch' || effect.kind === 'stop'
      ? [`${effect.kind} ${effect.taskIds.join('+')} on ${effect.containerInstanceId}`]
      : effect.kind === 'forget'
        ? [`forget ${effect.containerInstanceId}`]
        : [],
  );
const patches = (effects: readonly OwnerEffect[]) =>
  effects.flatMap((effect) => (effect.kind === 'patch' ? [effect.patch] : []));

const REASON = { stopCode: 'UserInitiated', stoppedReason: 'enough' } as const;
const stopOf = (...taskIds: readonly string[]) => taskIds.map((taskId) => ({ taskId, reason: REASON }));

describe('tasks that were reserved', () => {
  it('are launched in one batch an instance; those that wait for an instance are only taken in', () => {
    const added = [pending('a'), pending('b', { containerInstanceId: 'i2' }), pending('c'), waiting('d')];
    const { tasks, effects } = addTasks(tasksOf([aTask('old')]), added);
    expect([...tasks.keys()]).toEqual(['old', 'a', 'b', 'c', 'd']);
    expect(orders(effects)).toEqual(['launch a+c on i1', 'launch b on i2']);
    expect(patches(effects)).toEqual([]);
  });
});

describe('a stop', () => {
  it('goes out once an instance, and each row says why', () => {
    const before = tasksOf([aTask('a'), aTask('b'), aTask('c', { containerInstanceId: 'i2' }), aTask('d')]);
    const { tasks, effects, stopped } = stopTasks(before, stopOf('a', 'c', 'd', 'unknown'), NOW);
    expect(orders(effects)).toEqual(['stop a+d on i1', 'stop c on i2']);
    expect(stopped.map(({ taskId }) => taskId)).toEqual(['a', 'c', 'd']);
    expect(patches(effects)[0]).toEqual({
      taskId: 'a',
      version: 3,
      changes: { desiredStatus: 'STOPPED', lastStatus: 'STOPPING', ...REASON, stoppingAt: NOW },
    });
    expect(tasks.get('a')).toMatchObject({ desiredStatus: 'STOPPED', lastStatus: 'STOPPING', version: 3, ...REASON });
    expect(tasks.get('b')).toBe(before.get('b'));
  });

  it('of a task that waits for an instance ends it at once: there is nothing to stop anywhere', () => {
    const { tasks, effects } = stopTasks(tasksOf([waiting('w')]), stopOf('w'), NOW);
    expect(tasks.size).toBe(0);
    expect(orders(effects)).toEqual([]);
    expect(patches(effects)).toMatchObject([{ taskId: 'w', changes: { lastStatus: 'STOPPED', stoppedAt: NOW } }]);
  });

  it('of a task on its way out keeps the first reason', () => {
    const first = stopTasks(tasksOf([aTask('a')]), stopOf('a'), NOW);
    const other = { stopCode: 'ServiceSchedulerInitiated', stoppedReason: 'scaled in' } as const;
    const again = stopTasks(first.tasks, [{ taskId: 'a', reason: other }], NOW);
    expect(again).toMatchObject({ effects: [], stopped: [] });
    expect(again.tasks.get('a')).toMatchObject(REASON);
  });
});

describe('a report', () => {
  const report = (taskId: string, changes: object = {}) =>
    ({ taskId, containerInstanceId: 'i1', lastStatus: 'RUNNING', containers: [], ...changes }) as const;

  it.each([
    ['that it runs', pending('a'), { startedAt: NOW }, { kind: 'started' }],
    ['of its health', aTask('a'), { healthStatus: 'HEALTHY' }, { kind: 'changed' }],
    ['that it has ended', aTask('a'), { lastStatus: 'STOPPED' }, { kind: 'stopped', failedToStart: false }],
    ['that it never ran', pending('a'), { lastStatus: 'STOPPED' }, { kind: 'stopped', failedToStart: true }],
    ['from before', aTask('a'), { lastStatus: 'PENDING' }, { kind: 'unchanged' }],
  ])('%s', (_what, task, changes, outcome) => {
    expect(applyReports(tasksOf([task]), [report('a', changes)]).outcomes).toMatchObject([outcome]);
  });

  it('of a task that is unknown changes nothing', () => {
    const before = tasksOf([aTask('a')]);
    expect(applyReports(before, [report('gone')])).toMatchObject({ effects: [], outcomes: [{ kind: 'unchanged' }] });
  });

  it('of a STOPPED task takes it out', () => {
    const { tasks, effects } = applyReports(tasksOf([aTask('a')]), [
      report('a', { lastStatus: 'STOPPED', stoppedAt: NOW }),
    ]);
    expect(tasks.size).toBe(0);
    expect(patches(effects)).toMatchObject([{ taskId: 'a', version: 3, changes: { lastStatus: 'STOPPED' } }]);
  });
});

describe('tasks that waited', () => {
  it('are PENDING on their instances, and launched; one that was stopped meanwhile is left alone', () => {
    const before = tasksOf([waiting('a'), waiting('b'), aTask('c')]);
    const granted = { containerInstanceId: 'i9', gpuIds: [], logDriverMode: 'blocking' } as const;
    const assigned = ['a', 'c', 'gone'].map((taskId) => ({ taskId, ...granted }));
    const { tasks, effects } = assignTasks(before, assigned, NOW);
    expect(orders(effects)).toEqual(['launch a on i9']);
    const placed = { lastStatus: 'PENDING', containerInstanceId: 'i9', logDriverMode: 'blocking', version: 2 };
    expect(tasks.get('a')).toMatchObject(placed);
    expect(tasks.get('c')).toBe(before.get('c'));
  });
});

it('tasks whose instance is lost are STOPPED as of now, with the reason they had, or this one', () => {
  const [leaving] = [...stopTasks(tasksOf([aTask('leaving')]), stopOf('leaving'), NOW).tasks.values()];
  const gone = { stopCode: 'TerminationNotice', stoppedReason: 'gone' } as const;
  const { tasks, effects } = loseTasks(tasksOf([aTask('a'), leaving!]), ['a', 'leaving', 'unknown'], gone, NOW);
  expect(tasks.size).toBe(0);
  expect(patches(effects).map(({ changes }) => changes.stoppedReason)).toEqual(['gone', undefined]);
});

it('a member of the owner’s own is set with the next version', () => {
  const { tasks, effects } = amendTasks(tasksOf([aTask('a')]), ['a', 'gone'], { protectedUntil: NOW });
  expect(tasks.get('a')).toMatchObject({ protectedUntil: NOW, version: 3 });
  expect(patches(effects)).toEqual([{ taskId: 'a', version: 3, changes: { protectedUntil: NOW } }]);
});

it('what is in flight is ordered again: launches of tasks that do not run yet, stops of tasks that should go', () => {
  const [leaving] = [...stopTasks(tasksOf([aTask('leaving')]), stopOf('leaving'), NOW).tasks.values()];
  const tasks = tasksOf([
    pending('new'),
    aTask('up'),
    leaving!,
    waiting('w'),
    pending('far', { containerInstanceId: 'i2' }),
  ]);
  expect(orders(orderAllAgain(tasks))).toEqual(['launch new on i1', 'stop leaving on i1', 'launch far on i2']);
});
