/** What the session of a role takes with it: its tags and its own policies. */
import type { AssumeRoleRequest, Tag } from '@aws-sdk/client-sts';
import { AwsError } from '../../../model/errors.ts';
import type { IamStore } from '../../../store/contract/iam.ts';
import type { RoleSession } from '../../auth/session-tokens.ts';
import { readPolicy } from '../../auth/policy/document.ts';
import { validationError } from '../../protocol/validation-errors.ts';

/** AWS's limits: of session tags, of managed session policies, and of an inline session policy's characters. */
const MOST_TAGS = 50;
const MOST_ARNS = 10;
const MOST_CHARACTERS = 2_048;

const tagsOf = (tags: readonly Tag[] = []): Record<string, string> =>
  Object.fromEntries(tags.map(({ Key = '', Value = '' }) => [Key, Value]));

/** Keys of session tags mean the same in any case. */
const folded = (keys: readonly string[]): ReadonlySet<string> => new Set(keys.map((key) => key.toLowerCase()));

/**
 * The session's tags: those that the caller's own session passes on, and those of the request, which may not replace
 * them. Throws ValidationError and InvalidParameterValue.
 */
export function sessionTags(
  { Tags = [], TransitiveTagKeys = [] }: Pick<AssumeRoleRequest, 'Tags' | 'TransitiveTagKeys'>,
  before: RoleSession | undefined,
): Pick<RoleSession, 'tags' | 'transitiveKeys'> {
  if (Tags.length > MOST_TAGS) {
    throw validationError('tags', Tags.length, `Member must have length less than or equal to ${MOST_TAGS}`);
  }
  const given = tagsOf(Tags);
  const keys = folded(Object.keys(given));
  if (keys.size < Tags.length) throw invalidParameter('Duplicate tag keys found.');
  const transitive = folded(before?.transitiveKeys ?? []);
  const passedOn = Object.entries(before?.tags ?? {}).filter(([key]) => transitive.has(key.toLowerCase()));
  if (passedOn.some(([key]) => keys.has(key.toLowerCase()))) {
    throw invalidParameter(
      "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session.",
    );
  }
  if (TransitiveTagKeys.some((key) => !keys.has(key.toLowerCase()))) {
    throw invalidParameter('The specified transitive tag key must be included in the requested tags.');
  }
  return {
    tags: { ...given, ...Object.fromEntries(passedOn) },
    transitiveKeys: [...passedOn.map(([key]) => key), ...TransitiveTagKeys],
  };
}

const invalidParameter = (message: string): AwsError => new AwsError('InvalidParameterValue', message);

/** The session's own policies, checked; undefined if it has none. Throws MalformedPolicyDocument and others. */
export async function sessionPolicies(
  { Policy: inline, PolicyArns = [] }: Pick<AssumeRoleRequest, 'Policy' | 'PolicyArns'>,
  store: Pick<IamStore, 'getPolicy' | 'getPolicyVersion'>,
): Promise<RoleSession['policies']> {
  if (inline === undefined && PolicyArns.length === 0) return undefined;
  if (PolicyArns.length > MOST_ARNS) {
    throw validationError(
      'policyArns',
      PolicyArns.length,
      `Member must have length less than or equal to ${MOST_ARNS}`,
    );
  }
  if ((inline?.length ?? 0) > MOST_CHARACTERS) {
    throw validationError('policy', inline, `Member must have length less than or equal to ${MOST_CHARACTERS}`);
  }
  const managed = await Promise.all(
    PolicyArns.map(async ({ arn = '' }) => {
      const { defaultVersion } = await store.getPolicy(arn);
      return { name: arn, document: (await store.getPolicyVersion(arn, defaultVersion)).document };
    }),
  );
  const policies = [...(inline === undefined ? [] : [{ name: 'session policy', document: inline }]), ...managed];
  for (const { name, document } of policies) readPolicy('session', name, document);
  return policies;
}

/** How full a session is of policies and tags, in percent of what AWS packs into a token. */
export function packedSize(policies: RoleSession['policies'], tags: Readonly<Record<string, string>>): number {
  const characters = (policies ?? []).reduce((sum, { document }) => sum + document.length, 0);
  return Math.ceil(((characters + JSON.stringify(tags).length - 2) / (2 * MOST_CHARACTERS)) * 100);
}
