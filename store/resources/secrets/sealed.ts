/** All that is sealed, whatever table it is in. */
import type { Database } from '../../base/database.ts';
import type { SealedKind, SealedRow, SealedStore } from '../../contract/sealed.ts';

interface Place {
  readonly table: string;
  readonly column: string;
  /** The row's key, as two texts. */
  readonly key: readonly [string, string];
}

const PLACES: Readonly<Record<SealedKind, Place>> = {
  'access-key': { table: 'access_keys', column: 'sealed_secret', key: ['id', "''"] },
  'agent-authority': { table: 'agent_authority', column: 'sealed_key', key: ["''", "''"] },
  'secret-version': { table: 'secret_versions', column: 'sealed', key: ['secret_arn', 'id'] },
  'parameter-version': { table: 'parameter_versions', column: 'sealed', key: ['name', 'version::text'] },
};

export function createSealedStore(db: Database): SealedStore {
  return {
    listSealedOtherwise: async (kind, keyId, { limit, after }) => {
      const { table, column, key } = PLACES[kind];
      const [first, second] = key.map((part) => `(${part})::text COLLATE "C"`);
      const rows = await db.rows<{ first: string; second: string; sealed: string }>(
        `SELECT ${first} AS first, ${second} AS second, ${column} AS sealed FROM ${table}
         WHERE split_part(${column}, '.', 1) <> $1
           AND ($2::text IS NULL OR (${first}, ${second}) > ($2::text, $3::text))
         ORDER BY 1, 2 LIMIT $4`,
        [keyId, after?.[0] ?? null, after?.[1] ?? null, limit],
      );
      return rows.map(({ first: one, second: other, sealed }): SealedRow => ({ key: [one, other], sealed }));
    },
    reseal: async (kind, { key: [first, second], sealed: before }, sealed) => {
      const { table, column, key } = PLACES[kind];
      const changed = await db.run(
        `UPDATE ${table} SET ${column} = $3 WHERE (${key[0]})::text = $1 AND (${key[1]})::text = $2 AND ${column} = $4`,
        [first, second, sealed, before],
      );
      return changed > 0;
    },
  };
}
