/** Join tokens, without their secrets. */
import type { JoinToken } from '../../model/join-token.ts';
import type { Database, Queries } from '../base/database.ts';
import { pageOf } from '../base/page.ts';
import type { AgentStore } from '../contract/agents.ts';

interface TokenRow {
  readonly id: string;
  readonly cluster: string;
  readonly zone: string | null;
  readonly uses: number;
  readonly uses_left: number;
  readonly created_at: number;
  readonly expires_at: number;
  readonly revoked_at: number | null;
  readonly created_by: string;
}

const COLUMNS = 'id, cluster, zone, uses, uses_left, created_at, expires_at, revoked_at, created_by';

const toToken = (row: TokenRow): JoinToken => ({
  tokenId: row.id,
  clusterName: row.cluster,
  ...(row.zone === null ? {} : { availabilityZone: row.zone }),
  uses: row.uses,
  usesLeft: row.uses_left,
  createdAt: row.created_at,
  expiresAt: row.expires_at,
  ...(row.revoked_at === null ? {} : { revokedAt: row.revoked_at }),
  createdBy: row.created_by,
});

type JoinTokenStore = Pick<AgentStore, 'createJoinToken' | 'findJoinToken' | 'listJoinTokens' | 'revokeJoinToken'>;

export function createJoinTokenStore(db: Database): JoinTokenStore {
  const one = async (text: string, values: readonly unknown[]): Promise<JoinToken | undefined> => {
    const [row] = await db.rows<TokenRow>(text, values);
    return row && toToken(row);
  };
  return {
    createJoinToken: async (token) => {
      await db.run(`INSERT INTO join_tokens (${COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, NULL, $8)`, [
        token.tokenId,
        token.clusterName,
        token.availabilityZone ?? null,
        token.uses,
        token.usesLeft,
        token.createdAt,
        token.expiresAt,
        token.createdBy,
      ]);
    },
    findJoinToken: (tokenId) => one(`SELECT ${COLUMNS} FROM join_tokens WHERE id = $1`, [tokenId]),
    listJoinTokens: async (clusterName, { after, limit }) => {
      const rows = await db.rows<TokenRow>(
        `SELECT ${COLUMNS} FROM join_tokens WHERE cluster = $1 AND id > $2 ORDER BY id LIMIT $3`,
        [clusterName, after ?? '', limit + 1],
      );
      return pageOf(rows.map(toToken), limit, ({ tokenId }) => tokenId);
    },
    revokeJoinToken: ({ clusterName, tokenId }, at) =>
      one(
        `UPDATE join_tokens SET revoked_at = coalesce(revoked_at, $3) WHERE id = $1 AND cluster = $2 RETURNING ${COLUMNS}`,
        [tokenId, clusterName, at],
      ),
  };
}

/** Reads the token and holds it until the transaction ends, so that joins with it happen one after the other. */
export async function holdToken(queries: Queries, tokenId: string): Promise<JoinToken | undefined> {
  const [row] = await queries.rows<TokenRow>(`SELECT ${COLUMNS} FROM join_tokens WHERE id = $1 FOR UPDATE`, [tokenId]);
  return row && toToken(row);
}

export async function takeUse(queries: Queries, { tokenId }: JoinToken): Promise<void> {
  await queries.run('UPDATE join_tokens SET uses_left = uses_left - 1 WHERE id = $1', [tokenId]);
}
