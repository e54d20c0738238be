/** Which policy documents are refused, and in which words. */
import { describe, expect, it } from 'vitest';
import { lookAt, readPolicy } from '../../../../../api/auth/policy/document.ts';
import { MalformedPolicyDocument } from '../../../../../api/auth/policy/malformed.ts';
import type { DocumentKind } from '../../../../../api/auth/policy/statement.ts';
import { aPolicy, documentOf, type Json } from './builders.ts';

const refusalOf = (kind: DocumentKind, text: string): string => {
  try {
    readPolicy(kind, 'policy', text);
  } catch (error) {
    if (error instanceof MalformedPolicyDocument) return error.message;
    throw error;
  }
  return 'accepted';
};

const identity = (statement: Json): string => refusalOf('managed', documentOf(statement));
const ALLOW = { Effect: 'Allow', Action: 'ecs:*', Resource: '*' };

describe('a document', () => {
  const statement = JSON.stringify(ALLOW);
  it.each<[string, string]>([
    ['{', 'Syntax errors in policy. The document is not JSON.'],
    ['[]', 'Syntax errors in policy. The document must be an object.'],
    ['{"Version":"2012-10-17"}', 'Syntax errors in policy. The document must have a statement.'],
    ['{"Version":"2012-10-17","Statement":[]}', 'Syntax errors in policy. The document must have a statement.'],
    ['{"Version":"2012-10-17","Statement":["x"]}', 'Syntax errors in policy. Statement 1 must be an object.'],
    [
      `{"Version":"2013-10-17","Statement":${statement}}`,
      'Syntax errors in policy. Version must be 2012-10-17 or 2008-10-17.',
    ],
    [
      `{"Version":"2012-10-17","Statements":${statement}}`,
      "Syntax errors in policy. The document has the unknown element 'Statements'.",
    ],
    [`{"Version":"2012-10-17","Id":1,"Statement":${statement}}`, 'Syntax errors in policy. Id must be a text.'],
    [`{"Version":"2012-10-17","Id":"a","Statement":${statement}}`, 'accepted'],
    [`{"Version":"2012-10-17","Statement":[${statement},${statement}]}`, 'accepted'],
    [`{"Statement":${statement}}`, 'Policy document must be version 2012-10-17 or greater.'],
    [`{"Version":"2008-10-17","Statement":${statement}}`, 'Policy document must be version 2012-10-17 or greater.'],
    [
      `{"Version":"2012-10-17","Statement":{"Effect":"Deny","Effect":"Allow","Action":"*","Resource":"*"}}`,
      "Syntax errors in policy. The element 'Effect' occurs twice.",
    ],
    [
      String.raw`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"Bool":{"a:b":"true"},"B\u006fol":{}}}}`,
      "Syntax errors in policy. The element 'Bool' occurs twice.",
    ],
  ])('%s', (text, refusal) => expect(refusalOf('managed', text)).toBe(refusal));

  it.each<DocumentKind>(['inline', 'session'])('of the kind %s may be of the earlier version', (kind) => {
    expect(refusalOf(kind, `{"Statement":${statement}}`)).toBe('accepted');
  });

  it('has names that are equal in different objects only', () => {
    const text = documentOf(
      { ...ALLOW, Condition: { StringEquals: { 'aws:username': '"}:{' }, StringLike: { 'aws:username': 'b' } } },
      ALLOW,
    );
    expect(refusalOf('managed', text)).toBe('accepted');
  });
});

