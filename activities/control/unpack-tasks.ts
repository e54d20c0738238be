/** The rows of a reservation, from the columns in which they cross a workflow's history. */
import { createHash } from 'node:crypto';
import { type Columns, fromColumns } from '../../model/columns.ts';
import type { Task } from '../../model/task.ts';

export const unpackTasks = (columns: Columns): readonly Task[] =>
  fromColumns(columns).map((row) => withIds(row as unknown as Task));

/** Ids of its containers and attachments. A workflow would draw them at random, and no row would be like another. */
function withIds(task: Task): Task {
  return {
    ...task,
    containers: task.containers.map((container) => ({ ...container, id: idOf(`${task.taskId}/${container.name}`) })),
    attachments: task.attachments.map((attachment, i) => ({ ...attachment, id: idOf(`${task.taskId}#${i}`) })),
  };
}

/** The same UUID for the same text, so that a repeated activity writes the same row. */
function idOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  // Version 8 of RFC 9562: a UUID of one's own making.
  return [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `a${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  );
}
