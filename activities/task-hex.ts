/** Ids that come from a task's id: a repeated activity and an agent that returns make the same ones again. */
import { createHash } from 'node:crypto';

/** 64 hex digits for a part of a task; `part` begins with what sets it off from the id, e.g. `/web`. */
export const taskHex = (taskId: string, part: string): string =>
  createHash('sha256').update(`${taskId}${part}`).digest('hex');
