/** Ids of what owners tell the store. */
import { uuid4 } from '@temporalio/workflow';
import { textHash } from '../../scheduler/tasks/text-hash.ts';

const HASH_DIGITS = 8;

/**
 * A UUID that goes with its content. A step that was lost after it had written draws the same numbers when it is done again:
 * the same content is the same record then, and another one does not pass for it.
 */
export const contentId = (content: string): string =>
  uuid4().slice(0, -HASH_DIGITS) + textHash(content).toString(16).padStart(HASH_DIGITS, '0');
