/** The session of a role: its name, its tags and its own policies, and its credentials. */
import type { AssumedRoleUser, AssumeRoleRequest, Credentials, Tag } from '@aws-sdk/client-sts';
import { AwsError } from '../../../model/errors.ts';
import type { IamStore, RoleRecord } from '../../../store/contract/iam.ts';
import { sessionArn } from '../../auth/caller.ts';
import type { RoleSession } from '../../auth/session-tokens.ts';
import { readPolicy } from '../../auth/policy/document.ts';
import type { OperationContext } from '../../operation.ts';
import { validationError } from '../../protocol/validation-errors.ts';
import { presentCredentials } from '../present.ts';

/** AWS's limits: of session tags, of managed session policies, and of an inline session policy's characters. */
const MOST_TAGS = 50;
const MOST_ARNS = 10;
const MOST_CHARACTERS = 2_048;

/** What a header can carry beside others. */
const MOST_TOKEN_CHARACTERS = 12_000;

const SESSION_NAME = /^[\w+=,.@-]{2,64}$/;

/** Throws ValidationError. */
export function checkSessionName(member: 'roleSessionName' | 'sourceIdentity', text: string | undefined): void {
  if (text === undefined || SESSION_NAME.test(text)) return;
  throw validationError(member, text, 'Member must satisfy regular expression pattern: [\\w+=,.@-]{2,64}');
}

const tagsOf = (tags: readonly Tag[] = []): Record<string, string> =>
  Object.fromEntries(tags.map(({ Key = '', Value = '' }) => [Key, Value]));

/** Keys of session tags mean the same in any case. */
const folded = (keys: readonly string[]): ReadonlySet<string> => new Set(keys.map((key) => key.toLowerCase()));

export type SessionTags = Pick<RoleSession, 'tags' | 'transitiveKeys'>;

/**
 * The session's tags: those that the caller's own session passes on, and those of the request, which may not replace
 * them. Throws ValidationError and InvalidParameterValue.
 */
export function sessionTags(
  { Tags = [], TransitiveTagKeys = [] }: Pick<AssumeRoleRequest, 'Tags' | 'TransitiveTagKeys'>,
  before: RoleSession | undefined,
): SessionTags {
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

interface Begun {
  readonly role: RoleRecord;
  readonly sessionName: string;
  readonly seconds: number;
  readonly session: Omit<RoleSession, 'kind' | 'name' | 'id' | 'sessionName'>;
}

/** Credentials of the session, as STS answers them. Throws PackedPolicyTooLarge. */
export function beginSession(
  { role, sessionName, seconds, session }: Begun,
  { tokens, now, partition }: OperationContext,
): { Credentials: Credentials; AssumedRoleUser: AssumedRoleUser; PackedPolicySize: number } {
  const of = { kind: 'role', name: role.name, id: role.id, sessionName, ...session } as const;
  const credentials = tokens.issue(of, { now, seconds });
  if (credentials.sessionToken.length > MOST_TOKEN_CHARACTERS) {
    throw new AwsError('PackedPolicyTooLarge', 'The session policies and tags are too large for a session token.');
  }
  const arn = sessionArn(partition.account, role.name, sessionName);
  return {
    Credentials: presentCredentials(credentials),
    AssumedRoleUser: { AssumedRoleId: `${role.id}:${sessionName}`, Arn: arn },
    PackedPolicySize: packedSize(session.policies, session.tags),
  };
}

/** How full a session is of policies and tags, in percent of what AWS packs into a token. */
function packedSize(policies: RoleSession['policies'], tags: Readonly<Record<string, string>>): number {
  const characters = (policies ?? []).reduce((sum, { document }) => sum + document.length, 0);
  return Math.ceil(((characters + JSON.stringify(tags).length - 2) / (2 * MOST_CHARACTERS)) * 100);
}
