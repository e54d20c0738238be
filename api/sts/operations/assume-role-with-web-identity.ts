/**
 * The AssumeRoleWithWebIdentity operation: temporary credentials of a role for whoever has a token of one of the account's
 * OpenID Connect providers. The call is not signed: the token says who calls, and the role's trust policy decides.
 */
import type { AssumeRoleWithWebIdentityRequest, AssumeRoleWithWebIdentityResponse } from '@aws-sdk/client-sts';
import type { RoleRecord } from '../../../store/contract/iam.ts';
import { sessionKeys } from '../../auth/caller.ts';
import type { ContextValues } from '../../auth/policy/context.ts';
import { decide, type ResourcePolicy, type Verdict } from '../../auth/policy/decide.ts';
import { readPolicy } from '../../auth/policy/document.ts';
import type { RoleSession } from '../../auth/session-tokens.ts';
import { requestTagKeys, resourceTagKeys } from '../../auth/tag-keys.ts';
import type { WebIdentity } from '../../auth/web-identity/claims.ts';
import { rejectedClaim } from '../../auth/web-identity/refusals.ts';
import type { Operation, OperationContext } from '../../operation.ts';
import { isAwsError } from '../../../model/errors.ts';
import { defined } from '../../../model/defined.ts';
import { unsupportedMembers, validationError } from '../../protocol/validation-errors.ts';
import { roleSeconds } from '../rules/durations.ts';
import { accessDenied, findRole } from '../rules/role.ts';
import { beginSession, checkSessionName, sessionPolicies, sessionTags, type SessionTags } from '../rules/session.ts';

const ACTION = 'sts:AssumeRoleWithWebIdentity';
const [LEAST_TOKEN, MOST_TOKEN] = [4, 20_000];

export const assumeRoleWithWebIdentity: Operation<AssumeRoleWithWebIdentityRequest, AssumeRoleWithWebIdentityResponse> =
  {
    name: 'AssumeRoleWithWebIdentity',
    effect: 'reads',
    async handle(input, context) {
      const { RoleArn: arn = '', RoleSessionName: sessionName = '', WebIdentityToken: token = '' } = input;
      checkInput(input);
      const identity = await context.webIdentities.verify(token);
      context.tell.identified(identity);
      const tagging = taggingOf(identity);
      const role = await findRole(arn, { reads: context.reads, account: context.partition.account });
      if (!isTrusted({ arn, role, sessionName, identity, tagging }, context) || role === undefined) {
        throw accessDenied(`Not authorized to perform ${ACTION}`);
      }
      const policies = await sessionPolicies(input, context.store);
      const seconds = roleSeconds(input.DurationSeconds, { most: role.maxSessionSeconds, chained: false });
      const { sourceIdentity } = identity;
      const session = { ...tagging, ...defined({ sourceIdentity, policies }), webIdentity: remembered(identity) };
      return {
        ...beginSession({ role, sessionName, seconds, session }, context),
        SubjectFromWebIdentityToken: identity.subject,
        // STS answers with the ARN, whatever its reference says.
        Provider: identity.providerArn,
        Audience: identity.audience,
        ...defined({ SourceIdentity: sourceIdentity }),
      };
    },
  };

function checkInput({
  RoleSessionName,
  WebIdentityToken: token = '',
  ProviderId,
}: AssumeRoleWithWebIdentityRequest): void {
  // Only for the access tokens of OAuth 2.0 that two providers issued before OpenID Connect.
  if (ProviderId !== undefined) throw unsupportedMembers(['ProviderId']);
  checkSessionName('roleSessionName', RoleSessionName);
  if (token.length < LEAST_TOKEN || token.length > MOST_TOKEN) {
    throw validationError(
      'webIdentityToken',
      '(hidden)',
      `Member must have length from ${LEAST_TOKEN} to ${MOST_TOKEN}`,
    );
  }
}

/** The session tags and the source identity of the token, by the rules for those of requests. */
function taggingOf({ tags, transitiveTagKeys, sourceIdentity }: WebIdentity): SessionTags {
  try {
    checkSessionName('sourceIdentity', sourceIdentity);
    return sessionTags({ Tags: [...tags], TransitiveTagKeys: [...transitiveTagKeys] }, undefined);
  } catch (error) {
    throw isAwsError(error) ? rejectedClaim(`The token's claims are refused. ${error.message}`) : error;
  }
}

interface Wanted {
  readonly arn: string;
  /** Absent: there is none. */
  readonly role: RoleRecord | undefined;
  readonly sessionName: string;
  readonly identity: WebIdentity;
  readonly tagging: SessionTags;
}

/** Without a role there is no trust policy that could allow anything. */
const NO_ROLE: Verdict = { decision: 'implicitDeny', missing: 'trust' };

/** The identity has no policies, so the trust policy must allow all of it: to assume, and to bring tags along. */
function isTrusted(wanted: Wanted, { circumstances, caller, now, tell }: OperationContext): boolean {
  const { arn, role, sessionName, identity, tagging } = wanted;
  const tags = Object.entries(tagging.tags).map(([key, value]) => ({ key, value }));
  const context = {
    ...withoutKeys(circumstances, Object.keys(sessionKeys(caller))),
    ...identity.keys,
    'sts:RoleSessionName': sessionName,
    ...defined({ 'sts:SourceIdentity': identity.sourceIdentity }),
    ...(tags.length === 0 ? {} : { 'sts:TransitiveTagKeys': tagging.transitiveKeys }),
    ...requestTagKeys(tags),
    ...resourceTagKeys('iam', role?.tags ?? []),
  };
  const actions = [
    ACTION,
    ...(tags.length === 0 ? [] : ['sts:TagSession']),
    ...(identity.sourceIdentity === undefined ? [] : ['sts:SetSourceIdentity']),
  ];
  const resource =
    role && ({ type: 'trust', policy: readPolicy('trust', role.name, role.trustPolicy) } satisfies ResourcePolicy);
  const policies = { identity: [], ...defined({ resource }) };
  const principal = { kind: 'web-identity', arn: identity.providerArn } as const;
  return actions.every((action) => {
    const request = { principal, action, resource: arn, context, now };
    const verdict: Verdict = role === undefined ? NO_ROLE : decide(request, policies);
    tell.judged({ request, verdict, policies });
    return verdict.decision === 'allowed';
  });
}

/** Whoever signs the call, too: it is the token that says who assumes the role. */
const withoutKeys = (context: ContextValues, keys: readonly string[]): ContextValues =>
  Object.fromEntries(Object.entries(context).filter(([key]) => !keys.includes(key)));

/** AWS keeps these keys with the session, so that policies of the role can use them. */
const KEPT_CLAIMS = ['aud', 'sub', 'amr'];

function remembered({ issuer, providerArn, keys }: WebIdentity): RoleSession['webIdentity'] {
  const kept = KEPT_CLAIMS.flatMap((claim) => {
    const value = keys[`${issuer}:${claim}`];
    return value === undefined ? [] : [[`${issuer}:${claim}`, typeof value === 'string' ? value : [...value]] as const];
  });
  return { provider: providerArn, keys: Object.fromEntries(kept) };
}
