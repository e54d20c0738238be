/** Every change to the tasks of one owner: forwards only, each with its patch of the task's row and its work on the instance. */
import { groupBy } from '../../model/group-by.ts';
import type { AssignResult } from '../../model/reservation.ts';
import type { TaskChanges, TaskReport } from '../../model/task.ts';
import type { EpochMs } from '../../model/time.ts';
import { advanceTask, heardOf, taskChanges } from '../tasks/advance-task.ts';
import { failedToStart } from '../tasks/failed-to-start.ts';
import type { HostEffect, OwnerEffect } from './effects.ts';
import { MapDraft } from './overlay-map.ts';
import { isLaunching, isWaiting, type OwnedTask, type StopReason, type Tasks, type TaskStop } from './owned-task.ts';

export interface ChangedTasks<T extends OwnedTask> {
  readonly tasks: Tasks<T>;
  readonly effects: readonly OwnerEffect[];
}

/** What a report meant for its task. `failedToStart`: it stopped by itself without ever running. */
export type ReportOutcome<T> =
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'changed' | 'started'; readonly before: T; readonly task: T }
  | { readonly kind: 'stopped'; readonly before: T; readonly task: T; readonly failedToStart: boolean };

/** Tasks under change, which only one function of this file holds. */
class Draft<T extends OwnedTask> {
  readonly #tasks: MapDraft<T>;
  readonly effects: OwnerEffect[] = [];

  constructor(tasks: Tasks<T>) {
    this.#tasks = new MapDraft(tasks);
  }

  get(taskId: string): T | undefined {
    return this.#tasks.get(taskId);
  }

  /** The task as it is heard of: nothing that its row shows. */
  amend(task: T): void {
    this.#tasks.replace(task.taskId, task);
  }

  /** The task with its next version, and the patch of its row. A STOPPED task is forgotten. */
  put(task: T, changes: TaskChanges): void {
    if (task.lastStatus === 'STOPPED') this.#tasks.delete(task.taskId);
    else this.#tasks.replace(task.taskId, task);
    this.effects.push({ kind: 'patch', patch: { taskId: task.taskId, version: task.version, changes } });
  }

  done(): Tasks<T> {
    return this.#tasks.done();
  }
}

/** Takes in tasks whose rows were just reserved, and launches those that have an instance. */
export function addTasks<T extends OwnedTask>(tasks: Tasks<T>, added: readonly T[]): ChangedTasks<T> {
  const all = new Map(tasks);
  for (const task of added) all.set(task.taskId, task);
  return {
    tasks: all,
    effects: orders(
      'launch',
      added.filter((task) => !isWaiting(task)),
    ),
  };
}

/** Applies what agents saw, in order; a task that is unknown here has been STOPPED for long. */
export function applyReports<T extends OwnedTask>(
  tasks: Tasks<T>,
  reports: readonly TaskReport[],
): ChangedTasks<T> & { readonly outcomes: readonly ReportOutcome<T>[] } {
  const draft = new Draft(tasks);
  const outcomes = reports.map((report) => applyReport(draft, report));
  return { tasks: draft.done(), effects: draft.effects, outcomes };
}

function applyReport<T extends OwnedTask>(draft: Draft<T>, report: TaskReport): ReportOutcome<T> {
  const before = draft.get(report.taskId);
  if (!before) return { kind: 'unchanged' };
  const task = advanceTask(before, report);
  if (task === 'unchanged') {
    draft.amend(heardOf(before, report));
    return { kind: 'unchanged' };
  }
  draft.put(task, taskChanges(before, report));
  if (task.lastStatus === 'STOPPED') return { kind: 'stopped', before, task, failedToStart: failedToStart(task) };
  const started = before.startedAt === undefined && task.startedAt !== undefined;
  return { kind: started ? 'started' : 'changed', before, task };
}

/** Tasks that waited have their instances: they are PENDING, and launched. Tasks that wait no more are left alone. */
export function assignTasks<T extends OwnedTask>(
  tasks: Tasks<T>,
  assigned: AssignResult['assigned'],
  now: EpochMs,
): ChangedTasks<T> {
  const draft = new Draft(tasks);
  const placed = assigned.flatMap(({ taskId, gpuIds, ...place }) => {
    const task = draft.get(taskId);
    if (!task || !isWaiting(task) || task.desiredStatus === 'STOPPED') return [];
    const gpus = gpuIds.length === 0 ? {} : { gpuIds };
    const after: T = { ...task, ...place, ...gpus, lastStatus: 'PENDING', version: task.version + 1 };
    draft.put(after, { lastStatus: 'PENDING', connectivityAt: now });
    return [after];
  });
  return { tasks: draft.done(), effects: [...draft.effects, ...orders('launch', placed)] };
}

