/** Inline policies of users, groups and roles. */
import { documentSize, INLINE_SIZE_QUOTA } from '../../../model/iam/quotas.ts';
import { limitExceeded, noSuchEntity } from '../../../model/iam/refusals.ts';
import type { EntityRef } from '../../../model/iam/entity.ts';
import type { Database, Queries } from '../../base/database.ts';
import { pageOf } from '../../base/page.ts';
import type { IamStore } from '../../contract/iam.ts';
import { change } from './change.ts';
import { requireEntity, requireModifiable } from './entities.ts';

type InlinePolicyStore = Pick<
  IamStore,
  'putInlinePolicy' | 'getInlinePolicy' | 'listInlinePolicies' | 'deleteInlinePolicy'
>;

const noSuchInlinePolicy = (kind: string, name: string) =>
  noSuchEntity(`The ${kind} policy with name ${name} cannot be found.`);

export function createInlinePolicyStore(db: Database): InlinePolicyStore {
  return {
    putInlinePolicy: (holder, { name, document }) =>
      change(db, async (queries) => {
        const { id } = await requireModifiable(queries, holder);
        await queries.run(
          `INSERT INTO iam_inline_policies (holder_id, name, document) VALUES ($1, $2, $3)
           ON CONFLICT (holder_id, name) DO UPDATE SET document = excluded.document`,
          [id, name, document],
        );
        await requireSize(queries, holder, id);
      }),
    getInlinePolicy: async (holder, name) => {
      const { id } = await requireEntity(db, holder);
      const [row] = await db.rows<{ document: string }>(
        'SELECT document FROM iam_inline_policies WHERE holder_id = $1 AND name = $2',
        [id, name],
      );
      if (!row) throw noSuchInlinePolicy(holder.kind, name);
      return row.document;
    },
    listInlinePolicies: async (holder, { after, limit }) => {
      const { id } = await requireEntity(db, holder);
      const rows = await db.rows<{ name: string }>(
        'SELECT name FROM iam_inline_policies WHERE holder_id = $1 AND name > $2 ORDER BY name LIMIT $3',
        [id, after ?? '', limit + 1],
      );
      return pageOf(
        rows.map(({ name }) => name),
        limit,
        (name) => name,
      );
    },
    deleteInlinePolicy: (holder, name) =>
      change(db, async (queries) => {
        const { id } = await requireModifiable(queries, holder);
        const deleted = await queries.run('DELETE FROM iam_inline_policies WHERE holder_id = $1 AND name = $2', [
          id,
          name,
        ]);
        if (deleted === 0) throw noSuchInlinePolicy(holder.kind, name);
      }),
  };
}

async function requireSize(queries: Queries, { kind, name }: EntityRef, id: string): Promise<void> {
  const most = INLINE_SIZE_QUOTA[kind];
  const rows = await queries.rows<{ document: string }>(
    'SELECT document FROM iam_inline_policies WHERE holder_id = $1',
    [id],
  );
  const size = rows.reduce((sum, { document }) => sum + documentSize(document), 0);
  if (size > most) throw limitExceeded(`Maximum policy size of ${most} bytes exceeded for ${kind} ${name}`);
}
