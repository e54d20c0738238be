/** Who called, in CloudTrail's form. Pure. */
import type { AuditIdentity } from '../../model/audit.ts';
import { defined } from '../../model/defined.ts';
import type { Caller } from '../auth/caller.ts';
import type { WebIdentity } from '../auth/web-identity/claims.ts';
import { escapeControls } from '../protocol/printable.ts';

/** What a key's id looks like. Whoever pastes a secret in its place must not find it in the audit. */
const KEY_ID = /^(?:AKIA|ASIA)[A-Z0-9]{12,28}$/;

/** `accessKeyId`: with which the call was signed; absent where nobody signs. */
export function identityOf(caller: Caller, accessKeyId: string | undefined): AuditIdentity {
  const { principal } = caller;
  const { arn, account: accountId, userId: principalId } = principal;
  const common = { principalId, arn, accountId, ...defined({ accessKeyId }) };
  switch (principal.kind) {
    case 'anonymous':
      return unknownIdentity(undefined);
    case 'root':
      return { type: 'Root', ...common, ...session(caller) };
    case 'user':
      return { type: 'IAMUser', ...common, userName: lastPart(arn), ...session(caller) };
    case 'assumed-role': {
      const sessionIssuer = {
        type: 'Role' as const,
        principalId: principalId.slice(0, principalId.indexOf(':')),
        arn: principal.roleArn,
        accountId,
        userName: lastPart(principal.roleArn),
      };
      return { type: 'AssumedRole', ...common, ...session(caller, { sessionIssuer }) };
    }
  }
}

type SessionContext = NonNullable<AuditIdentity['sessionContext']>;

function session(
  { temporary, issuedAt, session: of }: Caller,
  issuer: Pick<SessionContext, 'sessionIssuer'> = {},
): Pick<AuditIdentity, 'sessionContext'> {
  if (temporary !== true || issuedAt === undefined) return {};
  const attributes = { creationDate: inSeconds(issuedAt), mfaAuthenticated: 'false' as const };
  return { sessionContext: { ...issuer, attributes, ...defined({ sourceIdentity: of?.sourceIdentity }) } };
}

/** Somebody whose credentials were not good. `claimed`: the key that the request names. */
export const unknownIdentity = (claimed: string | undefined): AuditIdentity => ({
  type: 'Unknown',
  ...(claimed !== undefined && KEY_ID.test(claimed) ? { accessKeyId: claimed } : {}),
});

/** Whom a token stands for: its issuer's provider and the token's subject. */
export const webIdentityOf = ({ providerArn, audience, subject }: WebIdentity): AuditIdentity => ({
  type: 'WebIdentityUser',
  principalId: [providerArn, audience, escapeControls(subject)].join(':'),
  userName: escapeControls(subject),
  identityProvider: providerArn,
});

/** `2026-11-30T16:00:00Z`. */
export const inSeconds = (at: number): string => `${new Date(at).toISOString().slice(0, -5)}Z`;

const lastPart = (arn: string): string => arn.slice(arn.lastIndexOf('/') + 1);
