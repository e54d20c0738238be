/** Which write of an owner was the last: tells one that the owner does not remember, after a workflow step was lost. */
import type { WriteMark, Written } from '../model/owner-record.ts';
import type { Queries, Statement } from './database.ts';

const NOTE: Statement = {
  name: 'owner-mark',
  text: `WITH before AS (SELECT run, mark FROM owner_marks WHERE owner = $1),
           noted AS (INSERT INTO owner_marks AS m (owner, run, mark) VALUES ($1, $2, $3)
             ON CONFLICT (owner) DO UPDATE SET run = excluded.run, mark = excluded.mark, written_at = now())
         SELECT run, mark FROM before`,
};

/** Notes the write, and tells whether the one before it is another than its owner names. A repeat of the last write is none. */
export async function noteWrite(queries: Queries, mark: WriteMark | undefined): Promise<Written> {
  if (mark === undefined) return {};
  const [before] = await queries.rows<{ run: string; mark: string }>(NOTE, [
    mark.ownerWorkflowId,
    mark.runId,
    mark.mark,
  ]);
  if (before === undefined || before.mark === mark.mark) return {};
  // A new run begins where the one before it had written everything.
  const follows = mark.previous === undefined ? before.run !== mark.runId : before.mark === mark.previous;
  return follows ? {} : { stepWasLost: true };
}

/** Marks of owners that have long written nothing. An owner that is there after all begins a new one. */
export const PURGE_MARKS = `DELETE FROM owner_marks WHERE written_at < now() - interval '1 day'`;