describe('a statement', () => {
  it.each<[string, Json, string]>([
    ['element', { ...ALLOW, Actions: 'a' }, "Syntax errors in policy. Statement 1 has the unknown element 'Actions'."],
    ['effect', { Action: '*', Resource: '*' }, 'Missing required field Effect'],
    ['effect', { ...ALLOW, Effect: 'allow' }, 'Syntax errors in policy. Effect of Statement 1 must be Allow or Deny.'],
    [
      'Sid',
      { ...ALLOW, Sid: 'a b' },
      'Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*',
    ],
    ['Sid', { ...ALLOW, Sid: 1 }, 'Syntax errors in policy. Sid of Statement 1 must be a text.'],
    ['action', { Effect: 'Allow', Resource: '*' }, 'Policy statement must contain actions.'],
    ['action', { ...ALLOW, Action: [] }, 'Policy statement must contain actions.'],
    ['action', { ...ALLOW, NotAction: 'iam:*' }, 'Syntax errors in policy. Statement 1 has both Action and NotAction.'],
    [
      'action',
      { ...ALLOW, Action: 'RunTask' },
      "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.: 'RunTask' is not.",
    ],
    ['action', { ...ALLOW, Action: 'ecs:Run:Task' }, 'Actions/Condition can contain only one colon.'],
    ['action', { ...ALLOW, Action: 'e c:RunTask' }, 'Vendor e c is not valid'],
    [
      'action',
      { ...ALLOW, Action: [7] },
      'Syntax errors in policy. Action of Statement 1 must be a text or a list of texts.',
    ],
    ['resource', { Effect: 'Allow', Action: '*' }, 'Policy statement must contain resources.'],
    ['resource', { ...ALLOW, Resource: [] }, 'Policy statement must contain resources.'],
    ['resource', { ...ALLOW, Resource: 'cluster' }, 'Resource cluster must be in ARN format or "*".'],
    [
      'resource',
      { ...ALLOW, Resource: 'arn:azure:ecs:a' },
      'Partition "azure" is not valid for resource "arn:azure:ecs:a:*:*".',
    ],
    [
      'resource',
      { ...ALLOW, Resource: 'arn:aws' },
      'Resource vendor must be fully qualified and cannot contain regexes.',
    ],
    [
      'resource',
      { ...ALLOW, Resource: 'arn:aws:ecs:*:${aws:PrincipalAccount}:cluster/a' },
      'Syntax errors in policy. Resource arn:aws:ecs:*:${aws:PrincipalAccount}:cluster/a has a policy variable before its fifth colon.',
    ],
    [
      'resource',
      { ...ALLOW, Resource: 'arn:aws:ecs:*:*:cluster/${aws:username' },
      "Invalid policy variable in 'arn:aws:ecs:*:*:cluster/${aws:username', at character 25.",
    ],
    ['principal', { ...ALLOW, Principal: '*' }, 'Policy document should not specify a principal.'],
    ['principal', { ...ALLOW, NotPrincipal: '*' }, 'Policy document should not specify a principal.'],
  ])('%s: %j', (_, statement, refusal) => expect(identity(statement)).toBe(refusal));

  it('has a Sid of its own', () => {
    expect(refusalOf('managed', documentOf({ ...ALLOW, Sid: 'A' }, { ...ALLOW, Sid: 'A' }))).toBe(
      'Statement IDs (SID) in a single policy must be unique.',
    );
    expect(refusalOf('managed', documentOf({ ...ALLOW, Sid: '' }, { ...ALLOW, Sid: '' }))).toBe('accepted');
  });
});

describe('a condition', () => {
  const syntax = (detail: string): string => `Syntax errors in policy. ${detail}`;
  it.each<[Json, string]>([
    [{ StringSame: { 'aws:username': 'a' } }, "Statement 1 has the unknown condition operator 'StringSame'."],
    [{ stringequals: { 'aws:username': 'a' } }, "Statement 1 has the unknown condition operator 'stringequals'."],
    [{ constructor: { 'aws:username': 'a' } }, "Statement 1 has the unknown condition operator 'constructor'."],
    [{ NullIfExists: { 'aws:username': true } }, "Statement 1 has the unknown condition operator 'NullIfExists'."],
    [
      { 'ForEveryValue:StringLike': { 'aws:TagKeys': 'a' } },
      "Statement 1 has the unknown condition operator 'ForEveryValue:StringLike'.",
    ],
    [{ StringEquals: 'a' }, 'StringEquals of Statement 1 must be an object.'],
    [{ StringEquals: { 'aws:username': [] } }, 'StringEquals aws:username of Statement 1 must have a value.'],
    [
      { StringEquals: { 'aws:username': { a: 1 } } },
      'StringEquals aws:username of Statement 1 must be a text, a number, a boolean or a list of these.',
    ],
    [{ NumericEquals: { 'ecs:task-cpu': '1,5' } }, "'1,5' is not a number."],
    [{ NumericLessThan: { 'ecs:task-cpu': '${aws:username}' } }, "'${aws:username}' is not a number."],
    [{ DateLessThan: { 'aws:CurrentTime': '2026-13-01' } }, "'2026-13-01' is not a date."],
    [{ DateLessThan: { 'aws:CurrentTime': '2026-01-01T10:00' } }, "'2026-01-01T10:00' is not a date."],
    [{ Bool: { 'aws:SecureTransport': 'yes' } }, "'yes' is not true or false."],
    [{ Null: { 'aws:SecureTransport': 'yes' } }, 'Null of aws:securetransport must be true or false.'],
    [{ BinaryEquals: { 'aws:x': 'a' } }, "'a' is not binary data in base64."],
    [{ IpAddress: { 'aws:SourceIp': '10.0.0.0/33' } }, "'10.0.0.0/33' is not an IP address or a block of addresses."],
    [{ IpAddress: { 'aws:SourceIp': '010.0.0.1' } }, "'010.0.0.1' is not an IP address or a block of addresses."],
    [{ IpAddress: { 'aws:SourceIp': '10.1' } }, "'10.1' is not an IP address or a block of addresses."],
    [{ ArnLike: { 'ecs:cluster': 'cluster/default' } }, "'cluster/default' is not an ARN."],
  ])('%j', (condition, detail) => expect(identity({ ...ALLOW, Condition: condition })).toBe(syntax(detail)));

  it('names keys with their service', () => {
    expect(identity({ ...ALLOW, Condition: { StringEquals: { username: 'a' } } })).toBe(
      "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.: 'username' is not.",
    );
  });
});

