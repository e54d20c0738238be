/** Who asks, and the Principal element of trust policies and other policies of resources, which names who may. */
import { defined } from '../../../model/defined.ts';
import type { ContextValues } from './context.ts';
import { objectAt, textsAt } from './elements.ts';
import { MalformedPolicyDocument, syntaxError } from './malformed.ts';

/**
 * Root, users and role sessions belong to an account; a service or an identity of another provider has none. Who is
 * anonymous belongs to `anonymous`, which is no account.
 */
export type Principal =
  | {
      readonly kind: 'root' | 'user';
      readonly arn: string;
      readonly account: string;
      /** AWS's unique id; without it, `aws:userid` is absent. */
      readonly userId?: string;
      readonly tags?: Readonly<Record<string, string>>;
    }
  | {
      readonly kind: 'assumed-role';
      /** The session's: `arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION`. */
      readonly arn: string;
      readonly account: string;
      /** The role's, with its path. */
      readonly roleArn: string;
      readonly userId?: string;
      /** Those of the role and of the session together. */
      readonly tags?: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'anonymous'; readonly arn: 'anonymous'; readonly account: 'anonymous' }
  /** `arn`: such as `ecs-tasks.amazonaws.com`. */
  | { readonly kind: 'service'; readonly arn: string }
  /** `arn`: that of the OIDC provider, or its host. */
  | { readonly kind: 'web-identity'; readonly arn: string };

/** The condition keys that say who asks. A caller of the evaluator cannot set them to anything else. */
export function principalKeys(principal: Principal): ContextValues {
  switch (principal.kind) {
    case 'service':
      return { 'aws:PrincipalIsAWSService': 'true', 'aws:PrincipalServiceName': principal.arn };
    case 'web-identity':
      return { 'aws:PrincipalIsAWSService': 'false' };
    case 'anonymous':
      return {
        ...{ 'aws:PrincipalIsAWSService': 'false', 'aws:PrincipalType': 'Anonymous', 'aws:userid': 'anonymous' },
      };
    case 'root':
    case 'user':
    case 'assumed-role':
      return {
        'aws:PrincipalIsAWSService': 'false',
        'aws:PrincipalAccount': principal.account,
        ...identityKeys(principal),
        ...defined({ 'aws:userid': principal.userId }),
        ...Object.fromEntries(Object.entries(principal.tags ?? {}).map(([k, v]) => [`aws:PrincipalTag/${k}`, v])),
      };
  }
}

type Known = Exclude<Extract<Principal, { readonly account: string }>, { readonly kind: 'anonymous' }>;

function identityKeys(principal: Known): ContextValues {
  switch (principal.kind) {
    case 'root':
      return { 'aws:PrincipalArn': principal.arn, 'aws:PrincipalType': 'Account' };
    case 'user':
      return {
        'aws:PrincipalArn': principal.arn,
        'aws:PrincipalType': 'User',
        'aws:username': principal.arn.slice(principal.arn.lastIndexOf('/') + 1),
      };
    case 'assumed-role':
      return { 'aws:PrincipalArn': principal.roleArn, 'aws:PrincipalType': 'AssumedRole' };
  }
}

/**
 * How directly a policy names a principal. `account`: its account, which may pass the permission on by its own policies.
 * `role`: the role of a session. `principal`: the principal itself, or everyone.
 */
export type Naming = 'account' | 'role' | 'principal';
export const NAMINGS: readonly Naming[] = ['account', 'role', 'principal'];

type Entry = (principal: Principal) => Naming | undefined;

const ACCOUNT = /^(?:arn:aws[a-z-]*:iam::)?(\d{12})(:root)?$/;
const USER = /^arn:aws[a-z-]*:iam::\d{12}:user\/[^*?]+$/;
const ROLE = /^arn:aws[a-z-]*:iam::\d{12}:role\/[^*?]+$/;
const SESSION = /^arn:aws[a-z-]*:sts::\d{12}:assumed-role\/[^*?/]+\/[^*?/]+$/;
const SERVICE = /^[a-z0-9-]+(?:\.[a-z0-9-]+)*\.amazonaws\.com(?:\.cn)?$/;
const PROVIDER = /^(?:arn:aws[a-z-]*:iam::\d{12}:oidc-provider\/[^*?]+|[a-z0-9-]+(?:\.[a-z0-9-]+)+(?:\/[^*?]*)?)$/;

const isItself =
  (arn: string, kind: Principal['kind']): Entry =>
  (principal) =>
    principal.kind === kind && principal.arn === arn ? 'principal' : undefined;

const isOfAccount =
  (account: string): Entry =>
  (principal) => {
    if (!('account' in principal) || principal.account !== account) return undefined;
    return principal.kind === 'root' ? 'principal' : 'account';
  };

function readAws(text: string): Entry | undefined {
  if (text === '*') return hasAccount;
  const [whole, account = '', root] = ACCOUNT.exec(text) ?? [];
  if (whole !== undefined && (root !== undefined) === text.startsWith('arn:')) return isOfAccount(account);
  if (USER.test(text)) return isItself(text, 'user');
  if (SESSION.test(text)) return isItself(text, 'assumed-role');
  if (!ROLE.test(text)) return undefined;
  return (principal) => (principal.kind === 'assumed-role' && principal.roleArn === text ? 'role' : undefined);
}

/** By the kinds of principals that a policy can name here. SAML providers and canonical users are none of them. */
const READERS: Readonly<Record<string, (text: string) => Entry | undefined>> = {
  AWS: readAws,
  Service: (text) => (SERVICE.test(text) ? isItself(text, 'service') : undefined),
  Federated: (text) => (PROVIDER.test(text) ? isItself(text, 'web-identity') : undefined),
};

const hasAccount: Entry = (principal) => ('account' in principal ? 'principal' : undefined);

/**
 * Reads a Principal or NotPrincipal element; the result says how the element names a principal. To allow, `*` names all who
 * have an account: a service or an issuer, of which anybody may have an identity, is only let in by its name. To deny, it
 * names everybody.
 */
export function readPrincipal(element: unknown, effect: 'Allow' | 'Deny', where: string): Entry {
  if (element === '*') return effect === 'Allow' ? hasAccount : () => 'principal';
  const object = objectAt(element, `Principal of ${where}`);
  const entries = Object.entries(object).flatMap(([type, names]) => {
    const read = Object.hasOwn(READERS, type) ? READERS[type] : undefined;
    if (read === undefined) throw syntaxError(`Principal of ${where} has the unknown type '${type}'.`);
    return textsAt(names, `Principal ${type} of ${where}`).map((name) => {
      const entry = read(name);
      if (entry === undefined) throw new MalformedPolicyDocument(`Invalid principal in policy: "${type}":"${name}"`);
      return entry;
    });
  });
  if (entries.length === 0) throw new MalformedPolicyDocument('Missing required field Principal cannot be empty!');
  return (principal) => mostDirect(entries.map((entry) => entry(principal)));
}

export function mostDirect(namings: readonly (Naming | undefined)[]): Naming | undefined {
  return NAMINGS.findLast((naming) => namings.includes(naming));
}
