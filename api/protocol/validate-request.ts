/** Turns a request's JSON into an operation's input, or into the refusal that tells what is wrong with it. */
import type { core } from 'zod';
import { EcsError, type EcsErrorCode } from '../../model/errors.ts';
import type { OperationShapes } from './catalogue.ts';
import { pathText } from './member-path.ts';
import { requestSchema } from './request-schema.ts';
import { refuseUnknownMembers } from './unknown-members.ts';

/** RegisterTaskDefinition refuses everything with ClientException; all others use the fitting code. */
const refusesAs = (operation: string, fitting: EcsErrorCode): EcsErrorCode =>
  operation === 'RegisterTaskDefinition' ? 'ClientException' : fitting;

/** Messages for missing members where ECS has its own. */
const MISSING: Readonly<Record<string, string>> = {
  'DescribeTasks.tasks': 'Tasks cannot be empty.',
  'DescribeServices.services': 'Services cannot be empty.',
  'DescribeContainerInstances.containerInstances': 'Container instance cannot be empty.',
  'PutAttributes.attributes': 'attributes can not be empty',
  'DeleteAttributes.attributes': 'attributes can not be empty',
  'RegisterTaskDefinition.family': 'Family should not be null or empty.',
  'RegisterTaskDefinition.containerDefinitions': 'Container definitions should not be null or empty.',
};

/** Messages for values outside an enum where ECS has its own. */
const OUTSIDE: Readonly<Record<string, string>> = {
  launchType: 'launch type should be one of [EC2,FARGATE,EXTERNAL]',
};

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
 * count as absent, and decimal strings as integers. Throws EcsError; for wrong types, SerializationException.
 */
export function validateRequest(operation: OperationShapes, body: unknown): unknown {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new EcsError('SerializationException', `The body of ${operation.name} must be a JSON object.`);
  }
  const result = requestSchema(operation.input).safeParse(body);
  if (result.success) {
    refuseUnknownMembers(operation, body, refusesAs(operation.name, 'UnsupportedFeatureException'));
    return result.data;
  }
  const refusals = result.error.issues.map((issue) => refusalOf(operation.name, issue, body));
  const worst = refusals.find(({ code }) => code === 'SerializationException') ?? refusals[0];
  throw worst ?? new EcsError('SerializationException', `The body of ${operation.name} is invalid.`);
}

function refusalOf(operation: string, issue: core.$ZodIssue, body: object): EcsError {
  const value = valueAt(body, issue.path);
  const path = pathText(issue.path);
  const code = refusesAs(operation, 'InvalidParameterException');
  if (value === undefined) {
    return new EcsError(code, MISSING[`${operation}.${path}`] ?? `${path} can not be empty.`);
  }
  if (issue.code === 'custom') {
    const values = issue.params?.['values'] as readonly string[];
    return new EcsError(code, OUTSIDE[path] ?? `${path} should be one of [${values.join(',')}]`);
  }
  return new EcsError('SerializationException', `${path}: ${mismatch(value, wanted(issue))}`);
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
  if (article === undefined) return `Unexpected value ${JSON.stringify(value)}: a list or structure belongs here`;
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
