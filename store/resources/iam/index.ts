/** IAM in the store: one file for each kind of record. */
import type { Partition } from '../../../model/arn.ts';
import type { Database } from '../../base/database.ts';
import type { IamCounts, IamStore } from '../../contract/iam.ts';
import { createAttachmentStore } from './attachments.ts';
import { readVersion } from './change.ts';
import { createGroupStore } from './groups.ts';
import { createInlinePolicyStore } from './inline-policies.ts';
import { createManagedPolicyStore } from './managed-policies.ts';
import { createOidcProviderStore } from './oidc-providers.ts';
import { createPoliciesReader } from './policies-of.ts';
import { PolicyNames } from './policy-names.ts';
import { createPolicyVersionStore } from './policy-versions.ts';
import { createRoleStore } from './roles.ts';
import { createIamTagStore } from './tags.ts';
import { createUserStore } from './users.ts';

export function createIamStore(db: Database, { account }: Partition): IamStore {
  const names = new PolicyNames(account);
  return {
    ...createUserStore(db, names),
    ...createGroupStore(db, names),
    ...createRoleStore(db, names),
    ...createManagedPolicyStore(db, names),
    ...createPolicyVersionStore(db, names),
    ...createInlinePolicyStore(db),
    ...createAttachmentStore(db, names),
    ...createOidcProviderStore(db, account),
    ...createIamTagStore(db, account, names),
    ...createPoliciesReader(db, account, names),
    iamVersion: async () => (await readVersion(db)).version,
    accountBegan: async () => (await readVersion(db)).began_at,
    countIam: () => count(db),
  };
}

async function count(db: Database): Promise<IamCounts> {
  const [row] = await db.rows<IamCounts>(
    `SELECT (SELECT count(*) FROM iam_users) AS users, (SELECT count(*) FROM iam_groups) AS groups,
       (SELECT count(*) FROM iam_roles) AS roles, (SELECT count(*) FROM iam_policies) AS policies,
       (SELECT count(*) FROM iam_policy_versions) AS "policyVersions",
       (SELECT count(*) FROM access_keys WHERE user_name IS NULL) AS "rootKeys",
       (SELECT count(*) FROM iam_oidc_providers) AS "oidcProviders"`,
  );
  if (!row) throw new Error('Postgres counted nothing.');
  return row;
}
