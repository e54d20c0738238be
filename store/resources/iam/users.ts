/** Users. */
import { deleteConflict } from '../../../model/iam/refusals.ts';
import type { Database, Queries } from '../../base/database.ts';
import { toJson } from '../../base/storable.ts';
import type { IamStore, IamTag, UserRecord } from '../../contract/iam.ts';
import type { Page } from '../../contract/page.ts';
import { change } from './change.ts';
import {
  type EntityRow,
  listEntities,
  renameEntity,
  requireEntity,
  requireFreeName,
  requireNoPolicies,
  requireRoom,
} from './entities.ts';
import type { PolicyNames } from './policy-names.ts';

export interface UserRow extends EntityRow {
  readonly boundary: string | null;
  readonly tags: readonly IamTag[];
}

type UserStore = Pick<IamStore, 'createUser' | 'getUser' | 'listUsers' | 'updateUser' | 'deleteUser'>;

/** Turns rows into records, which name boundaries by their ARNs. */
export async function toUsers(queries: Queries, policies: PolicyNames, page: Page<UserRow>): Promise<Page<UserRecord>> {
  const boundaries = await policies.arnsOf(
    queries,
    page.items.map(({ boundary }) => boundary),
  );
  const items = page.items.map(({ id, name, path, created_at, tags, boundary }) => ({
    id,
    name,
    path,
    createdAt: created_at,
    tags,
    ...boundaries.member(boundary),
  }));
  return { ...page, items };
}

export function createUserStore(db: Database, policies: PolicyNames): UserStore {
  const read = async (queries: Queries, name: string): Promise<UserRecord> => {
    const row = await requireEntity<UserRow>(queries, { kind: 'user', name });
    const { items } = await toUsers(queries, policies, { items: [row] });
    return items[0] as UserRecord;
  };
  return {
    createUser: ({ id, name, path, createdAt, tags, boundaryArn }) =>
      change(db, async (queries) => {
        await requireFreeName(queries, { kind: 'user', name });
        await requireRoom(queries, 'user');
        const boundary = await policies.boundaryId(queries, boundaryArn);
        await queries.run(
          'INSERT INTO iam_users (id, name, path, created_at, boundary, tags) VALUES ($1, $2, $3, $4, $5, $6)',
          [id, name, path, createdAt, boundary, toJson(tags)],
        );
        return read(queries, name);
      }),
    getUser: (name) => read(db, name),
    listUsers: async (filter, page) =>
      toUsers(db, policies, await listEntities<UserRow>(db, 'user', { ...filter, ...page })),
    updateUser: (name, changes) => change(db, (queries) => renameEntity(queries, { kind: 'user', name }, changes)),
    deleteUser: (name) => change(db, (queries) => deleteUser(queries, name)),
  };
}

async function deleteUser(queries: Queries, name: string): Promise<void> {
  const { id } = await requireEntity(queries, { kind: 'user', name });
  const [row] = await queries.rows<{ keys: boolean; groups: boolean }>(
    `SELECT EXISTS (SELECT FROM access_keys WHERE user_name = $2) AS keys,
       EXISTS (SELECT FROM iam_memberships WHERE user_id = $1) AS groups`,
    [id, name],
  );
  if (row?.keys === true) throw deleteConflict('Cannot delete entity, must delete access keys first.');
  if (row?.groups === true) throw deleteConflict('Cannot delete entity, must remove users from group first.');
  await requireNoPolicies(queries, id);
  await queries.run('DELETE FROM iam_users WHERE id = $1', [id]);
}
