/** Groups, and which users are in them. */
import { QUOTAS } from '../../../model/iam/quotas.ts';
import { cannotExceed, deleteConflict, noSuchEntity } from '../../../model/iam/refusals.ts';
import type { Database, Queries } from '../../base/database.ts';
import { pageOf } from '../../base/page.ts';
import type { GroupRecord, IamStore } from '../../contract/iam.ts';
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
import { toUsers, type UserRow } from './users.ts';

type GroupStore = Pick<
  IamStore,
  | 'createGroup'
  | 'getGroup'
  | 'listGroups'
  | 'updateGroup'
  | 'deleteGroup'
  | 'addUserToGroup'
  | 'removeUserFromGroup'
  | 'listGroupUsers'
  | 'listGroupsOfUser'
>;

const toGroup = ({ id, name, path, created_at }: EntityRow): GroupRecord => ({ id, name, path, createdAt: created_at });

export function createGroupStore(db: Database, policies: PolicyNames): GroupStore {
  return {
    createGroup: (group) =>
      change(db, async (queries) => {
        await requireFreeName(queries, { kind: 'group', name: group.name });
        await requireRoom(queries, 'group');
        await queries.run('INSERT INTO iam_groups (id, name, path, created_at) VALUES ($1, $2, $3, $4)', [
          group.id,
          group.name,
          group.path,
          group.createdAt,
        ]);
        return group;
      }),
    getGroup: async (name) => toGroup(await requireEntity(db, { kind: 'group', name })),
    listGroups: async (filter, page) => {
      const found = await listEntities<EntityRow>(db, 'group', { ...filter, ...page });
      return { ...found, items: found.items.map(toGroup) };
    },
    updateGroup: (name, changes) => change(db, (queries) => renameEntity(queries, { kind: 'group', name }, changes)),
    deleteGroup: (name) => change(db, (queries) => deleteGroup(queries, name)),
    addUserToGroup: (group, user) => change(db, (queries) => addMember(queries, group, user)),
    removeUserFromGroup: (group, user) => change(db, (queries) => removeMember(queries, group, user)),
    listGroupUsers: async (group, { after, limit }) => {
      const { id } = await requireEntity(db, { kind: 'group', name: group });
      const rows = await db.rows<UserRow>(
        `SELECT u.* FROM iam_users u JOIN iam_memberships m ON m.user_id = u.id
         WHERE m.group_id = $1 AND u.name > $2 ORDER BY u.name LIMIT $3`,
        [id, after ?? '', limit + 1],
      );
      return toUsers(
        db,
        policies,
        pageOf(rows, limit, ({ name }) => name),
      );
    },
    listGroupsOfUser: async (user, { after, limit }) => {
      const { id } = await requireEntity(db, { kind: 'user', name: user });
      const rows = await db.rows<EntityRow>(
        `SELECT g.* FROM iam_groups g JOIN iam_memberships m ON m.group_id = g.id
         WHERE m.user_id = $1 AND g.name > $2 ORDER BY g.name LIMIT $3`,
        [id, after ?? '', limit + 1],
      );
      return pageOf(rows.map(toGroup), limit, ({ name }) => name);
    },
  };
}

async function deleteGroup(queries: Queries, name: string): Promise<void> {
  const { id } = await requireEntity(queries, { kind: 'group', name });
  const members = await queries.rows('SELECT 1 FROM iam_memberships WHERE group_id = $1 LIMIT 1', [id]);
  if (members.length > 0) throw deleteConflict('Cannot delete entity, must remove users from group first.');
  await requireNoPolicies(queries, id);
  await queries.run('DELETE FROM iam_groups WHERE id = $1', [id]);
}

async function addMember(queries: Queries, group: string, user: string): Promise<void> {
  const { id: groupId } = await requireEntity(queries, { kind: 'group', name: group });
  const { id: userId } = await requireEntity(queries, { kind: 'user', name: user });
  await queries.run('INSERT INTO iam_memberships (user_id, group_id) VALUES ($1, $2) ON CONFLICT DO NOTHING', [
    userId,
    groupId,
  ]);
  const [row] = await queries.rows<{ count: number }>(
    'SELECT count(*) AS count FROM iam_memberships WHERE user_id = $1',
    [userId],
  );
  if ((row?.count ?? 0) > QUOTAS.groupsPerUser) throw cannotExceed('GroupsPerUser', QUOTAS.groupsPerUser);
}

async function removeMember(queries: Queries, group: string, user: string): Promise<void> {
  const { id: groupId } = await requireEntity(queries, { kind: 'group', name: group });
  const { id: userId } = await requireEntity(queries, { kind: 'user', name: user });
  const removed = await queries.run('DELETE FROM iam_memberships WHERE user_id = $1 AND group_id = $2', [
    userId,
    groupId,
  ]);
  if (removed === 0) throw noSuchEntity(`User ${user} not in group ${group}`);
}
