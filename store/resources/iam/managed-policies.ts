/** Managed policies: the account's own as rows, and AWS's beside them. */
import { defined } from '../../../model/defined.ts';
import type { AwsManagedPolicy } from '../../../model/iam/aws-managed/index.ts';
import { AWS_MANAGED_POLICIES } from '../../../model/iam/aws-managed/index.ts';
import { QUOTAS } from '../../../model/iam/quotas.ts';
import { alreadyExists, cannotExceed, deleteConflict, noSuchPolicy } from '../../../model/iam/refusals.ts';
import type { Database, Queries } from '../../base/database.ts';
import { pageOf } from '../../base/page.ts';
import { toJson } from '../../base/storable.ts';
import type { IamStore, IamTag, PolicyFilter, PolicyRecord } from '../../contract/iam.ts';
import type { Page, PageRequest } from '../../contract/page.ts';
import { change } from './change.ts';
import { awsPolicyArn, type PolicyNames } from './policy-names.ts';

type ManagedPolicyStore = Pick<IamStore, 'createPolicy' | 'getPolicy' | 'listPolicies' | 'deletePolicy'>;

export interface PolicyRow extends UseRow {
  readonly name: string;
  readonly path: string;
  readonly description: string | null;
  readonly default_version: number;
  readonly last_version: number;
  readonly created_at: number;
  readonly updated_at: number;
  readonly tags: readonly IamTag[];
}

/** How often a policy is used. */
interface UseRow {
  readonly id: string;
  readonly attachments: number;
  readonly boundaries: number;
}

/** The counts of the policy whose id is `id`. */
const uses = (id: string): string =>
  `(SELECT count(*) FROM iam_attachments a WHERE a.policy_id = ${id}) AS attachments,
   (SELECT count(*) FROM iam_users u WHERE u.boundary = ${id})
     + (SELECT count(*) FROM iam_roles r WHERE r.boundary = ${id}) AS boundaries`;

/** The row of one of the account's policies. Throws NoSuchEntity. */
export async function requirePolicyRow(queries: Queries, names: PolicyNames, arn: string): Promise<PolicyRow> {
  const id = await names.requireId(queries, arn);
  const [row] = await queries.rows<PolicyRow>(`SELECT p.*, ${uses('p.id')} FROM iam_policies p WHERE id = $1`, [id]);
  if (!row) throw noSuchPolicy(arn);
  return row;
}

export function createManagedPolicyStore(db: Database, names: PolicyNames): ManagedPolicyStore {
  return {
    createPolicy: ({ id, name, path, createdAt, description, tags, document }) =>
      change(db, async (queries) => {
        await requireFreePolicyName(queries, name);
        await queries.run(
          `INSERT INTO iam_policies (id, name, path, description, default_version, last_version, created_at, updated_at, tags)
           VALUES ($1, $2, $3, $4, 1, 1, $5, $5, $6)`,
          [id, name, path, description ?? null, createdAt, toJson(tags)],
        );
        await queries.run(
          'INSERT INTO iam_policy_versions (policy_id, version, document, created_at) VALUES ($1, 1, $2, $3)',
          [id, document, createdAt],
        );
        return toPolicy(names, await requirePolicyRow(queries, names, names.arnOf({ name, path })));
      }),
    getPolicy: async (arn) => {
      const policy = names.awsPolicy(arn);
      if (policy === undefined) return toPolicy(names, await requirePolicyRow(db, names, arn));
      const [used] = await usesOfAws(db, [policy]);
      return toAwsPolicy(policy, used);
    },
    listPolicies: (filter, page) => listPolicies(db, names, { ...filter, ...page }),
    deletePolicy: (arn) => change(db, (queries) => deletePolicy(queries, names, arn)),
  };
}

async function requireFreePolicyName(queries: Queries, name: string): Promise<void> {
  const [row] = await queries.rows<{ taken: boolean; count: number }>(
    `SELECT EXISTS (SELECT FROM iam_policies WHERE lower(name) = lower($1)) AS taken,
       (SELECT count(*) FROM iam_policies) AS count`,
    [name],
  );
  if (row?.taken === true) {
    throw alreadyExists(`A policy called ${name} already exists. Duplicate names are not allowed.`);
  }
  if ((row?.count ?? 0) >= QUOTAS.policies) throw cannotExceed('PoliciesPerAccount', QUOTAS.policies);
}

