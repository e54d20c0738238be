/** The tasks of one owner, and every change to them: forwards only, each written to the store with a higher version. */
import type { HeldTask } from '../../model/held-task.ts';
import type { StopCode } from '../../model/status.ts';
import type { TaskChanges, TaskReport } from '../../model/task.ts';
import type { EpochMs } from '../../model/time.ts';
import { advanceTask, heardOf, taskChanges, type AdvanceableTask } from '../../scheduler/tasks/advance-task.ts';
import { failedToStart } from '../../scheduler/tasks/failed-to-start.ts';
import type { RecordWriter } from './record-writer.ts';

/** What every owner keeps of a task. Crosses continue-as-new as it is. */
export interface OwnedTask extends AdvanceableTask {
  readonly taskId: string;
  /** Empty while the task waits in PROVISIONING for an instance of its capacity provider. */
  readonly containerInstanceId: string;
  readonly availabilityZone?: string;
  readonly capacityProviderName?: string;
  readonly createdAt: EpochMs;
  readonly gpuIds?: readonly string[];
}

export const isWaiting = ({ containerInstanceId }: OwnedTask): boolean => containerInstanceId === '';

export interface StopReason {
  readonly stopCode: StopCode;
  readonly stoppedReason: string;
}

/** What a report meant for its task. `failedToStart`: it stopped by itself without ever running. */
export type ReportOutcome<T> =
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'changed' | 'started'; readonly task: T }
  | { readonly kind: 'stopped'; readonly task: T; readonly failedToStart: boolean };

export class OwnedTasks<T extends OwnedTask> {
  readonly #writer: RecordWriter;
  /** Tasks not yet STOPPED, by id. */
  readonly #tasks: Map<string, T>;

  constructor(writer: RecordWriter, carried: readonly T[]) {
    this.#writer = writer;
    this.#tasks = new Map(carried.map((task) => [task.taskId, task]));
  }

  get all(): readonly T[] {
    return [...this.#tasks.values()];
  }

  /** For whoever compares them with the rows. */
  get held(): readonly HeldTask[] {
    return this.all.map(
      ({ taskId, version, lastStatus, desiredStatus, healthStatus, startedAt, containerInstanceId }) => ({
        taskId,
        version,
        lastStatus,
        desiredStatus,
        healthStatus,
        ...(startedAt === undefined ? {} : { startedAt }),
        containerInstanceId,
      }),
    );
  }

  get size(): number {
    return this.#tasks.size;
  }

  get(taskId: string): T | undefined {
    return this.#tasks.get(taskId);
  }

  on(containerInstanceId: string): readonly T[] {
    return this.all.filter((task) => task.containerInstanceId === containerInstanceId);
  }

  /** A task whose row the reservation has just written. */
  add(task: T): void {
    this.#tasks.set(task.taskId, task);
  }

  /** Applies what an agent saw; a task that is unknown here is STOPPED long since. */
  apply(report: TaskReport): ReportOutcome<T> {
    const before = this.#tasks.get(report.taskId);
    if (!before) return { kind: 'unchanged' };
    const after = advanceTask(before, report);
    if (after === 'unchanged') {
      this.#tasks.set(report.taskId, heardOf(before, report));
      return { kind: 'unchanged' };
    }
    this.#replace(after, taskChanges(before, report));
    if (after.lastStatus === 'STOPPED') {
      return { kind: 'stopped', task: after, failedToStart: failedToStart(after) };
    }
    const started = before.startedAt === undefined && after.startedAt !== undefined;
    return { kind: started ? 'started' : 'changed', task: after };
  }

  /** The owner wants it gone. False when it is on its way out already. */
  requestStop(taskId: string, reason: StopReason, now: EpochMs): boolean {
    const task = this.#tasks.get(taskId);
    if (!task || task.desiredStatus === 'STOPPED') return false;
    const changes = { desiredStatus: 'STOPPED', lastStatus: 'STOPPING', ...reason } as const;
    this.#replace({ ...task, ...changes, version: task.version + 1 }, { ...changes, stoppingAt: now });
    return true;
  }

  /** It waited and has an instance now: PENDING. Undefined when it is gone, on its way out, or has one already. */
  assign(
    taskId: string,
    place: Pick<OwnedTask, 'containerInstanceId' | 'availabilityZone' | 'gpuIds'>,
    now: EpochMs,
  ): T | undefined {
    const task = this.#tasks.get(taskId);
    if (!task || !isWaiting(task) || task.desiredStatus === 'STOPPED') return undefined;
    const changes = { lastStatus: 'PENDING' } as const;
    const assigned = { ...task, ...place, ...changes, version: task.version + 1 };
    this.#replace(assigned, { ...changes, connectivityAt: now });
    return assigned;
  }

  /** Sets members that are the owner's own. False when the task is gone. */
  amend(taskId: string, changes: Pick<TaskChanges, 'protectedUntil'>): boolean {
    const task = this.#tasks.get(taskId);
    if (!task) return false;
    this.#replace({ ...task, ...changes, version: task.version + 1 }, changes);
    return true;
  }

  /** Its instance is gone: STOPPED as of now. Containers that may still run there are the agent's to end when it returns. */
  lose(taskId: string, reason: StopReason, now: EpochMs): void {
    const task = this.#tasks.get(taskId);
    if (!task) return;
    const own = task.desiredStatus === 'STOPPED' ? {} : reason;
    const changes = { desiredStatus: 'STOPPED', lastStatus: 'STOPPED', ...own } as const;
    this.#replace({ ...task, ...changes, version: task.version + 1 }, { ...changes, stoppedAt: now });
  }

  #replace(task: T, changes: TaskChanges): void {
    if (task.lastStatus === 'STOPPED') this.#tasks.delete(task.taskId);
    else this.#tasks.set(task.taskId, task);
    this.#writer.patchTask({ taskId: task.taskId, version: task.version, changes });
  }
}
