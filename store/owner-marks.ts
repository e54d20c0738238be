/** Which write of an owner was the last: tells one that the owner does not remember, after a workflow step was lost. */
import type { WriteMark } from '../model/owner-record.ts';
import type { Queries, Statement } from './database.ts';

const NOTE: Statement = {
  name: 'owner-mark',
  text: `WITH before AS (SELECT run, mark FROM owner_marks WHERE owner = $1),
           noted AS (INSERT INTO owner_marks AS m (owner, run, mark) VALUES ($1, $2, $3)
             ON CONFLICT (owner) DO UPDATE SET run = excluded.run, mark = excluded.mark, written_at = now())
         SELECT run, mark FROM before`,
};

/** Notes the write. True: the one before it was not the one that its owner names. A repeat of the last write is none. */
export async function noteWrite(queries: Queries, mark: WriteMark | undefined): Promise<boolean> {
  if (mark === undefined) return false;
  const [before] = await queries.rows<{ run: string; mark: string }>(NOTE, [
    mark.ownerWorkflowId,
    mark.runId,
    mark.mark,
  ]);
  if (before === undefined || before.mark === mark.mark) return false;
  // A new run begins where the one before it had written everything.
  return mark.previous === undefined ? before.run === mark.runId : before.mark !== mark.previous;
}

/** Marks of owners that have long written nothing. An owner that is there after all begins a new one. */
export const PURGE_MARKS = `DELETE FROM owner_marks WHERE written_at < now() - interval '1 day'`;
