/** Which managed policies are attached to whom, and which bound whom. */
import { AwsError } from '../../../model/errors.ts';
import { type EntityRef, SERVICE_LINKED_PATH } from '../../../model/iam/entity.ts';
import { ATTACHED_QUOTA } from '../../../model/iam/quotas.ts';
import { cannotExceed, noSuchEntity, noSuchPolicy } from '../../../model/iam/refusals.ts';
import type { Database, Queries } from '../../base/database.ts';
import { pageOf } from '../../base/page.ts';
import type { AttachedPolicy, IamStore, PathFilter, PolicyHolder } from '../../contract/iam.ts';
import type { Page, PageRequest } from '../../contract/page.ts';
import { change } from './change.ts';
import { ENTITY_TABLES, requireEntity, requireModifiable } from './entities.ts';
import { awsPolicyArn, awsPolicyOfId, type PolicyNames } from './policy-names.ts';

type AttachmentStore = Pick<
  IamStore,
  'attachPolicy' | 'detachPolicy' | 'listAttachedPolicies' | 'listPolicyHolders' | 'putBoundary' | 'deleteBoundary'
>;

const QUOTA_NAMES = { user: 'PoliciesPerUser', group: 'PoliciesPerGroup', role: 'PoliciesPerRole' } as const;

export function createAttachmentStore(db: Database, names: PolicyNames): AttachmentStore {
  return {
    attachPolicy: (holder, arn) => change(db, (queries) => attach(queries, names, holder, arn)),
    detachPolicy: (holder, arn) =>
      change(db, async (queries) => {
        const { id } = await requireModifiable(queries, holder);
        const policyId = await names.requireId(queries, arn);
        const removed = await queries.run('DELETE FROM iam_attachments WHERE holder_id = $1 AND policy_id = $2', [
          id,
          policyId,
        ]);
        if (removed === 0) throw noSuchPolicy(arn);
      }),
    listAttachedPolicies: (holder, filter, page) => listAttached(db, names, holder, { ...filter, ...page }),
    listPolicyHolders: async (arn, filter, page) => {
      const id = await names.requireId(db, arn);
      return listHolders(db, id, { ...filter, ...page });
    },
    putBoundary: (holder, arn) =>
      change(db, async (queries) => {
        const { id } = await requireModifiable(queries, holder);
        await setBoundary(queries, holder, id, await names.boundaryId(queries, arn));
      }),
    deleteBoundary: (holder) =>
      change(db, async (queries) => {
        const { id, boundary } = await requireModifiable<BoundedRow>(queries, holder);
        if (boundary === null) {
          throw noSuchEntity(`The ${holder.kind} with name ${holder.name} has no permissions boundary.`);
        }
        await setBoundary(queries, holder, id, null);
      }),
  };
}

type BoundedRow = Awaited<ReturnType<typeof requireEntity>> & { readonly boundary: string | null };

const setBoundary = (queries: Queries, { kind }: EntityRef, id: string, policyId: string | null): Promise<number> =>
  queries.run(`UPDATE ${ENTITY_TABLES[kind]} SET boundary = $2 WHERE id = $1`, [id, policyId]);

async function attach(queries: Queries, names: PolicyNames, holder: EntityRef, arn: string): Promise<void> {
  const { id } = await requireModifiable(queries, holder);
  const policyId = await names.findId(queries, arn);
  if (policyId === undefined) throw noSuchEntity(`Policy ${arn} does not exist or is not attachable.`);
  if (awsPolicyOfId(policyId)?.path === SERVICE_LINKED_PATH) {
    throw new AwsError('PolicyNotAttachable', 'Cannot attach a Service Role Policy to a Customer Role.');
  }
  await queries.run('INSERT INTO iam_attachments (holder_id, policy_id) VALUES ($1, $2) ON CONFLICT DO NOTHING', [
    id,
    policyId,
  ]);
  const attached = await queries.rows('SELECT 1 FROM iam_attachments WHERE holder_id = $1', [id]);
  const most = ATTACHED_QUOTA[holder.kind];
  if (attached.length > most) throw cannotExceed(QUOTA_NAMES[holder.kind], most);
}

interface AttachedRow {
  readonly id: string;
  readonly name: string | null;
  readonly path: string | null;
}

/** A holder has few, so the page is cut here, from the account's policies and AWS's together. */
async function listAttached(
  queries: Queries,
  names: PolicyNames,
  holder: EntityRef,
  { pathPrefix, after = '', limit }: PathFilter & PageRequest,
): Promise<Page<AttachedPolicy>> {
  const { id } = await requireEntity(queries, holder);
  const rows = await queries.rows<AttachedRow>(
    `SELECT a.policy_id AS id, p.name, p.path FROM iam_attachments a LEFT JOIN iam_policies p ON p.id = a.policy_id
     WHERE a.holder_id = $1`,
    [id],
  );
  const keyOf = (policy: AttachedPolicy): string => `${policy.name}/${policy.arn}`;
  const found = rows
    .map((row) => nameOf(names, row))
    .filter(({ path }) => path.startsWith(pathPrefix))
    .map(({ name, arn }) => ({ name, arn }))
    .filter((policy) => keyOf(policy) > after)
    .sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  return pageOf(found, limit, keyOf);
}

function nameOf(names: PolicyNames, { id, name, path }: AttachedRow): AttachedPolicy & { readonly path: string } {
  if (name !== null && path !== null) return { name, path, arn: names.arnOf({ name, path }) };
  const policy = awsPolicyOfId(id);
  if (policy === undefined) throw new Error(`The policy ${id} is attached and does not exist.`);
  return { name: policy.name, path: policy.path, arn: awsPolicyArn(policy) };
}

async function listHolders(
  queries: Queries,
  policyId: string,
  { pathPrefix, kind, usage, after, limit }: Parameters<IamStore['listPolicyHolders']>[1] & PageRequest,
): Promise<Page<PolicyHolder>> {
  const rows = await queries.rows<PolicyHolder>(
    `SELECT kind, id, name FROM (
       SELECT 'group' AS kind, id, name, path, NULL AS boundary FROM iam_groups
       UNION ALL SELECT 'role', id, name, path, boundary FROM iam_roles
       UNION ALL SELECT 'user', id, name, path, boundary FROM iam_users) holders
     WHERE ($3::text IS DISTINCT FROM 'PermissionsBoundary'
         AND EXISTS (SELECT FROM iam_attachments a WHERE a.holder_id = holders.id AND a.policy_id = $1)
       OR $3::text IS DISTINCT FROM 'PermissionsPolicy' AND boundary = $1)
       AND starts_with(path, $2) AND ($4::text IS NULL OR kind = $4) AND kind || '/' || name COLLATE "C" > $5
     ORDER BY kind || '/' || name COLLATE "C" LIMIT $6`,
    [policyId, pathPrefix, usage ?? null, kind ?? null, after ?? '', limit + 1],
  );
  return pageOf(rows, limit, (holder) => `${holder.kind}/${holder.name}`);
}
