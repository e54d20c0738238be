/** What each call of Secrets Manager asks for: its action, on the secret that it names. */
import type { Partition } from '../../model/arn.ts';
import { missingSecretArn, parseSecretId } from '../../model/secrets/arn.ts';
import type { Asked } from '../auth/authorize.ts';
import type { ContextValues } from '../auth/policy/context.ts';
import { requestTagKeys, resourceTagKeys } from '../auth/tag-keys.ts';
import type { CallReads } from '../call-reads.ts';
import { CURRENT } from './read-secret.ts';

/** The members of requests that name something, or that conditions look at. */
interface Named {
  readonly Name?: string;
  readonly SecretId?: string;
  readonly Description?: string;
  readonly KmsKeyId?: string;
  readonly VersionId?: string;
  readonly VersionStage?: string;
  readonly RecoveryWindowInDays?: number;
  readonly ForceDeleteWithoutRecovery?: boolean;
  readonly Tags?: readonly { readonly Key?: string; readonly Value?: string }[];
  readonly TagKeys?: readonly string[];
}

export interface SecretAccess {
  readonly partition: Partition;
  readonly reads: Pick<CallReads, 'secret'>;
}

/** AWS authorises these on no resource. */
const ABOUT_ALL: ReadonlySet<string> = new Set(['BatchGetSecretValue', 'GetRandomPassword', 'ListSecrets']);

const PREFIX = 'secretsmanager:';

export async function secretsAccess(operation: string, input: object, given: SecretAccess): Promise<readonly Asked[]> {
  const named = input as Named;
  if (ABOUT_ALL.has(operation)) return [{ action: PREFIX + operation, resources: ['*'], context: {} }];
  const asked = await accessToSecret(operation, named, given);
  const isTagged = operation === 'CreateSecret' && (named.Tags ?? []).length > 0;
  return isTagged ? [asked, { ...asked, action: `${PREFIX}TagResource`, context: requestTags(named) }] : [asked];
}

/** Reads the secret that the request names: its ARN and its tags are parts of what is asked for. */
export async function accessToSecret(
  operation: string,
  named: Named,
  { partition, reads }: SecretAccess,
): Promise<Asked> {
  const secretId = named.SecretId ?? named.Name ?? '';
  const key = parseSecretId(partition, secretId);
  // Nothing is known of a secret that the call makes, whatever else has its name.
  const found = key && operation !== 'CreateSecret' ? await reads.secret(key) : undefined;
  const arn =
    found?.arn ?? (key?.arn === undefined && key !== undefined ? missingSecretArn(partition, key.name) : secretId);
  return {
    action: PREFIX + operation,
    resources: [arn],
    context: {
      ...resourceTagKeys('secretsmanager', found?.tags ?? []),
      ...(named.SecretId === undefined ? {} : { [`${PREFIX}SecretId`]: arn }),
      ...requestKeys(operation, named),
      ...requestTags(named),
    },
  };
}

/** Tags that are removed give their keys, but no values. */
const requestTags = ({ Tags = [], TagKeys }: Named): ContextValues => ({
  ...(TagKeys === undefined ? {} : { 'aws:TagKeys': TagKeys }),
  ...requestTagKeys(Tags.map(({ Key: key, Value: value }) => ({ key, value }))),
});

function requestKeys(operation: string, named: Named): ContextValues {
  switch (operation) {
    case 'CreateSecret':
      return texts({ Name: named.Name, Description: named.Description, KmsKeyId: named.KmsKeyId });
    case 'UpdateSecret':
      return texts({ Description: named.Description, KmsKeyId: named.KmsKeyId });
    case 'DeleteSecret':
      return texts({
        RecoveryWindowInDays: named.RecoveryWindowInDays,
        ForceDeleteWithoutRecovery: named.ForceDeleteWithoutRecovery,
      });
    case 'GetSecretValue':
      return texts({ VersionId: named.VersionId, VersionStage: stageAsked(named) });
    case 'UpdateSecretVersionStage':
      return texts({ VersionStage: named.VersionStage });
    default:
      return {};
  }
}

/** Who names neither a stage nor a version asks for AWSCURRENT, so a policy about stages sees it. */
const stageAsked = ({ VersionId, VersionStage }: Named): string | undefined =>
  VersionStage ?? (VersionId === undefined ? CURRENT : undefined);

const texts = (values: Readonly<Record<string, string | number | boolean | undefined>>): ContextValues =>
  Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[PREFIX + name, String(value)]])),
  );