/**
 * Wants these gone, with one stop an instance. A task that waits for an instance is STOPPED at once. `stopped`: those that
 * were not on their way out already.
 */
export function stopTasks<T extends OwnedTask>(
  tasks: Tasks<T>,
  stops: readonly TaskStop[],
  now: EpochMs,
): ChangedTasks<T> & { readonly stopped: readonly T[] } {
  if (stops.length === 0) return { tasks, effects: [], stopped: [] };
  const draft = new Draft(tasks);
  const stopped = stops.flatMap(({ taskId, reason }) => {
    const task = draft.get(taskId);
    if (!task) return [];
    if (isWaiting(task)) lose(draft, task, reason, now);
    else if (task.desiredStatus === 'STOPPED') return [];
    else {
      const changes = { desiredStatus: 'STOPPED', lastStatus: 'STOPPING', ...reason } as const;
      draft.put({ ...task, ...changes, version: task.version + 1 }, { ...changes, stoppingAt: now });
    }
    return [task];
  });
  const hosted = stopped.filter((task) => !isWaiting(task));
  return { tasks: draft.done(), effects: [...draft.effects, ...orders('stop', hosted)], stopped };
}

/** STOPPED as of now: their instance is gone, or they never had one. */
export function loseTasks<T extends OwnedTask>(
  tasks: Tasks<T>,
  taskIds: readonly string[],
  reason: StopReason,
  now: EpochMs,
): ChangedTasks<T> {
  const draft = new Draft(tasks);
  for (const taskId of taskIds) {
    const task = draft.get(taskId);
    if (task) lose(draft, task, reason, now);
  }
  return { tasks: draft.done(), effects: draft.effects };
}

/** Containers that may still run there are the agent's to end when it returns. */
function lose<T extends OwnedTask>(draft: Draft<T>, task: T, reason: StopReason, now: EpochMs): void {
  const own = task.desiredStatus === 'STOPPED' ? {} : reason;
  const changes = { desiredStatus: 'STOPPED', lastStatus: 'STOPPED', ...own } as const;
  draft.put({ ...task, ...changes, version: task.version + 1 }, { ...changes, stoppedAt: now });
}

/** Sets members that are the owner's own. Tasks that are gone are left out. */
export function amendTasks<T extends OwnedTask>(
  tasks: Tasks<T>,
  taskIds: readonly string[],
  changes: Pick<TaskChanges, 'protectedUntil'>,
): ChangedTasks<T> {
  const draft = new Draft(tasks);
  for (const taskId of taskIds) {
    const task = draft.get(taskId);
    if (task) draft.put({ ...task, ...changes, version: task.version + 1 }, changes);
  }
  return { tasks: draft.done(), effects: draft.effects };
}

/** Orders again what is in flight of these tasks: their agent, or this run of the owner, knows of no order yet. */
export const orderAgain = (tasks: readonly OwnedTask[]): readonly HostEffect[] => [
  ...orders('launch', tasks.filter(isLaunching)),
  ...orders(
    'stop',
    tasks.filter(({ desiredStatus }) => desiredStatus === 'STOPPED'),
  ),
];

/** The same for every instance, one after the other. */
export function orderAllAgain<T extends OwnedTask>(tasks: Tasks<T>): readonly HostEffect[] {
  const hosted = [...tasks.values()].filter((task) => !isWaiting(task));
  return [...groupBy(hosted, (task) => task.containerInstanceId).values()].flatMap(orderAgain);
}

/** One order an instance. */
const orders = (kind: 'launch' | 'stop', tasks: readonly OwnedTask[]): readonly HostEffect[] =>
  [...groupBy(tasks, (task) => task.containerInstanceId)].map(([containerInstanceId, own]) => ({
    kind,
    containerInstanceId,
    taskIds: own.map(({ taskId }) => taskId),
  }));
