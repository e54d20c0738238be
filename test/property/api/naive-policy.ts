/** IAM's rules as slowly and as plainly as the guide puts them, on the JSON of policies. */
import type { AccessRequest, PolicyType } from '../../../api/auth/policy/decide.ts';
import { principalKeys } from '../../../api/auth/policy/principals.ts';

export interface NaiveStatement {
  readonly Effect: string;
  readonly Action?: readonly string[];
  readonly NotAction?: readonly string[];
  readonly Resource?: readonly string[];
  readonly NotResource?: readonly string[];
  readonly Principal?: Readonly<Record<string, readonly string[]>>;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

export interface NaivePolicies {
  readonly identity: readonly NaiveStatement[];
  readonly boundary?: readonly NaiveStatement[] | undefined;
  readonly session?: readonly NaiveStatement[] | undefined;
  readonly resource?:
    { readonly type: 'trust' | 'resource'; readonly statements: readonly NaiveStatement[] } | undefined;
}

/** `allowed`, `denied by TYPE` or `no TYPE`. */
export function naiveDecision(request: AccessRequest, policies: NaivePolicies): string {
  const context = contextOf(request);
  const those = (statements: readonly NaiveStatement[], effect: string): readonly NaiveStatement[] =>
    statements.filter((statement) => statement.Effect === effect && isAbout(statement, request, context));
  const all: readonly (readonly [PolicyType, readonly NaiveStatement[]])[] = [
    ['identity', policies.identity],
    ['boundary', policies.boundary ?? []],
    ['session', policies.session ?? []],
    [policies.resource?.type ?? 'resource', policies.resource?.statements ?? []],
  ];
  for (const [type, statements] of all) if (those(statements, 'Deny').length > 0) return `denied by ${type}`;

  const granting = those(policies.resource?.statements ?? [], 'Allow').flatMap(
    ({ Principal = {} }) => Principal['AWS'] ?? [],
  );
  const { principal } = request;
  if (granting.some((name) => name === '*' || name === principal.arn)) return 'allowed';
  const byRole = principal.kind === 'assumed-role' && granting.includes(principal.roleArn);
  const byAccount = 'account' in principal && granting.includes(principal.account);
  if (policies.resource?.type === 'trust' && !byRole && !byAccount) return 'no trust';
  if (!byRole && those(policies.identity, 'Allow').length === 0) return 'no identity';
  if (policies.boundary !== undefined && those(policies.boundary, 'Allow').length === 0) return 'no boundary';
  if (policies.session !== undefined && those(policies.session, 'Allow').length === 0) return 'no session';
  return 'allowed';
}

type Values = Readonly<Record<string, readonly string[]>>;

function contextOf(request: AccessRequest): Values {
  const all = { ...request.context, ...principalKeys(request.principal) };
  return Object.fromEntries(Object.entries(all).map(([key, value]) => [key.toLowerCase(), [value].flat()]));
}

function isAbout(statement: NaiveStatement, request: AccessRequest, context: Values): boolean {
  const { Action, NotAction, Resource, NotResource, Principal, Condition = {} } = statement;
  const isAction = (pattern: string): boolean =>
    new RegExp(`^${pattern.replaceAll('*', '.*').replaceAll('?', '.')}$`, 'i').test(request.action);
  const isResource = (pattern: string): boolean => resourceMatches(pattern, request.resource, context);
  const names = Principal?.['AWS'];
  const { principal } = request;
  const own = [principal.arn, 'account' in principal ? principal.account : '', '*'];
  const itself = principal.kind === 'assumed-role' ? [...own, principal.roleArn] : own;
  return (
    (Action === undefined || Action.some(isAction)) &&
    (NotAction === undefined || !NotAction.some(isAction)) &&
    (Resource === undefined || Resource.some(isResource)) &&
    (NotResource === undefined || !NotResource.some(isResource)) &&
    (names === undefined || names.some((name) => itself.includes(name))) &&
    Object.entries(Condition).every(([operator, keys]) =>
      Object.entries(keys).every(([key, values]) =>
        conditionHolds(operator, values, context[key.toLowerCase()] ?? [], context),
      ),
    )
  );
}

const escaped = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`);

/** A regular expression's source for a text with variables; undefined if a variable has no value. */
function sourceOf(
  text: string,
  context: Values,
  wildcard: (found: string, before: string, after: string) => string,
): string | undefined {
  const parts = text.split(/(\$\{[^}]*\}|[*?])/);
  let source = '';
  for (const [i, part] of parts.entries()) {
    if (part === '*' || part === '?') {
      source += wildcard(part, parts.slice(0, i).join(''), parts.slice(i + 1).join(''));
    } else if (/^\$\{[*?$]\}$/.test(part)) {
      source += escaped(part.charAt(2));
    } else if (part.startsWith('${')) {
      const [, key = '', fallback] = /^\$\{([^,}]*)(?:, '([^']*)')?\}$/.exec(part) ?? [];
      const values = context[key.toLowerCase()] ?? [];
      const value = values.length === 1 ? values[0] : fallback;
      if (value === undefined) return undefined;
      source += escaped(value);
    } else {
      source += escaped(part);
    }
  }
  return source;
}

function matches(source: string | undefined, text: string): boolean {
  return source !== undefined && new RegExp(`^(?:${source})$`, 's').test(text);
}

/** A star goes beyond a colon where it ends its component, and in the resource, which begins after the fifth colon. */
export function resourceMatches(pattern: string, resource: string, context: Values): boolean {
  const source = sourceOf(pattern, context, (found, before, after) => {
    const inResource = before.split(':').length > 5;
    if (found === '?') return inResource ? '.' : '[^:]';
    return inResource || after === '' || after.startsWith(':') ? '.*' : '[^:]*';
  });
  return matches(source, resource);
}

function conditionHolds(
  operator: string,
  wanted: readonly string[],
  values: readonly string[],
  context: Values,
): boolean {
  if (operator === 'Null') return wanted.some((each) => (each === 'true') === (values.length === 0));
  const [, set, named = '', ifExists] = /^(?:(.*):)?(.*?)(IfExists)?$/.exec(operator) ?? [];
  const isNegated = named.includes('Not');
  const positive = named.replace('Not', '');
  if (values.length === 0) return ifExists !== undefined || set === 'ForAllValues' || (set === undefined && isNegated);
  const isEmpty = values.join('') === '';
  const one = (value: string): boolean => wanted.some((each) => compare(positive, each, value, context));
  if (set === 'ForAllValues') return isEmpty || values.every((value) => one(value) !== isNegated);
  if (set === 'ForAnyValue') return !isEmpty && values.some((value) => one(value) !== isNegated);
  return values.some(one) !== isNegated;
}

function compare(operator: string, wanted: string, value: string, context: Values): boolean {
  const literal = (found: string): string => escaped(found);
  const wild = (found: string): string => (found === '*' ? '.*' : '.');
  switch (operator) {
    case 'StringEquals':
      return matches(sourceOf(wanted, context, literal), value);
    case 'StringEqualsIgnoreCase':
      return matches(sourceOf(wanted, context, literal)?.toLowerCase(), value.toLowerCase());
    case 'StringLike':
      return matches(sourceOf(wanted, context, wild), value);
    case 'ArnLike':
    case 'ArnEquals':
      return matches(
        sourceOf(wanted, context, (found, before) => {
          const any = before.split(':').length > 5 ? '.' : '[^:]';
          return found === '*' ? `${any}*` : any;
        }),
        value,
      );
    case 'NumericEquals':
      return Number(value) === Number(wanted);
    case 'NumericLessThan':
      return Number(value) < Number(wanted);
    case 'NumericGreaterThanEquals':
      return Number(value) >= Number(wanted);
    case 'DateEquals':
      return Date.parse(value) === Date.parse(wanted);
    case 'DateLessThanEquals':
      return Date.parse(value) <= Date.parse(wanted);
    case 'DateGreaterThan':
      return Date.parse(value) > Date.parse(wanted);
    case 'Bool':
      return value === wanted;
    case 'IpAddress': {
      const [base = '', bits = '32'] = wanted.split('/');
      const prefix = (address: string): string => bitsOf(address).slice(0, Number(bits));
      return prefix(base) === prefix(value);
    }
    default:
      throw new Error(`The twin does not know ${operator}.`);
  }
}

const bitsOf = (address: string): string =>
  address
    .split('.')
    .map((octet) => Number(octet).toString(2).padStart(8, '0'))
    .join('');
