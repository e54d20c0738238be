/** Which write of an owner was the last: tells one that the owner does not remember, after a workflow step was lost. */
import type { WriteMark, Written } from '../model/owner-record.ts';
import type { Queries, Statement } from './database.ts';

// A new run begins where the one before it had written everything.
const NOTE: Statement = {
  name: 'owner-mark',
  text: `WITH before AS (SELECT run, mark, step_was_lost FROM owner_marks WHERE owner = $1)
         INSERT INTO owner_marks (owner, run, mark, step_was_lost)
         SELECT $1, $2, $3, coalesce((SELECT CASE WHEN mark = $3 THEN step_was_lost
                                                  WHEN $4::text IS NULL THEN run = $2
                                                  ELSE mark <> $4 END FROM before), false)
         ON CONFLICT (owner) DO UPDATE
           SET run = excluded.run, mark = excluded.mark, step_was_lost = excluded.step_was_lost, written_at = now()
         RETURNING step_was_lost`,
};

/**
 * Notes the write, and tells whether the one before it is another than its owner names. A repeat of the last write is
 * told what that was told.
 */
export async function noteWrite(queries: Queries, mark: WriteMark | undefined): Promise<Written> {
  if (mark === undefined) return {};
  const [noted] = await queries.rows<{ step_was_lost: boolean }>(NOTE, [
    mark.ownerWorkflowId,
    mark.runId,
    mark.mark,
    mark.previous ?? null,
  ]);
  return noted?.step_was_lost ? { stepWasLost: true } : {};
}

/** Marks of owners that have long written nothing. An owner that is there after all begins a new one. */
export const PURGE_MARKS = `DELETE FROM owner_marks WHERE written_at < now() - interval '1 day'`;
