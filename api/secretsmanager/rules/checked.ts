/** What every operation of Secrets Manager checks before it runs: constraints of members, and members without an effect here. */
import type { Operation } from '../../operation.ts';
import { type Constraint, constraintCheck } from '../../protocol/constraints.ts';
import { AwsError } from '../../../model/errors.ts';
import { invalidParameter } from '../refusals.ts';

const ID: Constraint = { min: 32, max: 64 };
const STAGE: Constraint = { min: 1, max: 256 };
const HIDDEN: Constraint = { min: 1, max: 65_536, hidden: true };

const check = constraintCheck(
  {
    Name: { min: 1, max: 512 },
    SecretId: { min: 1, max: 2048 },
    SecretIdList: { min: 1, max: 20 },
    'SecretIdList[]': { min: 1, max: 2048 },
    Description: { max: 2048 },
    ClientRequestToken: ID,
    VersionId: ID,
    RemoveFromVersionId: ID,
    MoveToVersionId: ID,
    VersionStage: STAGE,
    VersionStages: { min: 1, max: 20 },
    'VersionStages[]': STAGE,
    SecretString: HIDDEN,
    SecretBinary: HIDDEN,
    MaxResults: { min: 1, max: 100 },
    'BatchGetSecretValue.MaxResults': { min: 1, max: 20 },
    NextToken: { min: 1, max: 4096 },
    Filters: { max: 10 },
    'Filters[].Values': { min: 1, max: 10 },
    'Filters[].Values[]': { max: 512, pattern: String.raw`!?[a-zA-Z0-9 :_@/+=.\-!]*` },
    'Tags[].Key': { min: 1, max: 128 },
    'Tags[].Value': { max: 256 },
    'TagKeys[]': { min: 1, max: 128 },
    PasswordLength: { min: 1, max: 4096 },
    ExcludeCharacters: { max: 4096 },
  },
  { code: 'ValidationException' },
);

/** Members that would have no effect, whatever their value. */
const UNSUPPORTED: ReadonlySet<string> = new Set([
  ...['AddReplicaRegions', 'ForceOverwriteReplicaSecret', 'RotationToken', 'Type', 'SortBy'],
]);
/** The key that every secret has where a request names none. */
const DEFAULT_KEY = 'alias/aws/secretsmanager';

/** The operation behind the checks, which throw ValidationException and InvalidParameterException. */
export const checked = (operation: Operation): Operation => ({
  ...operation,
  handle: async (input: object, context) => {
    const unsupported = Object.keys(input).filter((member) => UNSUPPORTED.has(member));
    if (unsupported.length > 0) throw notSupported(unsupported.join(', '));
    requireDefaultKey(input);
    check(operation.name, input);
    return operation.handle(input as never, context);
  },
});

const notSupported = (what: string): AwsError =>
  new AwsError('InvalidParameterException', `Not supported by Longshore yet: ${what}. Leave it out of the request.`);

/** KMS does not exist here: all secrets are sealed by the operator's master key. */
function requireDefaultKey(input: { readonly KmsKeyId?: string }): void {
  const { KmsKeyId: key } = input;
  if (key === undefined || key === DEFAULT_KEY) return;
  throw invalidParameter(
    `Not supported by Longshore yet: KmsKeyId, except ${DEFAULT_KEY}. The operator's master key seals all secrets.`,
  );
}
