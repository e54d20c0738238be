/**
 * The decision about one action on one resource, in IAM's order: an explicit deny in any policy; else what the policy of the
 * resource allows; else what the policies of the identity allow, within its boundary and within the session's policies.
 */
import type { ContextValues } from './context.ts';
import { Context } from './context.ts';
import type { Policy } from './document.ts';
import type { Naming, Principal } from './principals.ts';
import { mostDirect, principalKeys } from './principals.ts';
import type { Statement } from './statement.ts';

export interface AccessRequest {
  readonly principal: Principal;
  /** Such as `ecs:RunTask`. */
  readonly action: string;
  /** An ARN, or `*` for an action that AWS does not authorise on a resource. */
  readonly resource: string;
  /** Condition keys beyond those that the principal and the time give. */
  readonly context: ContextValues;
  /** Milliseconds since the epoch: `aws:CurrentTime` and `aws:EpochTime`. */
  readonly now: number;
}

export type PolicyType = 'identity' | 'boundary' | 'session' | 'trust' | 'resource';

export interface PolicySet {
  /** Of the user and the groups, or of the role. */
  readonly identity: readonly Policy[];
  readonly boundary?: Policy;
  /** Absent: the session has no policies of its own. If present, one of them must allow, so an empty list allows nothing. */
  readonly session?: readonly Policy[];
  /** The policy of the resource, which is of the principal's account. The trust policy of a role must allow the action. */
  readonly resource?: ResourcePolicy;
}

export interface ResourcePolicy {
  readonly type: 'trust' | 'resource';
  readonly policy: Policy;
}

/** The statement that decided. */
export interface Decider {
  readonly type: PolicyType;
  /** The policy's name or ARN. */
  readonly policy: string;
  /** The Sid; without one, the statement's number, such as `#1` for the first. */
  readonly statement: string;
}

/** The words are those of SimulatePrincipalPolicy's EvalDecision. */
export type Verdict =
  /** `by` is absent for root, which needs no policy. */
  | { readonly decision: 'allowed'; readonly by?: Decider }
  | { readonly decision: 'explicitDeny'; readonly by: Decider }
  /** `missing`: the type of policy of which none allows the action. */
  | { readonly decision: 'implicitDeny'; readonly missing: PolicyType };

interface Asked {
  readonly request: AccessRequest;
  readonly context: Context;
  /** In lower case. */
  readonly action: string;
}

/** What the policies of one type say. */
interface Opinion {
  readonly deny?: Decider;
  readonly allow?: Decider;
  readonly naming?: Naming;
}

/** Decides. Root is always allowed: whether root may do a thing at all, as with AssumeRole, is for the operation to say. */
export function decide(request: AccessRequest, policies: PolicySet): Verdict {
  if (request.principal.kind === 'root') return { decision: 'allowed' };
  const context = contextOf(request);
  const asked = { request, context, action: request.action.toLowerCase() };

  const identity = opinion('identity', policies.identity, asked);
  const boundary = policies.boundary && opinion('boundary', [policies.boundary], asked);
  const session = policies.session && opinion('session', policies.session, asked);
  const resource = policies.resource && opinion(policies.resource.type, [policies.resource.policy], asked);

  for (const each of [identity, boundary, session, resource]) {
    if (each?.deny !== undefined) return { decision: 'explicitDeny', by: each.deny };
  }
  if (resource?.naming === 'principal' && resource.allow !== undefined)
    return { decision: 'allowed', by: resource.allow };
  // A service or an identity of another provider has no policies of its own.
  const needsResource = policies.resource?.type === 'trust' || !('account' in request.principal);
  if (needsResource && policies.resource !== undefined && resource?.naming === undefined) {
    return { decision: 'implicitDeny', missing: policies.resource.type };
  }
  const by = identity.allow ?? (resource?.naming === 'role' ? resource.allow : undefined);
  if (by === undefined) return { decision: 'implicitDeny', missing: 'identity' };
  if (boundary !== undefined && boundary.allow === undefined) return { decision: 'implicitDeny', missing: 'boundary' };
  if (session !== undefined && session.allow === undefined) return { decision: 'implicitDeny', missing: 'session' };
  return { decision: 'allowed', by };
}

function contextOf({ now, context, principal }: AccessRequest): Context {
  const time = { 'aws:CurrentTime': new Date(now).toISOString(), 'aws:EpochTime': String(Math.floor(now / 1000)) };
  return new Context(context, time, principalKeys(principal));
}

/** The first element of a statement that does not fit the request, for people; undefined if the statement applies. */
export function unmetElement(statement: Statement, request: AccessRequest): string | undefined {
  const context = contextOf(request);
  if (statement.naming(request.principal) === undefined) return 'Principal';
  if (!statement.matchesResource(request.resource, context)) return 'Resource';
  const condition = statement.unmet(context);
  return condition === undefined ? undefined : `Condition ${condition}`;
}

/** The first statement that denies; else the first that allows, and of those the one that names the principal most directly. */
function opinion(type: PolicyType, policies: readonly Policy[], { request, context, action }: Asked): Opinion {
  let found: Opinion = {};
  for (const policy of policies) {
    for (const statement of policy.about(action)) {
      if (statement.effect === 'Allow' && found.naming === 'principal') continue;
      const naming = applies(statement, request, context);
      if (naming === undefined) continue;
      const by = { type, policy: policy.name, statement: statement.id };
      if (statement.effect === 'Deny') return { deny: by };
      if (found.naming === undefined || mostDirect([found.naming, naming]) !== found.naming)
        found = { allow: by, naming };
    }
  }
  return found;
}

/** How a statement about the action names the principal if it applies to the request. The cheapest test comes first. */
function applies(statement: Statement, { principal, resource }: AccessRequest, context: Context): Naming | undefined {
  const naming = statement.naming(principal);
  if (naming === undefined || !statement.matchesResource(resource, context) || !statement.holds(context)) {
    return undefined;
  }
  return naming;
}
