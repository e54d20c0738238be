/** A workflow step may write, be lost, and be done again with other outcome: the store notices, and says what differs. */
import { describe, expect, it } from 'vitest';
import type { WriteMark } from '../../model/owner-record.ts';
import type { HeldTask } from '../../model/owner-view.ts';
import type { Task } from '../../model/task.ts';
import { withStore } from '../support/store.ts';
import { aTask, newId, registerInstance, stopped, T0 } from './builders.ts';

const store = withStore();

const owner = () => `service/default/${newId()}`;
const aMark = (ownerWorkflowId: string, members: Partial<WriteMark> = {}): WriteMark => ({
  ownerWorkflowId,
  runId: 'run-1',
  mark: newId(),
  heldTasks: 0,
  ...members,
});
const write = (mark: WriteMark) => store().recordOwner({ clusterName: 'default', tasks: [], events: [], mark });
const reserve = (tasks: readonly Task[], mark: WriteMark) =>
  store().reserveTasks({ clusterName: 'default', tasks, mark });
/** Of an owner of its own, both on one instance, not reserved yet. */
async function twoTasks() {
  const ownerWorkflowId = owner();
  const place = { ownerWorkflowId, containerInstanceId: await registerInstance(store()) };
  return { ...place, tasks: [aTask(place), aTask(place)] as const };
}
const heldAs = (task: Task, members: Partial<HeldTask> = {}): HeldTask => ({
  taskId: task.taskId,
  version: task.version,
  lastStatus: task.lastStatus,
  desiredStatus: task.desiredStatus,
  healthStatus: task.healthStatus,
  containerInstanceId: task.containerInstanceId ?? '',
  ...members,
});

describe('a write that does not follow the one before', () => {
  it.each<[string, (id: string) => readonly WriteMark[], boolean]>([
    ['the first of an owner does', (id) => [aMark(id)], false],
    ['one that names the one before does', (id) => [aMark(id, { mark: 'a' }), aMark(id, { previous: 'a' })], false],
    ['one that is tried again does', (id) => [aMark(id, { mark: 'a' }), aMark(id, { mark: 'a' })], false],
    ['the first of the next run does', (id) => [aMark(id), aMark(id, { runId: 'run-2' })], false],
    ['one that names an earlier one does not', (id) => [aMark(id), aMark(id, { previous: 'earlier' })], true],
    ['another first one of the same run does not', (id) => [aMark(id), aMark(id)], true],
  ])('%s', async (_what, marksOf, isLost) => {
    const marks = marksOf(owner());
    for (const mark of marks.slice(0, -1)) expect(await write(mark)).toEqual({ freedCapacity: false });
    const last = { freedCapacity: false, ...(isLost ? { stepWasLost: true } : {}) };
    expect(await write(marks.at(-1)!)).toEqual(last);
    // The answer may not have arrived: the same write is told the same.
    expect(await write(marks.at(-1)!)).toEqual(last);
  });

  it('reserves what is there already, and nothing beside tasks that the owner does not know', async () => {
    const { ownerWorkflowId, tasks } = await twoTasks();
    const [first, second] = tasks;
    await reserve([first], aMark(ownerWorkflowId));
    const same = await reserve([first], aMark(ownerWorkflowId));
    expect(same).toEqual({ reserved: [{ taskId: first.taskId, gpuIds: [] }], refused: [], stepWasLost: true });
    const mark = aMark(ownerWorkflowId);
    for (const _attempt of ['first', 'again'])
      expect(await reserve([second], mark)).toEqual({ reserved: [], refused: [], stepWasLost: true });
    expect(await store().findTask(second.taskId)).toBeUndefined();
    const known = await reserve([second], aMark(ownerWorkflowId, { heldTasks: 1 }));
    expect(known.reserved).toHaveLength(1);
  });
});

describe('compareOwner', () => {
  const compare = (ownerWorkflowId: string, tasks: readonly HeldTask[]) =>
    store().compareOwner({ clusterName: 'default', ownerWorkflowId, tasks });

  it('finds nothing where all is the same, and tasks that are over for both do not count', async () => {
    const { ownerWorkflowId, tasks } = await twoTasks();
    const [here, over] = tasks;
    await reserve(tasks, aMark(ownerWorkflowId));
    await store().recordOwner({ clusterName: 'default', tasks: [stopped(over.taskId)], events: [] });
    expect(await compare(ownerWorkflowId, [heldAs(here)])).toEqual({ tasks: [] });
  });

  it.each<[string, Partial<HeldTask>]>([
    ['version', { version: 7 }],
    ['status', { lastStatus: 'RUNNING' }],
    ['desired status', { desiredStatus: 'STOPPED' }],
    ['health', { healthStatus: 'HEALTHY' }],
    ['start', { startedAt: T0 }],
    ['instance', { containerInstanceId: '' }],
  ])('finds another %s', async (_what, members) => {
    const { ownerWorkflowId, containerInstanceId, tasks } = await twoTasks();
    const [task] = tasks;
    await reserve([task], aMark(ownerWorkflowId));
    const held = heldAs(task, members);
    expect(await compare(ownerWorkflowId, [held])).toEqual({
      tasks: [
        {
          taskId: task.taskId,
          heldVersion: held.version,
          row: { version: 1, desiredStatus: 'RUNNING', containerInstanceId, gpuIds: [] },
        },
      ],
    });
  });

  it('finds tasks that the owner does not hold, and held ones that are STOPPED, with their reasons', async () => {
    const { ownerWorkflowId, tasks } = await twoTasks();
    const [unknown, over] = tasks;
    await reserve(tasks, aMark(ownerWorkflowId));
    await store().recordOwner({ clusterName: 'default', tasks: [stopped(over.taskId)], events: [] });
    const differences = await compare(ownerWorkflowId, [heldAs(over)]);
    const found = new Map(differences.tasks.map((task) => [task.taskId, task]));
    expect(found.get(unknown.taskId)?.heldVersion).toBeUndefined();
    expect(found.get(over.taskId)).toMatchObject({ heldVersion: 1, row: { desiredStatus: 'STOPPED' } });
    expect(found.size).toBe(2);
  });
});
