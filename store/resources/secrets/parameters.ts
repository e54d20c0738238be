/** Parameters, with their values sealed. */
import type { Parameter, ParameterTier, ParameterType, ParameterVersion } from '../../../model/secrets/parameter.ts';
import type { SecretTag } from '../../../model/secrets/secret.ts';
import type { Database, Queries } from '../../base/database.ts';
import { pageOf } from '../../base/page.ts';
import { toJson } from '../../base/storable.ts';
import type { ParameterChange, ParameterStore, SealedParameter } from '../../contract/secrets.ts';

interface VersionRow {
  readonly version: number;
  readonly type: ParameterType;
  readonly tier: ParameterTier;
  readonly description: string | null;
  readonly allowed_pattern: string | null;
  readonly modified_at: number;
  readonly modified_by: string;
  readonly labels: readonly string[];
}

interface SealedRow extends VersionRow {
  readonly name: string;
  readonly tags: readonly SecretTag[];
  readonly sealed: string;
}

const VERSION = 'v.version, v.type, v.tier, v.description, v.allowed_pattern, v.modified_at, v.modified_by, v.labels';
const SEALED = `v.name, p.tags, v.sealed, ${VERSION}`;
const FROM = 'FROM parameters p JOIN parameter_versions v ON v.name = p.name';
const LATEST = 'v.version = (SELECT max(version) FROM parameter_versions WHERE name = p.name)';

const toVersion = (row: VersionRow): ParameterVersion => ({
  ...{ version: row.version, type: row.type, tier: row.tier },
  ...(row.description === null ? {} : { description: row.description }),
  ...(row.allowed_pattern === null ? {} : { allowedPattern: row.allowed_pattern }),
  ...{ modifiedAt: row.modified_at, modifiedBy: row.modified_by, labels: row.labels },
});

const toSealed = (row: SealedRow): SealedParameter => ({
  ...toVersion(row),
  ...{ name: row.name, tags: row.tags, sealed: row.sealed },
});

export function createParameterStore(db: Database): ParameterStore {
  return {
    readParameter: async (name, selector) => {
      const rows = await db.rows<SealedRow>(
        `SELECT ${SEALED} ${FROM} WHERE p.name = $1 AND ${chosenBy(selector)}`,
        selector === undefined ? [name] : [name, selector],
      );
      const [row] = rows;
      return row && toSealed(row);
    },
    findParameter: (name) => find(db, name),
    parameterHistory: async (name) =>
      (await db.rows<SealedRow>(`SELECT ${SEALED} ${FROM} WHERE p.name = $1 ORDER BY v.version`, [name])).map(toSealed),
    changeParameter: (name, decide) =>
      db.transaction(async (queries) => {
        // Whoever makes, changes or deletes the same one at this moment waits for it.
        await queries.run(
          'INSERT INTO parameters (name) VALUES ($1) ON CONFLICT (name) DO UPDATE SET name = EXCLUDED.name',
          [name],
        );
        const found = await find(queries, name);
        const change = await decide(found, (tier) => count(queries, tier));
        if (change !== undefined) await write(queries, found, change);
        else if (found === undefined) await queries.run('DELETE FROM parameters WHERE name = $1', [name]);
      }),
    deleteParameters: async (names) =>
      (await db.rows<{ name: string }>('DELETE FROM parameters WHERE name = ANY ($1) RETURNING name', [names])).map(
        ({ name }) => name,
      ),
    listParameters: async (prefix, { limit, after }) => {
      const rows = await db.rows<SealedRow>(
        `SELECT ${SEALED} ${FROM} WHERE p.name >= $1 AND starts_with(p.name, $1)
           AND ($2::text IS NULL OR p.name > $2) AND ${LATEST} ORDER BY p.name LIMIT $3`,
        [prefix, after ?? null, limit + 1],
      );
      return pageOf(rows.map(toSealed), limit, ({ name }) => name);
    },
  };
}

function chosenBy(selector: number | string | undefined): string {
  if (selector === undefined) return LATEST;
  return typeof selector === 'number' ? 'v.version = $2' : 'v.labels ? $2';
}

async function count(queries: Queries, tier: ParameterTier): Promise<number> {
  const [row] = await queries.rows<{ count: number }>(
    `SELECT count(*) AS count ${FROM} WHERE v.tier = $1 AND ${LATEST}`,
    [tier],
  );
  return row?.count ?? 0;
}

async function find(queries: Queries, name: string): Promise<Parameter | undefined> {
  const rows = await queries.rows<VersionRow & Pick<SealedRow, 'tags'>>(
    `SELECT p.tags, ${VERSION} ${FROM} WHERE p.name = $1 ORDER BY v.version`,
    [name],
  );
  const [first] = rows;
  return first && { name, tags: first.tags, versions: rows.map(toVersion) };
}

async function write(
  queries: Queries,
  before: Parameter | undefined,
  { parameter: { name, tags, versions }, added }: ParameterChange,
): Promise<void> {
  await queries.run('UPDATE parameters SET tags = $2 WHERE name = $1', [name, toJson(tags)]);
  const kept = new Set(versions.map(({ version }) => version));
  const gone = (before?.versions ?? []).map(({ version }) => version).filter((version) => !kept.has(version));
  if (gone.length > 0) {
    await queries.run('DELETE FROM parameter_versions WHERE name = $1 AND version = ANY ($2)', [name, gone]);
  }
  for (const each of versions) {
    if (added?.version === each.version) {
      await queries.run(
        `INSERT INTO parameter_versions
           (name, version, type, tier, description, allowed_pattern, modified_at, modified_by, labels, sealed)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
        [
          ...[name, each.version, each.type, each.tier, each.description ?? null, each.allowedPattern ?? null],
          ...[each.modifiedAt, each.modifiedBy, toJson(each.labels), added.sealed],
        ],
      );
    } else {
      await queries.run(
        'UPDATE parameter_versions SET labels = $3 WHERE name = $1 AND version = $2 AND labels IS DISTINCT FROM $3',
        [name, each.version, toJson(each.labels)],
      );
    }
  }
}
