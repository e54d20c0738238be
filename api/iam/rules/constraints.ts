/** The lengths, ranges and patterns of IAM's members, which the SDK's schemas leave out. */
import { validationErrors, type Violation } from '../../protocol/validation-errors.ts';

/** `min` and `max`: of a number, or of the length of a text or list. `pattern`: of a whole text. */
interface Constraint {
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
}

const name = (max: number): Constraint => ({ min: 1, max, pattern: String.raw`[\w+=,.@-]+` });
const ARN: Constraint = { min: 20, max: 2048 };
const PATH: Constraint = { min: 1, max: 512, pattern: String.raw`(\u002F)|(\u002F[\u0021-\u007E]+\u002F)` };
const POLICY_PATH: Constraint = { min: 1, max: 512, pattern: String.raw`((/[A-Za-z0-9\.,\+@=_-]+)*)/` };
const DOCUMENT: Constraint = { min: 1, max: 131_072, pattern: String.raw`[\u0009\u000A\u000D\u0020-\u00FF]+` };
const CLIENT_ID: Constraint = { min: 1, max: 255 };
const TAG_TEXT = String.raw`[\p{L}\p{Z}\p{N}_.:/=+\-@]`;
const TAG_KEY: Constraint = { min: 1, max: 128, pattern: `${TAG_TEXT}+` };

/** By member: `Tags[].Key` is of the structures in a list. A name with an operation before it goes first. */
const CONSTRAINTS: Readonly<Record<string, Constraint>> = {
  UserName: name(128),
  'CreateUser.UserName': name(64),
  NewUserName: name(64),
  GroupName: name(128),
  NewGroupName: name(128),
  RoleName: name(64),
  PolicyName: name(128),
  AWSServiceName: name(128),
  CustomSuffix: name(64),
  Path: PATH,
  NewPath: PATH,
  'CreatePolicy.Path': POLICY_PATH,
  PathPrefix: { min: 1, max: 512, pattern: String.raw`\u002F[\u0021-\u007F]*` },
  'ListPolicies.PathPrefix': POLICY_PATH,
  'ListAttachedUserPolicies.PathPrefix': POLICY_PATH,
  'ListAttachedGroupPolicies.PathPrefix': POLICY_PATH,
  'ListAttachedRolePolicies.PathPrefix': POLICY_PATH,
  'ListEntitiesForPolicy.PathPrefix': PATH,
  PolicyArn: ARN,
  PermissionsBoundary: ARN,
  PolicySourceArn: ARN,
  VersionId: { pattern: String.raw`v[1-9][0-9]*(\.[A-Za-z0-9-]*)?` },
  PolicyDocument: DOCUMENT,
  AssumeRolePolicyDocument: DOCUMENT,
  Description: { max: 1000, pattern: String.raw`[\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]*` },
  'CreatePolicy.Description': { max: 1000 },
  MaxSessionDuration: { min: 3600, max: 43_200 },
  MaxItems: { min: 1, max: 1000 },
  Marker: { min: 1, max: 320, pattern: String.raw`[\u0020-\u00FF]+` },
  AccessKeyId: { min: 16, max: 128, pattern: String.raw`[\w]+` },
  DeletionTaskId: { min: 1, max: 1000 },
  OpenIDConnectProviderArn: ARN,
  Url: { min: 1, max: 255 },
  ClientIDList: { max: 100 },
  'ClientIDList[]': CLIENT_ID,
  ClientID: CLIENT_ID,
  ThumbprintList: { max: 5 },
  'ThumbprintList[]': { min: 40, max: 40 },
  Tags: { max: 50 },
  'Tags[].Key': TAG_KEY,
  'Tags[].Value': { max: 256, pattern: `${TAG_TEXT}*` },
  TagKeys: { max: 50 },
  'TagKeys[]': TAG_KEY,
  'PolicyInputList[]': DOCUMENT,
  'PermissionsBoundaryPolicyInputList[]': DOCUMENT,
  ResourcePolicy: DOCUMENT,
  'ActionNames[]': { min: 3, max: 128 },
  'ResourceArns[]': { min: 1, max: 2048 },
  'ContextEntries[].ContextKeyName': { min: 5, max: 256 },
};

const PATTERNS = new Map(
  Object.values(CONSTRAINTS).flatMap(({ pattern }) =>
    pattern === undefined ? [] : [[pattern, new RegExp(`^(?:${pattern})$`, 'u')]],
  ),
);

/** Throws ValidationError, which names every value that breaks a constraint of its member. */
export function checkConstraints(operation: string, input: object): void {
  const violations = inStructure(input, { operation, name: '', path: '' });
  if (violations.length > 0) throw validationErrors(violations);
}

interface Place {
  readonly operation: string;
  /** As in CONSTRAINTS. */
  readonly name: string;
  /** As in AWS's messages: `Tags.1.member.Key`. */
  readonly path: string;
}

function inStructure(value: object, { operation, name, path }: Place): readonly Violation[] {
  const join = (before: string, member: string): string => (before === '' ? member : `${before}.${member}`);
  return Object.entries(value).flatMap(([member, inner]: [string, unknown]) =>
    inValue(inner, { operation, name: join(name, member), path: join(path, member) }),
  );
}

function inValue(value: unknown, place: Place): readonly Violation[] {
  const { operation, name, path } = place;
  const constraint = CONSTRAINTS[`${operation}.${name}`] ?? CONSTRAINTS[name];
  const own =
    constraint === undefined ? [] : brokenBy(value, constraint).map((text) => ({ path, value, constraint: text }));
  if (Array.isArray(value)) {
    const inner = value.flatMap((element: unknown, index) =>
      inValue(element, { operation, name: `${name}[]`, path: `${path}.${index + 1}.member` }),
    );
    return [...own, ...inner];
  }
  return typeof value === 'object' && value !== null ? [...own, ...inStructure(value, place)] : own;
}

function brokenBy(value: unknown, { min, max, pattern }: Constraint): readonly string[] {
  const isNumber = typeof value === 'number';
  const size = isNumber ? value : typeof value === 'string' || Array.isArray(value) ? value.length : undefined;
  if (size === undefined) return [];
  const what = isNumber ? 'Member must have value' : 'Member must have length';
  const broken: string[] = [];
  // What is too long is not searched.
  const isLong = max !== undefined && size > max;
  if (typeof value === 'string' && pattern !== undefined && !isLong && PATTERNS.get(pattern)?.test(value) === false) {
    broken.push(`Member must satisfy regular expression pattern: ${pattern}`);
  }
  if (min !== undefined && size < min) broken.push(`${what} greater than or equal to ${min}`);
  if (isLong) broken.push(`${what} less than or equal to ${max}`);
  return broken;
}
