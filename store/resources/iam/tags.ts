/** Tags of users, roles, the account's managed policies and OpenID Connect providers. */
import { QUOTAS } from '../../../model/iam/quotas.ts';
import { invalidInput, limitExceeded } from '../../../model/iam/refusals.ts';
import type { Database, Queries } from '../../base/database.ts';
import { toJson } from '../../base/storable.ts';
import type { IamStore, IamTag, TagOwner } from '../../contract/iam.ts';
import { change } from './change.ts';
import { requireEntity } from './entities.ts';
import { requirePolicyRow } from './managed-policies.ts';
import { requireOidcProvider } from './oidc-providers.ts';
import type { PolicyNames } from './policy-names.ts';
import type { UserRow } from './users.ts';

type TagStore = Pick<IamStore, 'listIamTags' | 'addIamTags' | 'removeIamTags'>;

const TABLES = {
  user: 'iam_users',
  role: 'iam_roles',
  policy: 'iam_policies',
  'oidc-provider': 'iam_oidc_providers',
} as const;

export function createIamTagStore(db: Database, account: string, names: PolicyNames): TagStore {
  const read = async (queries: Queries, { kind, name }: TagOwner) => {
    if (kind === 'oidc-provider') return requireOidcProvider(account)(queries, name);
    if (kind !== 'policy') return requireEntity<UserRow>(queries, { kind, name });
    if (names.awsPolicy(name) !== undefined) throw invalidInput(`Policy ${name} belongs to AWS and has no tags.`);
    return requirePolicyRow(queries, names, name);
  };
  const update = (owner: TagOwner, next: (tags: readonly IamTag[]) => readonly IamTag[]): Promise<void> =>
    change(db, async (queries) => {
      const { id, tags } = await read(queries, owner);
      const changed = next(tags);
      if (changed.length > QUOTAS.tags) throw limitExceeded('The number of tags has reached the maximum limit.');
      await queries.run(`UPDATE ${TABLES[owner.kind]} SET tags = $2 WHERE id = $1`, [id, toJson(changed)]);
    });
  return {
    listIamTags: async (owner) => {
      const { tags } = await read(db, owner);
      return [...tags].sort((a, b) => (a.key < b.key ? -1 : 1));
    },
    addIamTags: (owner, added) =>
      update(owner, (tags) => [...new Map([...tags, ...added].map((tag) => [fold(tag.key), tag])).values()]),
    removeIamTags: (owner, keys) => {
      const gone = new Set(keys.map(fold));
      return update(owner, (tags) => tags.filter(({ key }) => !gone.has(fold(key))));
    },
  };
}

const fold = (key: string): string => key.toLowerCase();
