/**
 * What owners write, as it crosses the history of their workflow: rows that are alike as columns, and nothing twice. Written
 * out, the rows of a launch are half of its history.
 */
import { type Columns, fromColumns, toColumns } from './columns.ts';
import type { DecidedTask, Decision } from './decision.ts';
import type { OwnerRecord } from './owner-record.ts';
import type { ReserveInput, ReserveResult } from './reservation.ts';
import type { LogDriverMode, Task, TaskChanges, TaskPatch } from './task.ts';

export interface PackedReservation extends Omit<ReserveInput, 'tasks' | 'decisions'> {
  readonly tasks: Columns<Task>;
  readonly decisions?: readonly PackedDecision[];
}

interface PackedDecision extends Omit<Decision, 'tasks'> {
  readonly tasks: Columns<PackedTask>;
}

/** `row`: the task and its instance are those of that row of the reservation. */
type PackedTask = DecidedTask | (Pick<DecidedTask, 'replaces'> & { readonly row: number });

export const packReservation = ({ tasks, decisions, ...rest }: ReserveInput): PackedReservation => ({
  ...rest,
  tasks: toColumns(tasks),
  ...(decisions ? { decisions: packDecisions(decisions, tasks) } : {}),
});

function packDecisions(decisions: readonly Decision[], rows: readonly Task[]): readonly PackedDecision[] {
  const places = new Map(rows.map(({ taskId, containerInstanceId }, row) => [taskId, { row, containerInstanceId }]));
  const pack = (task: DecidedTask): PackedTask => {
    const { taskId, containerInstanceId, ...rest } = task;
    const place = places.get(taskId);
    return place?.containerInstanceId === containerInstanceId && place ? { ...rest, row: place.row } : task;
  };
  return decisions.map((decision) => ({ ...decision, tasks: toColumns(decision.tasks.map(pack)) }));
}

/** What `packReservation` was given. */
export function unpackReservation({ tasks: columns, decisions, ...rest }: PackedReservation): ReserveInput {
  const tasks = fromColumns(columns);
  const unpack = (task: PackedTask): DecidedTask => {
    if (!('row' in task)) return task;
    const { row, ...own } = task;
    const { taskId = '', containerInstanceId } = tasks[row] ?? {};
    return { ...own, taskId, ...(containerInstanceId === undefined ? {} : { containerInstanceId }) };
  };
  const unpacked = decisions?.map((one): Decision => ({ ...one, tasks: fromColumns(one.tasks).map(unpack) }));
  return { ...rest, tasks, ...(unpacked ? { decisions: unpacked } : {}) };
}

/** What became of a reservation: a task that was not refused is reserved, and has GPUs or a log mode only if they stand here. */
export interface PackedReserveResult {
  readonly refused: ReserveResult['refused'];
  /** By task. */
  readonly gpuIds?: Readonly<Record<string, readonly string[]>>;
  /** By task. */
  readonly logDriverModes?: Readonly<Record<string, LogDriverMode>>;
}

export function packReserveResult({ reserved, refused }: ReserveResult): PackedReserveResult {
  const gpuIds = reserved.flatMap((one) => (one.gpuIds.length === 0 ? [] : [[one.taskId, one.gpuIds] as const]));
  const modes = reserved.flatMap(({ taskId, logDriverMode: mode }) =>
    mode === undefined ? [] : [[taskId, mode] as const],
  );
  return {
    refused,
    ...(gpuIds.length === 0 ? {} : { gpuIds: Object.fromEntries(gpuIds) }),
    ...(modes.length === 0 ? {} : { logDriverModes: Object.fromEntries(modes) }),
  };
}

export interface PackedOwnerRecord extends Omit<OwnerRecord, 'tasks'> {
  /** Absent: none changes. */
  readonly tasks?: Columns<PackedPatch>;
}

type PackedPatch = Pick<TaskPatch, 'taskId' | 'version'> & TaskChanges;

export const packOwnerRecord = ({ tasks, ...rest }: OwnerRecord): PackedOwnerRecord => ({
  ...rest,
  ...(tasks.length === 0 ? {} : { tasks: toColumns(tasks.map(({ changes, ...patch }) => ({ ...changes, ...patch }))) }),
});

/** What `packOwnerRecord` was given. */
export const unpackOwnerRecord = ({ tasks, ...rest }: PackedOwnerRecord): OwnerRecord => ({
  ...rest,
  tasks: tasks ? fromColumns(tasks).map(({ taskId, version, ...changes }) => ({ taskId, version, changes })) : [],
});
