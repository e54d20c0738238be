/** One statement of a policy document, read and compiled. */
import { componentsOf, resourceTemplate } from './arn-pattern.ts';
import type { Conditions } from './condition.ts';
import { readCondition } from './condition.ts';
import type { Context } from './context.ts';
import type { JsonObject } from './elements.ts';
import { objectAt, refuseUnknown, textsAt } from './elements.ts';
import { MalformedPolicyDocument, syntaxError } from './malformed.ts';
import type { Naming, Principal } from './principals.ts';
import { readPrincipal } from './principals.ts';
import type { Template } from './template.ts';
import { anyOf } from './tests.ts';
import { constantPattern, keysOfTemplate, readTemplate, templateTest, WILDCARDS } from './template.ts';
import type { Pattern } from './wildcard.ts';
import { wildcardTest } from './wildcard.ts';

/**
 * Where a document belongs: a managed policy (which a permissions boundary is, too), an inline policy of a user, group or
 * role, a session policy, the trust policy of a role, or the policy of another resource.
 */
export type DocumentKind = 'managed' | 'inline' | 'session' | 'trust' | 'resource';

export type Effect = 'Allow' | 'Deny';

export interface Statement {
  /** The Sid; without one, the statement's number, such as `#1` for the first. */
  readonly id: string;
  readonly effect: Effect;
  /** `action`: in lower case. */
  readonly matchesAction: (action: string) => boolean;
  readonly matchesResource: (resource: string, context: Context) => boolean;
  /** How the statement names the principal. Policies of identities name nobody: they apply to whom they belong. */
  readonly naming: (principal: Principal) => Naming | undefined;
  readonly holds: (context: Context) => boolean;
  /** The first condition that does not hold, such as `StringEquals aws:username`; undefined if all of them hold. */
  readonly unmet: (context: Context) => string | undefined;
  /** The condition keys that the statement looks at, in lower case. */
  readonly keys: ReadonlySet<string>;
}

interface Place {
  readonly kind: DocumentKind;
  /** The statement's number, from 1. */
  readonly number: number;
  readonly variables: boolean;
}

const ELEMENTS = [
  ...['Sid', 'Effect', 'Principal', 'NotPrincipal', 'Action', 'NotAction', 'Resource', 'NotResource', 'Condition'],
];
const SID = /^[0-9A-Za-z]*$/;

/** Reads a statement. Throws MalformedPolicyDocument. */
export function readStatement(value: unknown, place: Place): Statement {
  const where = `Statement ${place.number}`;
  const element = objectAt(value, where);
  refuseUnknown(element, ELEMENTS, where);
  const sid = readSid(element['Sid'], where);
  const effect = readEffect(element['Effect'], where);
  const naming = principalPart(element, effect, { ...place, where });
  const matchesAction = actionPart(element, place, where);
  const resource = resourcePart(element, place, where);
  const condition: Conditions =
    element['Condition'] === undefined
      ? { test: () => true, keys: [], unmet: () => undefined }
      : readCondition(element['Condition'], where, place.variables);
  return {
    id: sid || `#${place.number}`,
    effect,
    matchesAction,
    matchesResource: resource.test,
    naming,
    holds: condition.test,
    unmet: condition.unmet,
    keys: new Set([...resource.keys, ...condition.keys]),
  };
}

function readSid(sid: unknown, where: string): string {
  if (sid === undefined) return '';
  if (typeof sid !== 'string') throw syntaxError(`Sid of ${where} must be a text.`);
  if (SID.test(sid)) return sid;
  throw new MalformedPolicyDocument(
    'Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*',
  );
}

function readEffect(effect: unknown, where: string): Effect {
  if (effect === undefined) throw new MalformedPolicyDocument('Missing required field Effect');
  if (effect === 'Allow' || effect === 'Deny') return effect;
  throw syntaxError(`Effect of ${where} must be Allow or Deny.`);
}

/** The one element of the two that a statement has, and whether it is the one that begins with Not. */
function oneOf(element: JsonObject, name: string, where: string): { value: unknown; isNot: boolean } | undefined {
  const [value, not] = [element[name], element[`Not${name}`]];
  if (value !== undefined && not !== undefined) {
    throw syntaxError(`${where} has both ${name} and Not${name}.`);
  }
  if (value === undefined && not === undefined) return undefined;
  return { value: value ?? not, isNot: value === undefined };
}

