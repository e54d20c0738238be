/** The versions of managed policies. Those of AWS have only the one that applies. */
import { QUOTAS } from '../../../model/iam/quotas.ts';
import { deleteConflict, limitExceeded, noSuchEntity } from '../../../model/iam/refusals.ts';
import type { Database, Queries } from '../../base/database.ts';
import type { IamStore, PolicyVersionRecord } from '../../contract/iam.ts';
import { change } from './change.ts';
import { requirePolicyRow } from './managed-policies.ts';
import type { PolicyNames } from './policy-names.ts';

type PolicyVersionStore = Pick<
  IamStore,
  'createPolicyVersion' | 'getPolicyVersion' | 'listPolicyVersions' | 'setDefaultPolicyVersion' | 'deletePolicyVersion'
>;

interface VersionRow {
  readonly version: number;
  readonly document: string;
  readonly created_at: number;
}

const noSuchVersion = (arn: string, version: number) =>
  noSuchEntity(`Policy ${arn} version v${version} does not exist or is not attachable.`);

export function createPolicyVersionStore(db: Database, names: PolicyNames): PolicyVersionStore {
  const list = (arn: string): Promise<readonly PolicyVersionRecord[]> => listVersions(db, names, arn);
  return {
    createPolicyVersion: (arn, version) => change(db, (queries) => createVersion(queries, { names, arn }, version)),
    getPolicyVersion: async (arn, version) => {
      const found = (await list(arn)).find((each) => each.version === version);
      if (found === undefined) throw noSuchVersion(arn, version);
      return found;
    },
    listPolicyVersions: list,
    setDefaultPolicyVersion: (arn, version, at) =>
      change(db, async (queries) => {
        const { id } = await requirePolicyRow(queries, names, arn);
        const changed = await queries.run(
          `UPDATE iam_policies SET default_version = $2, updated_at = $3 WHERE id = $1
             AND EXISTS (SELECT FROM iam_policy_versions WHERE policy_id = $1 AND version = $2)`,
          [id, version, at],
        );
        if (changed === 0) throw noSuchVersion(arn, version);
      }),
    deletePolicyVersion: (arn, version) =>
      change(db, async (queries) => {
        const { id, default_version } = await requirePolicyRow(queries, names, arn);
        if (version === default_version) throw deleteConflict('Cannot delete the default version of a policy.');
        const deleted = await queries.run('DELETE FROM iam_policy_versions WHERE policy_id = $1 AND version = $2', [
          id,
          version,
        ]);
        if (deleted === 0) throw noSuchVersion(arn, version);
      }),
  };
}

async function listVersions(
  queries: Queries,
  names: PolicyNames,
  arn: string,
): Promise<readonly PolicyVersionRecord[]> {
  const policy = names.awsPolicy(arn);
  if (policy !== undefined) {
    const { version, document, updatedAt } = policy;
    return [{ version, isDefault: true, document, createdAt: updatedAt }];
  }
  const { id, default_version } = await requirePolicyRow(queries, names, arn);
  const rows = await queries.rows<VersionRow>(
    'SELECT version, document, created_at FROM iam_policy_versions WHERE policy_id = $1 ORDER BY version DESC',
    [id],
  );
  return rows.map(({ version, document, created_at }) => ({
    version,
    isDefault: version === default_version,
    document,
    createdAt: created_at,
  }));
}

async function createVersion(
  queries: Queries,
  { names, arn }: { readonly names: PolicyNames; readonly arn: string },
  { document, isDefault, at }: Parameters<PolicyVersionStore['createPolicyVersion']>[1],
): Promise<PolicyVersionRecord> {
  const { id, last_version } = await requirePolicyRow(queries, names, arn);
  const versions = await queries.rows('SELECT 1 FROM iam_policy_versions WHERE policy_id = $1', [id]);
  if (versions.length >= QUOTAS.versionsPerPolicy) {
    throw limitExceeded(
      `A managed policy can have up to ${QUOTAS.versionsPerPolicy} versions. Before you create a new version, you must delete an existing version.`,
    );
  }
  const version = last_version + 1;
  await queries.run(
    'INSERT INTO iam_policy_versions (policy_id, version, document, created_at) VALUES ($1, $2, $3, $4)',
    [id, version, document, at],
  );
  await queries.run(
    `UPDATE iam_policies SET last_version = $2, updated_at = $3,
       default_version = CASE WHEN $4 THEN $2 ELSE default_version END WHERE id = $1`,
    [id, version, at, isDefault],
  );
  return { version, isDefault, document, createdAt: at };
}
