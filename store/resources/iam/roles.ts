/** Roles, those of AWS services included. */
import { defined } from '../../../model/defined.ts';
import { noSuchHolder, invalidInput } from '../../../model/iam/refusals.ts';
import { SERVICE_LINKED_PATH } from '../../../model/iam/entity.ts';
import type { Database, Queries } from '../../base/database.ts';
import { toJson } from '../../base/storable.ts';
import type { IamStore, RoleRecord } from '../../contract/iam.ts';
import type { Page } from '../../contract/page.ts';
import { change } from './change.ts';
import {
  listEntities,
  requireEntity,
  requireFreeName,
  requireModifiable,
  requireNoPolicies,
  requireRoom,
} from './entities.ts';
import type { PolicyNames } from './policy-names.ts';
import type { UserRow } from './users.ts';

interface RoleRow extends UserRow {
  readonly trust_policy: string;
  readonly description: string | null;
  readonly max_session_duration: number;
}

type RoleStore = Pick<
  IamStore,
  | 'createRole'
  | 'getRole'
  | 'listRoles'
  | 'updateRole'
  | 'deleteRole'
  | 'createServiceLinkedRole'
  | 'deleteServiceLinkedRole'
  | 'wasDeleted'
>;

async function toRoles(queries: Queries, policies: PolicyNames, page: Page<RoleRow>): Promise<Page<RoleRecord>> {
  const boundaries = await policies.arnsOf(
    queries,
    page.items.map(({ boundary }) => boundary),
  );
  const items = page.items.map((row) => ({
    id: row.id,
    name: row.name,
    path: row.path,
    createdAt: row.created_at,
    trustPolicy: row.trust_policy,
    ...defined({ description: row.description ?? undefined }),
    maxSessionSeconds: row.max_session_duration,
    tags: row.tags,
    ...boundaries.member(row.boundary),
  }));
  return { ...page, items };
}

export function createRoleStore(db: Database, policies: PolicyNames): RoleStore {
  const read = async (queries: Queries, name: string): Promise<RoleRecord> => {
    const row = await requireEntity<RoleRow>(queries, { kind: 'role', name });
    const { items } = await toRoles(queries, policies, { items: [row] });
    return items[0] as RoleRecord;
  };
  return {
    createRole: (role) =>
      change(db, async (queries) => {
        await requireFreeName(queries, { kind: 'role', name: role.name });
        await insertRole(queries, role, await policies.boundaryId(queries, role.boundaryArn));
        return read(queries, role.name);
      }),
    getRole: (name) => read(db, name),
    listRoles: async (filter, page) =>
      toRoles(db, policies, await listEntities<RoleRow>(db, 'role', { ...filter, ...page })),
    updateRole: (name, { description, maxSessionSeconds, trustPolicy }) =>
      change(db, async (queries) => {
        const { id } = await requireModifiable(queries, { kind: 'role', name });
        await queries.run(
          `UPDATE iam_roles SET description = coalesce($2, description), trust_policy = coalesce($3, trust_policy),
             max_session_duration = coalesce($4, max_session_duration) WHERE id = $1`,
          [id, description ?? null, trustPolicy ?? null, maxSessionSeconds ?? null],
        );
        return read(queries, name);
      }),
    deleteRole: (name) =>
      change(db, async (queries) => {
        const { id } = await requireModifiable(queries, { kind: 'role', name });
        await requireNoPolicies(queries, id);
        await queries.run('DELETE FROM iam_roles WHERE id = $1', [id]);
      }),
    createServiceLinkedRole: (role, policyArn) =>
      change(db, async (queries) => {
        const taken = await queries.rows('SELECT 1 FROM iam_roles WHERE lower(name) = lower($1)', [role.name]);
        if (taken.length > 0) {
          throw invalidInput(
            `Service role name ${role.name} has been taken in this account, please try a different suffix.`,
          );
        }
        await insertRole(queries, role, null);
        const policyId = await policies.requireId(queries, policyArn);
        await queries.run('INSERT INTO iam_attachments (holder_id, policy_id) VALUES ($1, $2)', [role.id, policyId]);
        return read(queries, role.name);
      }),
    deleteServiceLinkedRole: (name, { taskId, at }) =>
      change(db, async (queries) => {
        const { id, path } = await requireEntity(queries, { kind: 'role', name });
        if (!path.startsWith(SERVICE_LINKED_PATH)) throw noSuchHolder('role', name);
        await queries.run('DELETE FROM iam_attachments WHERE holder_id = $1', [id]);
        await queries.run('DELETE FROM iam_roles WHERE id = $1', [id]);
        await queries.run('INSERT INTO iam_role_deletions (task_id, created_at) VALUES ($1, $2)', [taskId, at]);
      }),
    wasDeleted: async (taskId) =>
      (await db.rows('SELECT 1 FROM iam_role_deletions WHERE task_id = $1', [taskId])).length > 0,
  };
}

async function insertRole(queries: Queries, role: RoleRecord, boundary: string | null): Promise<void> {
  await requireRoom(queries, 'role');
  await queries.run(
    `INSERT INTO iam_roles (id, name, path, created_at, trust_policy, description, max_session_duration, boundary, tags)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      role.id,
      role.name,
      role.path,
      role.createdAt,
      role.trustPolicy,
      role.description ?? null,
      role.maxSessionSeconds,
      boundary,
      toJson(role.tags),
    ],
  );
}
