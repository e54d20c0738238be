/** AWS's sentence for a request that was denied. */
import type { AccessRequest, PolicyType, Verdict } from './decide.ts';

const NOUNS: Readonly<Record<PolicyType, { readonly denied: string; readonly missing: string }>> = {
  identity: { denied: 'an identity-based policy', missing: 'identity-based policy' },
  boundary: { denied: 'a permissions boundary', missing: 'permissions boundary' },
  session: { denied: 'a session policy', missing: 'session policy' },
  trust: { denied: 'the role trust policy', missing: 'role trust policy' },
  resource: { denied: 'a resource-based policy', missing: 'resource-based policy' },
};

export type Denial = Exclude<Verdict, { readonly decision: 'allowed' }>;

/** The sentence names the kind of policy only: which policy and statement it was is for the operator to see. */
export function denialSentence({ principal, action, resource }: AccessRequest, denial: Denial): string {
  const subject = `User: ${principal.arn} is not authorized to perform: ${action} on resource: ${resource}`;
  return denial.decision === 'explicitDeny'
    ? `${subject} with an explicit deny in ${NOUNS[denial.by.type].denied}`
    : `${subject} because no ${NOUNS[denial.missing].missing} allows the ${action} action`;
}
