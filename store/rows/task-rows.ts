/**
 * A task as a row. `spec` changes at most once, when a waiting task gets its instance; `state` changes; columns repeat
 * what queries need.
 */
import type { Granted } from '../../model/reservation.ts';
import type { Task } from '../../model/task.ts';

const STATE_MEMBERS = [
  'lastStatus',
  'desiredStatus',
  'healthStatus',
  'containers',
  'attachments',
  'createdAt',
  'connectivityAt',
  'pullStartedAt',
  'pullStoppedAt',
  'startedAt',
  'stoppingAt',
  'executionStoppedAt',
  'stoppedAt',
  'stopCode',
  'stoppedReason',
  'protectedUntil',
  'version',
] as const;

export type TaskState = Pick<Task, (typeof STATE_MEMBERS)[number]>;
type TaskSpec = Omit<Task, keyof TaskState | 'tags'>;

export interface TaskRow {
  readonly spec: TaskSpec;
  readonly state: TaskState;
  readonly tags: Task['tags'];
}

export const TASK_COLUMNS = 'spec, state, tags';

export const toTask = (row: TaskRow): Task => ({ ...row.spec, ...row.state, tags: row.tags });

/** Splits the task for its row, with what the reservation gave it. */
export function splitTask(task: Task, { gpuIds, logDriverMode }: Granted): { spec: TaskSpec; state: TaskState } {
  const isState = (member: string): boolean => (STATE_MEMBERS as readonly string[]).includes(member);
  const { tags: _tags, ...rest } = {
    ...task,
    ...(gpuIds.length === 0 ? {} : { gpuIds }),
    ...(logDriverMode === undefined ? {} : { logDriverMode }),
  };
  const entries = Object.entries(rest);
  return {
    spec: Object.fromEntries(entries.filter(([member]) => !isState(member))) as unknown as TaskSpec,
    state: Object.fromEntries(entries.filter(([member]) => isState(member))) as unknown as TaskState,
  };
}