function principalPart(
  element: JsonObject,
  effect: Effect,
  { kind, where }: Place & { readonly where: string },
): Statement['naming'] {
  const given = oneOf(element, 'Principal', where);
  if (kind !== 'trust' && kind !== 'resource') {
    if (given !== undefined) throw new MalformedPolicyDocument('Policy document should not specify a principal.');
    return () => 'principal';
  }
  if (given === undefined) throw new MalformedPolicyDocument('Missing required field Principal');
  if (given.isNot && kind === 'trust') {
    throw new MalformedPolicyDocument('AssumeRole policy must not contain NotPrincipal field.');
  }
  if (given.isNot && effect === 'Allow') {
    throw new MalformedPolicyDocument('Allow with NotPrincipal is not allowed.');
  }
  const naming = readPrincipal(given.value, effect, where);
  if (!given.isNot) return naming;
  return (principal) => (naming(principal) === undefined ? 'principal' : undefined);
}

const VENDOR = /^[A-Za-z0-9.-]+$/;
const TRUST_ACTIONS = [
  ...['sts:AssumeRole', 'sts:AssumeRoleWithWebIdentity', 'sts:AssumeRoleWithSAML'],
  ...['sts:TagSession', 'sts:SetSourceIdentity', 'sts:SetContext'],
].map((action) => action.toLowerCase());

/** Upper and lower case mean the same in the names of actions. */
function actionPart(element: JsonObject, { kind }: Place, where: string): Statement['matchesAction'] {
  const given = oneOf(element, 'Action', where);
  const actions = given === undefined ? [] : textsAt(given.value, `Action of ${where}`);
  if (given === undefined || actions.length === 0) {
    throw new MalformedPolicyDocument(
      kind === 'trust' ? 'Missing required field Action' : 'Policy statement must contain actions.',
    );
  }
  const tests = actions.map((action) => {
    checkAction(action, kind);
    return wildcardTest(readPattern(action.toLowerCase()));
  });
  return (action) => tests.some((test) => test(action)) !== given.isNot;
}

const readPattern = (text: string): Pattern =>
  constantPattern(readTemplate(text, { wildcards: true, variables: false })) ?? [];

function checkAction(action: string, kind: DocumentKind): void {
  if (kind === 'trust' && !TRUST_ACTIONS.includes(action.toLowerCase())) {
    throw new MalformedPolicyDocument('AssumeRole policy may only specify STS AssumeRole actions.');
  }
  if (action === '*') return;
  const [vendor = '', name, ...more] = action.split(':');
  if (more.length > 0) throw new MalformedPolicyDocument('Actions/Condition can contain only one colon.');
  if (name === undefined || name === '') {
    throw new MalformedPolicyDocument(
      `Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.: '${action}' is not.`,
    );
  }
  if (vendor !== '*' && !VENDOR.test(vendor)) throw new MalformedPolicyDocument(`Vendor ${vendor} is not valid`);
}

interface ResourcePart {
  readonly test: Statement['matchesResource'];
  readonly keys: readonly string[];
}

function resourcePart(element: JsonObject, { kind, variables }: Place, where: string): ResourcePart {
  const given = oneOf(element, 'Resource', where);
  if (kind === 'trust') {
    // The resource of a trust policy is the role that it belongs to.
    if (given === undefined) return { test: () => true, keys: [] };
    throw new MalformedPolicyDocument(
      given.isNot ? 'AssumeRole policy must not contain resources.' : 'Has prohibited field Resource',
    );
  }
  const resources = given === undefined ? [] : textsAt(given.value, `Resource of ${where}`);
  if (given === undefined || resources.length === 0) {
    throw new MalformedPolicyDocument('Policy statement must contain resources.');
  }
  const templates = resources.map((text) => readResource(text, variables));
  const tests = templates.map((template) => templateTest(template, WILDCARDS));
  const isOne = anyOf(tests);
  return {
    test: given.isNot ? (resource, context) => !isOne(resource, context) : isOne,
    keys: templates.flatMap(keysOfTemplate),
  };
}

/** Components of an ARN in which no variable may stand. */
const BEFORE_RESOURCE = 5;

function readResource(text: string, variables: boolean): Template {
  const template = readTemplate(text, { wildcards: true, variables });
  if (text === '*') return template;
  const [scheme, partition = '', ...others] = text.split(':');
  if (scheme !== 'arn' || partition === '') {
    throw new MalformedPolicyDocument(`Resource ${text} must be in ARN format or "*".`);
  }
  if (!/^(?:aws(?:-[a-z]+)*|\*)$/.test(partition)) {
    const rest = [0, 1, 2].map((i) => others[i] ?? '*');
    const arn = ['arn', partition, ...rest, others.slice(3).join(':') || '*'].join(':');
    throw new MalformedPolicyDocument(`Partition "${partition}" is not valid for resource "${arn}".`);
  }
  if (others.length === 0) {
    throw new MalformedPolicyDocument('Resource vendor must be fully qualified and cannot contain regexes.');
  }
  const early = componentsOf(template).slice(0, BEFORE_RESOURCE).flat();
  if (early.some((part) => typeof part === 'object')) {
    throw syntaxError(`Resource ${text} has a policy variable before its fifth colon.`);
  }
  return resourceTemplate(template);
}
