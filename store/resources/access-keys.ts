/** Access keys, with their secrets sealed. */
import type { AccessKey, KeyUse } from '../../model/access-key.ts';
import { QUOTAS } from '../../model/iam/quotas.ts';
import { cannotExceed } from '../../model/iam/refusals.ts';
import type { Database, Queries, Statement } from '../base/database.ts';
import { toJson } from '../base/storable.ts';
import type { AccessKeyStore } from '../contract/access-keys.ts';
import { change } from './iam/change.ts';
import { requireEntity } from './iam/entities.ts';

interface KeyRow {
  readonly id: string;
  readonly user_name: string | null;
  readonly sealed_secret: string;
  readonly status: AccessKey['status'];
  readonly created_at: Date;
  readonly last_used_at: Date | null;
  readonly last_used_for: Omit<KeyUse, 'at'> | null;
}

const COLUMNS = 'id, user_name, sealed_secret, status, created_at, last_used_at, last_used_for';

const FIND: Statement = {
  name: 'access-keys-find',
  text: `SELECT ${COLUMNS} FROM access_keys WHERE id = $1`,
};

const toKey = (row: KeyRow): AccessKey => ({
  accessKeyId: row.id,
  ...(row.user_name === null ? {} : { userName: row.user_name }),
  sealedSecret: row.sealed_secret,
  status: row.status,
  createdAt: row.created_at.getTime(),
  ...(row.last_used_at === null || row.last_used_for === null
    ? {}
    : { lastUsed: { at: row.last_used_at.getTime(), ...row.last_used_for } }),
});

export function createAccessKeyStore(db: Database): AccessKeyStore {
  return {
    createAccessKey: ({ accessKeyId, userName, sealedSecret, status, createdAt }) =>
      change(db, async (queries) => {
        await requireRoomForKey(queries, userName);
        await queries.run(
          `INSERT INTO access_keys (id, user_name, sealed_secret, status, created_at) VALUES ($1, $2, $3, $4, $5)`,
          [accessKeyId, userName ?? null, sealedSecret, status, new Date(createdAt)],
        );
      }),
    findAccessKey: async (accessKeyId) => {
      const [row] = await db.rows<KeyRow>(FIND, [accessKeyId]);
      return row && toKey(row);
    },
    listAccessKeyIds: async () => (await db.rows<Pick<KeyRow, 'id'>>('SELECT id FROM access_keys')).map(({ id }) => id),
    oneAccessKeyOfEachSeal: async () => {
      // A sealed secret begins with what tells the master key.
      const rows = await db.rows<KeyRow>(
        `SELECT DISTINCT ON (split_part(sealed_secret, '.', 1)) ${COLUMNS} FROM access_keys
         ORDER BY split_part(sealed_secret, '.', 1), created_at DESC`,
      );
      return rows.map(toKey);
    },
    listAccessKeys: async (userName) => {
      const rows = await db.rows<KeyRow>(
        `SELECT ${COLUMNS} FROM access_keys WHERE user_name IS NOT DISTINCT FROM $1 ORDER BY created_at, id`,
        [userName ?? null],
      );
      return rows.map(toKey);
    },
    setAccessKeyStatus: async ({ accessKeyId, userName }, status) => {
      const changed = await db.run(
        `UPDATE access_keys SET status = $3 WHERE id = $1 AND user_name IS NOT DISTINCT FROM $2`,
        [accessKeyId, userName ?? null, status],
      );
      return changed > 0;
    },
    deleteAccessKey: ({ accessKeyId, userName }) =>
      change(db, async (queries) => {
        const deleted = await queries.run(
          `DELETE FROM access_keys WHERE id = $1 AND user_name IS NOT DISTINCT FROM $2`,
          [accessKeyId, userName ?? null],
        );
        return deleted > 0;
      }),
    recordKeyUse: async (accessKeyId, { at, ...use }) => {
      await db.run(
        `UPDATE access_keys SET last_used_at = $2, last_used_for = $3
         WHERE id = $1 AND coalesce(last_used_at < $2, true)`,
        [accessKeyId, new Date(at), toJson(use)],
      );
    },
  };
}

/** Root's keys are the operator's: as many as there are operators. */
async function requireRoomForKey(queries: Queries, userName: string | undefined): Promise<void> {
  if (userName === undefined) return;
  await requireEntity(queries, { kind: 'user', name: userName });
  const keys = await queries.rows('SELECT 1 FROM access_keys WHERE user_name = $1', [userName]);
  if (keys.length >= QUOTAS.accessKeysPerUser) throw cannotExceed('AccessKeysPerUser', QUOTAS.accessKeysPerUser);
}
