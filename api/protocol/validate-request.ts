/** Turns a request's JSON into an operation's input, or into the refusal that tells what is wrong with it. */
import type { core } from 'zod';
import { type AwsError, EcsError } from '../../model/errors.ts';
import type { OperationShapes } from './catalogue.ts';
import { pathText } from './member-path.ts';
import { requestSchema } from './request-schema.ts';
import type { ShapeRefusals } from './shape-refusals.ts';
import { unknownMembers } from './unknown-members.ts';

const ARTICLES: Readonly<Record<string, string>> = {
  string: 'a String',
  int: 'an Integer',
  // This also covers the few doubles, because the issue does not tell them apart.
  number: 'an Integer',
  boolean: 'a Boolean',
  date: 'a Timestamp',
};

/**
 * Checks a request against the shapes of its operation: types, required members, enums, then unknown members. Nulls
 * count as absent, and decimal strings as integers. Throws the refusals' errors, a wrong type before all others.
 */
export function validateRequest(operation: OperationShapes, body: unknown, refusals: ShapeRefusals): unknown {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new EcsError('SerializationException', `The body of ${operation.name} must be a JSON object.`);
  }
  const result = requestSchema(operation.input).safeParse(body);
  if (result.success) {
    const unknown = unknownMembers(operation, body);
    if (unknown.length > 0) throw refusals.unknown(operation.name, unknown);
    return result.data;
  }
  const { issues } = result.error;
  const worst = issues.find((issue) => isMistyped(issue, body)) ?? issues[0];
  if (worst === undefined) throw refusals.mistyped('The body', 'is invalid.');
  throw refusalOf(operation.name, { issue: worst, body, refusals });
}

const isMistyped = (issue: core.$ZodIssue, body: object): boolean =>
  issue.code !== 'custom' && valueAt(body, issue.path) !== undefined;

function refusalOf(
  operation: string,
  {
    issue,
    body,
    refusals,
  }: { readonly issue: core.$ZodIssue; readonly body: object; readonly refusals: ShapeRefusals },
): AwsError {
  const value = valueAt(body, issue.path);
  const path = pathText(issue.path);
  if (value === undefined) return refusals.missing(operation, path);
  if (issue.code === 'custom') {
    return refusals.outside(operation, { path, values: issue.params?.['values'] as readonly string[], value });
  }
  return refusals.mistyped(path, mismatch(value, wanted(issue)));
}

/** The type that zod wanted there, in ECS's words; undefined for lists and structures. */
function wanted(issue: core.$ZodIssue): string | undefined {
  if (issue.code === 'too_big' || issue.code === 'too_small') return ARTICLES['int'];
  if (issue.code === 'invalid_format') return 'a Blob';
  return issue.code === 'invalid_type' ? ARTICLES[issue.expected] : undefined;
}

/** The sentence with which AWS's JSON reader refuses `value` instead of the wanted type. */
function mismatch(value: unknown, article: string | undefined): string {
  if (Array.isArray(value)) return 'Start of list found where not expected';
  if (typeof value === 'object' && value !== null) return 'Start of structure or map found where not expected.';
  if (article === undefined) return `${tokenOf(value)} found where a list or structure belongs`;
  return `${tokenOf(value)} can not be converted to ${article}`;
}

function tokenOf(value: unknown): string {
  if (value === null) return 'NULL_VALUE';
  if (typeof value === 'boolean') return value ? 'TRUE_VALUE' : 'FALSE_VALUE';
  if (typeof value === 'number') return Number.isInteger(value) ? 'NUMBER_VALUE' : 'DECIMAL_VALUE';
  return 'STRING_VALUE';
}

function valueAt(body: unknown, path: readonly PropertyKey[]): unknown {
  let value = body;
  let list = false;
  for (const key of path) {
    list = Array.isArray(value);
    value = typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined;
  }
  // A null member is absent; a null in a list is a value of the wrong type.
  return value === null && !list ? undefined : value;
}
