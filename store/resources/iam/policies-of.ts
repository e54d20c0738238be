/**
 * Everything that decides what a user or role may do, or what a group gives, in one statement: all of it is of the same
 * moment.
 */
import type { EntityKind } from '../../../model/iam/entity.ts';
import { iamArn } from '../../../model/iam/arn.ts';
import type { Database, Statement } from '../../base/database.ts';
import type { AppliedPolicy, IamStore, IamTag, HolderPolicies } from '../../contract/iam.ts';
import { awsPolicyArn, awsPolicyOfId, type PolicyNames } from './policy-names.ts';

interface InlineItem {
  readonly kind: EntityKind;
  readonly holder: string;
  readonly name: string;
  readonly document: string;
}

/** A managed policy; of AWS's own the row has the id only. */
interface ManagedItem {
  readonly id: string;
  readonly name: string | null;
  readonly path: string | null;
  readonly document: string | null;
}

interface HolderRow {
  readonly version: number;
  readonly id: string;
  readonly name: string;
  readonly path: string;
  readonly tags: readonly IamTag[];
  readonly inline: readonly InlineItem[];
  readonly attached: readonly (ManagedItem & { readonly kind: EntityKind; readonly holder: string })[];
  readonly boundary: ManagedItem | null;
}

const MANAGED = `LEFT JOIN iam_policies p ON p.id = %
  LEFT JOIN iam_policy_versions v ON v.policy_id = p.id AND v.version = p.default_version`;
const managedBy = (id: string): string => MANAGED.replace('%', id);

/** Only users are in groups. The holders come in the order: itself, then its groups by name. */
const readOf = (kind: EntityKind, table: string): Statement => ({
  name: `iam-policies-of-${kind}`,
  text: `WITH me AS (SELECT * FROM ${table} me WHERE name = $1), holders AS (
      SELECT 0 AS rank, '${kind}' AS kind, id, name FROM me
      UNION ALL SELECT 1, 'group', g.id, g.name FROM me JOIN iam_memberships m ON m.user_id = me.id
        JOIN iam_groups g ON g.id = m.group_id)
    SELECT (SELECT version FROM iam_version) AS version, me.id, me.name, me.path, me.tags,
      (SELECT coalesce(json_agg(json_build_object('kind', h.kind, 'holder', h.name, 'name', i.name, 'document', i.document)
          ORDER BY h.rank, h.name, i.name), '[]')
        FROM holders h JOIN iam_inline_policies i ON i.holder_id = h.id) AS inline,
      (SELECT coalesce(json_agg(json_build_object('kind', h.kind, 'holder', h.name, 'id', a.policy_id, 'name', p.name,
          'path', p.path, 'document', v.document) ORDER BY h.rank, h.name, p.name, a.policy_id), '[]')
        FROM holders h JOIN iam_attachments a ON a.holder_id = h.id ${managedBy('a.policy_id')}) AS attached,
      (SELECT json_build_object('id', b.id, 'name', p.name, 'path', p.path, 'document', v.document)
        FROM (SELECT me.boundary AS id) b ${managedBy('b.id')} WHERE b.id IS NOT NULL) AS boundary
    FROM me`,
});

const READS: Readonly<Record<EntityKind, Statement>> = {
  user: readOf('user', 'iam_users'),
  role: readOf('role', 'iam_roles'),
  group: readOf('group', "(SELECT *, '[]'::jsonb AS tags, NULL::text AS boundary FROM iam_groups)"),
};

export function createPoliciesReader(db: Database, account: string, names: PolicyNames): Pick<IamStore, 'policiesOf'> {
  return {
    policiesOf: async ({ kind, name }) => {
      const [row] = await db.rows<HolderRow>(READS[kind], [name]);
      return row && { kind, ...toHolder(row, iamArn(account, kind, row), names) };
    },
  };
}

function toHolder(row: HolderRow, arn: string, names: PolicyNames): Omit<HolderPolicies, 'kind'> {
  const inline = row.inline.map(({ kind, holder, name, document }): AppliedPolicy => ({
    source: 'inline',
    holder: { kind, name: holder },
    name,
    document,
  }));
  const attached = row.attached.map(({ kind, holder, ...item }): AppliedPolicy => ({
    holder: { kind, name: holder },
    ...managed(item, names),
  }));
  const { version, id, name, tags } = row;
  const boundary = row.boundary === null ? {} : { boundary: boundaryOf(row.boundary, names) };
  return { version, id, name, arn, tags, policies: [...inline, ...attached], ...boundary };
}

type Managed = Pick<AppliedPolicy, 'source' | 'name' | 'document'> & { readonly arn: string };

function managed({ id, name, path, document }: ManagedItem, names: PolicyNames): Managed {
  if (name !== null && path !== null && document !== null) {
    return { source: 'local', name, arn: names.arnOf({ name, path }), document };
  }
  const policy = awsPolicyOfId(id);
  if (policy === undefined) throw new Error(`The policy ${id} is in use and does not exist.`);
  return { source: 'aws', name: policy.name, arn: awsPolicyArn(policy), document: policy.document };
}

function boundaryOf(item: ManagedItem, names: PolicyNames): { readonly arn: string; readonly document: string } {
  const { arn, document } = managed(item, names);
  return { arn, document };
}
