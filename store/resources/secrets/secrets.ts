/** Secrets, with their values sealed. */
import type { SecretKey } from '../../../model/secrets/arn.ts';
import { listKeyOf, type Secret, type SecretTag, type SecretVersion } from '../../../model/secrets/secret.ts';
import type { Database, Queries } from '../../base/database.ts';
import { pageOf } from '../../base/page.ts';
import { toJson } from '../../base/storable.ts';
import type { SecretChange, SecretStore } from '../../contract/secrets.ts';

interface SecretRow {
  readonly arn: string;
  readonly name: string;
  readonly description: string | null;
  readonly created_at: number;
  readonly changed_at: number;
  readonly marked_at: number | null;
  readonly purge_at: number | null;
  readonly tags: readonly SecretTag[];
  readonly versions: readonly VersionRow[] | null;
}

interface VersionRow {
  readonly id: string;
  readonly stages: readonly string[];
  readonly created_at: number;
  readonly accessed_at: number | null;
}

/** `s` is the secret's row. */
const VERSIONS = `(SELECT jsonb_agg(jsonb_build_object('id', v.id, 'stages', v.stages, 'created_at', v.created_at,
    'accessed_at', v.accessed_at) ORDER BY v.created_at, v.id) FROM secret_versions v WHERE v.secret_arn = s.arn) AS versions`;

/** An ARN goes before a name: a name may end as if it had an ARN's suffix. */
const FIND = 'FROM secrets s WHERE s.arn = $1 OR s.name = $2 ORDER BY s.arn IS NOT DISTINCT FROM $1 DESC LIMIT 1';

const toVersion = ({ id, stages, created_at, accessed_at }: VersionRow): SecretVersion => ({
  ...{ id, stages, createdAt: created_at },
  ...(accessed_at === null ? {} : { accessedAt: accessed_at }),
});

const toSecret = (row: SecretRow): Secret => ({
  ...{ arn: row.arn, name: row.name },
  ...(row.description === null ? {} : { description: row.description }),
  ...{ createdAt: row.created_at, changedAt: row.changed_at },
  ...(row.marked_at === null || row.purge_at === null
    ? {}
    : { deletion: { markedAt: row.marked_at, purgeAt: row.purge_at } }),
  ...{ tags: row.tags, versions: (row.versions ?? []).map(toVersion) },
});

export function createSecretStore(db: Database): SecretStore {
  return {
    findSecret: (key) => find(db, key),
    readSealedSecret: (arn, versionId) => readSealed(db, arn, versionId),
    createSecret: (change) =>
      db.transaction(async (queries) => {
        const { arn, name, createdAt, changedAt } = change.secret;
        const made = await queries.run(
          'INSERT INTO secrets (arn, name, created_at, changed_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING',
          [arn, name, createdAt, changedAt],
        );
        if (made === 0) return false;
        await write(queries, { ...change.secret, versions: [] }, change);
        return true;
      }),
    changeSecret: (key, decide) =>
      db.transaction(async (queries) => {
        const found = await hold(queries, key);
        if (found === undefined) return undefined;
        const change = await decide(found, async (versionId) => {
          const sealed = await readSealed(queries, found.arn, versionId);
          if (sealed === undefined) throw new Error(`A version of the secret has no value: ${versionId}.`);
          return sealed;
        });
        if (change === undefined) return found;
        await write(queries, found, change);
        return change.secret;
      }),
    removeSecret: async (arn) => {
      await db.run('DELETE FROM secrets WHERE arn = $1', [arn]);
    },
    listSecrets: async ({ order, withDeleted }, { limit, after }) => {
      const [createdAt, arn] = after === undefined ? [null, null] : splitKey(after);
      const rows = await db.rows<SecretRow>(
        `SELECT s.*, ${VERSIONS} FROM secrets s
         WHERE ($1 OR s.purge_at IS NULL)
           AND ($2::bigint IS NULL OR (s.created_at, s.arn) ${order === 'asc' ? '>' : '<'} ($2::bigint, $3::text))
         ORDER BY s.created_at ${order}, s.arn ${order} LIMIT $4`,
        [withDeleted, createdAt, arn, limit + 1],
      );
      return pageOf(rows.map(toSecret), limit, listKeyOf);
    },
    recordSecretAccess: async (arn, versionId, day) => {
      await db.run(
        `UPDATE secret_versions SET accessed_at = $3
         WHERE secret_arn = $1 AND id = $2 AND coalesce(accessed_at < $3, true)`,
        [arn, versionId, day],
      );
    },
    purgeSecrets: (before) => db.run('DELETE FROM secrets WHERE purge_at < $1', [before]),
  };
}

/** The time and the ARN of the last secret of a page. */
function splitKey(key: string): readonly [number, string] {
  const slash = key.indexOf('/');
  return [Number(key.slice(0, slash)), key.slice(slash + 1)];
}

async function find(queries: Queries, { arn, name }: SecretKey): Promise<Secret | undefined> {
  const [row] = await queries.rows<SecretRow>({ name: 'secrets-find', text: `SELECT s.*, ${VERSIONS} ${FIND}` }, [
    arn ?? null,
    name,
  ]);
  return row && toSecret(row);
}

/** The secret, which nobody else changes until the transaction ends. Its versions are read once its row is held. */
async function hold(queries: Queries, { arn, name }: SecretKey): Promise<Secret | undefined> {
  const [held] = await queries.rows<{ arn: string; name: string }>(`SELECT s.arn, s.name ${FIND} FOR UPDATE`, [
    arn ?? null,
    name,
  ]);
  return held && find(queries, held);
}

async function readSealed(queries: Queries, arn: string, versionId: string): Promise<string | undefined> {
  const [row] = await queries.rows<{ sealed: string }>(
    { name: 'secret-versions-read', text: 'SELECT sealed FROM secret_versions WHERE secret_arn = $1 AND id = $2' },
    [arn, versionId],
  );
  return row?.sealed;
}

async function write(queries: Queries, before: Secret, { secret, added }: SecretChange): Promise<void> {
  const { arn, description, changedAt, deletion, tags, versions } = secret;
  await queries.run(
    'UPDATE secrets SET description = $2, changed_at = $3, marked_at = $4, purge_at = $5, tags = $6 WHERE arn = $1',
    [arn, description ?? null, changedAt, deletion?.markedAt ?? null, deletion?.purgeAt ?? null, toJson(tags)],
  );
  const kept = new Set(versions.map(({ id }) => id));
  const gone = before.versions.filter(({ id }) => !kept.has(id)).map(({ id }) => id);
  if (gone.length > 0) {
    await queries.run('DELETE FROM secret_versions WHERE secret_arn = $1 AND id = ANY ($2)', [arn, gone]);
  }
  const stagesBefore = new Map(before.versions.map(({ id, stages }) => [id, stages.join(' ')]));
  for (const { id, stages, createdAt } of versions) {
    if (added?.id === id) {
      await queries.run(
        'INSERT INTO secret_versions (secret_arn, id, stages, created_at, sealed) VALUES ($1, $2, $3, $4, $5)',
        [arn, id, toJson(stages), createdAt, added.sealed],
      );
    } else if (stagesBefore.get(id) !== stages.join(' ')) {
      await queries.run('UPDATE secret_versions SET stages = $3 WHERE secret_arn = $1 AND id = $2', [
        ...[arn, id],
        toJson(stages),
      ]);
    }
  }
}
