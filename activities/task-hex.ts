/** Ids that come from a task's id: a repeated activity and an agent that returns make the same ones again. */
import { createHash } from 'node:crypto';

/** 64 hex digits for a part of a task; `part` begins with what sets it off from the id, e.g. `/web`. */
export const taskHex = (taskId: string, part: string): string =>
  createHash('sha256').update(`${taskId}${part}`).digest('hex');

/** The same UUID for the same part of a task, so that a repeated activity writes the same row. */
export function taskUuid(taskId: string, part: string): string {
  const hex = taskHex(taskId, part);
  // Version 8 of RFC 9562: a UUID with custom contents.
  return [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `a${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  );
}

/** The id of a container of the task, which is in its ARN. */
export const taskContainerId = (taskId: string, containerName: string): string => taskUuid(taskId, `/${containerName}`);
