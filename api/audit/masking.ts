/**
 * What the audit shows of requests and answers. Members have the names that CloudTrail gives them, and what is secret is
 * hidden as CloudTrail hides it. Pure.
 */
import type { Shape, StructureShape } from '../protocol/shapes.ts';

export const HIDDEN = 'HIDDEN_DUE_TO_SECURITY_REASONS';

/** Secrets of which the SDK's schemas do not say that they are sensitive. */
const SECRET_MEMBERS: ReadonlySet<string> = new Set([
  'Credentials.SessionToken',
  'AssumeRoleRequest.TokenCode',
  'GetSessionTokenRequest.TokenCode',
]);
/** Free names that people give to secrets: options of log and volume drivers, members of Longshore's own routes. */
const SECRET_NAME = /secret|token|passw|credential|api-?_?key|authorization/i;
/** Values that hold a secret beside other things, such as `username=a,password=b`. */
const SECRET_VALUE = /\b(?:passw(?:or)?d|pwd|secret|token)=/i;
/** A URL's fragment is for its reader alone: that of a join URL opens the agent door. */
const FRAGMENT = /^https?:\/\/[^#\s]*#./i;
/** Members of Longshore's own routes that only name a secret. */
const NAMES_SECRET: ReadonlySet<string> = new Set(['joinToken', 'joinTokens', 'tokenId']);

/** The value as the audit shows it: only what the shape has; undefined for a value of another kind. */
export function shown(shape: Shape, value: unknown): unknown {
  if (value === undefined || value === null) return undefined;
  if (shape.sensitive === true) return HIDDEN;
  switch (shape.kind) {
    case 'structure':
      return typeof value === 'object' && !Array.isArray(value) ? shownMembers(shape, value) : undefined;
    case 'list':
      return Array.isArray(value) ? value.flatMap((element) => shown(shape.element, element) ?? []) : undefined;
    case 'map':
      return typeof value === 'object' ? shownEntries(value, (member) => shown(shape.value, member)) : undefined;
    case 'document':
      return shownPlain(value);
    case 'blob':
      return undefined;
    case 'timestamp':
      return value instanceof Date ? value.toISOString() : plain(value);
    case 'string':
    case 'integer':
    case 'double':
    case 'boolean':
      return plain(value);
  }
}

/** The members that the shape has, each with a small first letter. */
function shownMembers({ name: of, members }: StructureShape, value: object): Record<string, unknown> {
  const given = value as Readonly<Record<string, unknown>>;
  const entries = members.flatMap(({ name, shape }): [string, unknown][] => {
    if (!Object.hasOwn(given, name)) return [];
    const member = SECRET_MEMBERS.has(`${of}.${name}`) ? HIDDEN : shown(shape, given[name]);
    return member === undefined ? [] : [[shownName(name), member]];
  });
  return Object.fromEntries(entries);
}

/** Secrets Manager writes ARN in capitals. */
const shownName = (name: string): string => (name === 'ARN' ? 'arn' : name.charAt(0).toLowerCase() + name.slice(1));

const shownEntries = (value: object, show: (member: unknown) => unknown): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key, isSecret(key, member) ? HIDDEN : show(member)]),
  );

const isSecret = (key: string, value: unknown): boolean =>
  (SECRET_NAME.test(key) && !NAMES_SECRET.has(key)) ||
  (typeof value === 'string' && (SECRET_VALUE.test(value) || FRAGMENT.test(value)));

/** A value without a shape, such as the body of one of Longshore's own routes. */
export function shownPlain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shownPlain);
  if (typeof value === 'object' && value !== null) return shownEntries(value, shownPlain);
  return value;
}

const plain = (value: unknown): unknown => (typeof value === 'object' ? undefined : value);