const toPolicy = (names: PolicyNames, row: PolicyRow): PolicyRecord => ({
  id: row.id,
  arn: names.arnOf(row),
  name: row.name,
  path: row.path,
  ...defined({ description: row.description ?? undefined }),
  defaultVersion: row.default_version,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
  attachments: row.attachments,
  boundaries: row.boundaries,
  tags: row.tags,
});

const toAwsPolicy = (policy: AwsManagedPolicy, used: UseRow | undefined): PolicyRecord => ({
  id: policy.id,
  arn: awsPolicyArn(policy),
  name: policy.name,
  path: policy.path,
  defaultVersion: policy.version,
  createdAt: policy.createdAt,
  updatedAt: policy.updatedAt,
  attachments: used?.attachments ?? 0,
  boundaries: used?.boundaries ?? 0,
  tags: [],
});

const usesOfAws = (queries: Queries, policies: readonly AwsManagedPolicy[]): Promise<readonly UseRow[]> =>
  queries.rows<UseRow>(`SELECT id, ${uses('ids.id')} FROM unnest($1::text[]) AS ids (id)`, [
    policies.map(({ id }) => id),
  ]);

/** AWS and the account may each have a policy of one name, so the page's key is name and id. */
const keyOf = ({ name, id }: PolicyRecord): string => `${name}/${id}`;
const byKey = (a: PolicyRecord, b: PolicyRecord): number => (keyOf(a) < keyOf(b) ? -1 : 1);

async function listPolicies(
  queries: Queries,
  names: PolicyNames,
  { after = '', limit, ...filter }: PolicyFilter & PageRequest,
): Promise<Page<PolicyRecord>> {
  const local = filter.scope === 'AWS' ? [] : await listLocal(queries, filter, { after, limit });
  const aws = filter.scope === 'Local' ? [] : await listAws(queries, filter);
  const found = [...local.map((row) => toPolicy(names, row)), ...aws.filter((policy) => keyOf(policy) > after)];
  return pageOf(found.sort(byKey), limit, keyOf);
}

function listLocal(
  queries: Queries,
  { pathPrefix, usage, onlyUsed }: PolicyFilter,
  { after, limit }: { readonly after: string; readonly limit: number },
): Promise<readonly PolicyRow[]> {
  return queries.rows<PolicyRow>(
    `SELECT * FROM (SELECT p.*, ${uses('p.id')} FROM iam_policies p) p
     WHERE starts_with(path, $1) AND name || '/' || id > $2 AND (NOT $3 OR attachments > 0 OR boundaries > 0)
       AND ($4::text IS NULL OR CASE $4 WHEN 'PermissionsPolicy' THEN attachments > 0 ELSE boundaries > 0 END)
     ORDER BY name || '/' || id LIMIT $5`,
    [pathPrefix, after, onlyUsed, usage ?? null, limit + 1],
  );
}

async function listAws(queries: Queries, { pathPrefix, usage, onlyUsed }: PolicyFilter): Promise<PolicyRecord[]> {
  const below = AWS_MANAGED_POLICIES.filter(({ path }) => path.startsWith(pathPrefix));
  const used = new Map((await usesOfAws(queries, below)).map((row) => [row.id, row]));
  return below
    .map((policy) => toAwsPolicy(policy, used.get(policy.id)))
    .filter(({ attachments, boundaries }) => !onlyUsed || attachments + boundaries > 0)
    .filter(
      ({ attachments, boundaries }) =>
        usage === undefined || (usage === 'PermissionsPolicy' ? attachments : boundaries) > 0,
    );
}

async function deletePolicy(queries: Queries, names: PolicyNames, arn: string): Promise<void> {
  const row = await requirePolicyRow(queries, names, arn);
  if (row.attachments + row.boundaries > 0) throw deleteConflict('Cannot delete a policy attached to entities.');
  const versions = await queries.rows('SELECT 1 FROM iam_policy_versions WHERE policy_id = $1 LIMIT 2', [row.id]);
  if (versions.length > 1) {
    throw deleteConflict(
      "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.",
    );
  }
  await queries.run('DELETE FROM iam_policies WHERE id = $1', [row.id]);
}