describe('a trust policy', () => {
  const trust = (statement: Json): string => refusalOf('trust', documentOf(statement));
  const ASSUME = { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS: '111122223333' } };
  it.each<[Json, string]>([
    [ASSUME, 'accepted'],
    [{ ...ASSUME, Principal: '*' }, 'accepted'],
    [{ ...ASSUME, Principal: { AWS: ['*', 'arn:aws:iam::111122223333:root'] } }, 'accepted'],
    [{ ...ASSUME, Principal: { Service: ['ecs-tasks.amazonaws.com', 'ecs.amazonaws.com'] } }, 'accepted'],
    [
      {
        ...ASSUME,
        Action: ['sts:AssumeRoleWithWebIdentity', 'sts:TagSession'],
        Principal: { Federated: 'arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com' },
      },
      'accepted',
    ],
    [{ Effect: 'Allow', Action: 'sts:AssumeRole' }, 'Missing required field Principal'],
    [{ ...ASSUME, Principal: {} }, 'Missing required field Principal cannot be empty!'],
    [{ ...ASSUME, Principal: { AWS: 'ann' } }, 'Invalid principal in policy: "AWS":"ann"'],
    [
      { ...ASSUME, Principal: { AWS: 'arn:aws:iam::111122223333:user/*' } },
      'Invalid principal in policy: "AWS":"arn:aws:iam::111122223333:user/*"',
    ],
    [{ ...ASSUME, Principal: { Service: '*' } }, 'Invalid principal in policy: "Service":"*"'],
    [
      { ...ASSUME, Principal: { CanonicalUser: 'a' } },
      "Syntax errors in policy. Principal of Statement 1 has the unknown type 'CanonicalUser'.",
    ],
    [
      { Effect: 'Deny', Action: 'sts:AssumeRole', NotPrincipal: { AWS: '*' } },
      'AssumeRole policy must not contain NotPrincipal field.',
    ],
    [{ ...ASSUME, Action: 'sts:*' }, 'AssumeRole policy may only specify STS AssumeRole actions.'],
    [{ Effect: 'Allow', Principal: '*' }, 'Missing required field Action'],
    [{ ...ASSUME, Resource: '*' }, 'Has prohibited field Resource'],
    [{ ...ASSUME, NotResource: '*' }, 'AssumeRole policy must not contain resources.'],
  ])('%j', (statement, refusal) => expect(trust(statement)).toBe(refusal));

  it('of another resource names its resource, and takes NotPrincipal to deny', () => {
    const deny = { Effect: 'Deny', Action: '*', Resource: '*', NotPrincipal: { AWS: '111122223333' } };
    expect(refusalOf('resource', documentOf(deny))).toBe('accepted');
    expect(refusalOf('resource', documentOf({ ...deny, Effect: 'Allow' }))).toBe(
      'Allow with NotPrincipal is not allowed.',
    );
  });
});

describe('lookAt', () => {
  const policies = [
    aPolicy({ Action: 'ecs:*', Condition: { StringEquals: { 'aws:ResourceTag/team': '${aws:PrincipalTag/team}' } } }),
    aPolicy({ Action: 'iam:*', Resource: 'arn:aws:iam::*:user/${iam:ResourceTag/owner}' }),
  ];
  it.each<[string, string, boolean]>([
    ['ecs:RunTask', 'aws:ResourceTag/', true],
    ['ecs:RunTask', 'aws:PrincipalTag/', true],
    ['ecs:RunTask', 'ecs:ResourceTag/', false],
    ['iam:GetUser', 'aws:ResourceTag/', false],
    ['iam:GetUser', 'iam:ResourceTag/', true],
    ['sts:AssumeRole', 'aws:ResourceTag/', false],
  ])('%s at %s: %s', (action, prefix, expected) => {
    expect(lookAt(policies, action, [prefix])).toBe(expected);
  });
});
