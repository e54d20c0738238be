/** Changes of IAM's records happen one after the other, and each raises the version that readers compare. */
import type { Database, Queries } from '../../base/database.ts';

/** Runs `work` in a transaction. What it reads stays true until its end, because every other change waits. */
export const change = <T>(db: Database, work: (queries: Queries) => Promise<T>): Promise<T> =>
  db.transaction(async (queries) => {
    await queries.run('UPDATE iam_version SET version = version + 1');
    return work(queries);
  });

interface VersionRow {
  readonly version: number;
  readonly began_at: number;
}

export async function readVersion(queries: Queries): Promise<VersionRow> {
  const [row] = await queries.rows<VersionRow>({
    name: 'iam-version',
    text: 'SELECT version, began_at FROM iam_version',
  });
  if (!row) throw new Error('iam_version has lost its row.');
  return row;
}
