/** What users, groups and roles have in common as rows. */
import { type EntityKind, type EntityRef, KIND_WORDS, SERVICE_LINKED_PATH } from '../../../model/iam/entity.ts';
import { AwsError } from '../../../model/errors.ts';
import type { PathAndName } from '../../../model/iam/arn.ts';
import { QUOTAS } from '../../../model/iam/quotas.ts';
import { alreadyExists, cannotExceed, deleteConflict, noSuchHolder } from '../../../model/iam/refusals.ts';
import type { Queries } from '../../base/database.ts';
import { pageOf } from '../../base/page.ts';
import type { PathFilter } from '../../contract/iam.ts';
import type { Page, PageRequest } from '../../contract/page.ts';

export const ENTITY_TABLES = { user: 'iam_users', group: 'iam_groups', role: 'iam_roles' } as const;
const PLURALS = { user: 'users', group: 'groups', role: 'roles' } as const;

export interface EntityRow extends PathAndName {
  readonly id: string;
  readonly created_at: number;
}

/** The row of a user, group or role. Throws NoSuchEntity. */
export async function requireEntity<Row extends EntityRow = EntityRow>(
  queries: Queries,
  { kind, name }: EntityRef,
): Promise<Row> {
  const [row] = await queries.rows<Row>(`SELECT * FROM ${ENTITY_TABLES[kind]} WHERE name = $1`, [name]);
  if (!row) throw noSuchHolder(kind, name);
  return row;
}

/** The same, for a change: throws UnmodifiableEntity too. */
export async function requireModifiable<Row extends EntityRow = EntityRow>(
  queries: Queries,
  holder: EntityRef,
): Promise<Row> {
  const row = await requireEntity<Row>(queries, holder);
  if (holder.kind === 'role' && row.path.startsWith(SERVICE_LINKED_PATH)) {
    throw new AwsError(
      'UnmodifiableEntity',
      `Cannot perform the operation on the protected role '${row.name}' - this role is only modifiable by AWS`,
    );
  }
  return row;
}

/** Throws EntityAlreadyExists if another one has the name, in whatever case. `self` is the id of the one that may. */
export async function requireFreeName(queries: Queries, { kind, name }: EntityRef, self = ''): Promise<void> {
  const taken = await queries.rows(`SELECT 1 FROM ${ENTITY_TABLES[kind]} WHERE lower(name) = lower($1) AND id <> $2`, [
    name,
    self,
  ]);
  const plain = `${KIND_WORDS[kind]} with name ${name} already exists.`;
  if (taken.length > 0) throw alreadyExists(plain);
}

/** Throws LimitExceeded if the account has no room for one more. */
export async function requireRoom(queries: Queries, kind: EntityKind): Promise<void> {
  const most = QUOTAS[PLURALS[kind]];
  const [row] = await queries.rows<{ count: number }>(`SELECT count(*) AS count FROM ${ENTITY_TABLES[kind]}`);
  if ((row?.count ?? 0) >= most) throw cannotExceed(`${KIND_WORDS[kind]}sPerAccount`, most);
}

/** The rows of a kind below a path, by name. */
export async function listEntities<Row extends EntityRow>(
  queries: Queries,
  kind: EntityKind,
  { pathPrefix, after, limit }: PathFilter & PageRequest,
): Promise<Page<Row>> {
  const rows = await queries.rows<Row>(
    `SELECT * FROM ${ENTITY_TABLES[kind]} WHERE starts_with(path, $1) AND name > $2 ORDER BY name LIMIT $3`,
    [pathPrefix, after ?? '', limit + 1],
  );
  return pageOf(rows, limit, ({ name }) => name);
}

/** Gives a user or group another name or path. */
export async function renameEntity(
  queries: Queries,
  holder: EntityRef,
  { name, path }: Partial<PathAndName>,
): Promise<void> {
  const { id } = await requireEntity(queries, holder);
  if (name !== undefined) await requireFreeName(queries, { kind: holder.kind, name }, id);
  await queries.run(
    `UPDATE ${ENTITY_TABLES[holder.kind]} SET name = coalesce($2, name), path = coalesce($3, path) WHERE id = $1`,
    [id, name ?? null, path ?? null],
  );
}

/** Throws DeleteConflict while the user, group or role has policies. */
export async function requireNoPolicies(queries: Queries, id: string): Promise<void> {
  const [row] = await queries.rows<{ attached: boolean; inline: boolean }>(
    `SELECT EXISTS (SELECT FROM iam_attachments WHERE holder_id = $1) AS attached,
       EXISTS (SELECT FROM iam_inline_policies WHERE holder_id = $1) AS inline`,
    [id],
  );
  if (row?.attached === true) throw deleteConflict('Cannot delete entity, must detach all policies first.');
  if (row?.inline === true) throw deleteConflict('Cannot delete entity, must delete policies first.');
}
