/** Which actions and resources a statement is about: wildcards, the components of ARNs, policy variables. */
import { describe, expect, it } from 'vitest';
import { decide } from '../../../../../api/auth/policy/decide.ts';
import { readPolicy } from '../../../../../api/auth/policy/document.ts';
import { matchesPattern, wildcardTest } from '../../../../../api/auth/policy/wildcard.ts';
import { constantPattern, readTemplate } from '../../../../../api/auth/policy/template.ts';
import { aPolicy, aRequest, type Json, USER } from './builders.ts';

const allows = (statement: Json, request: Parameters<typeof aRequest>[0]): boolean =>
  decide(aRequest(request), { identity: [aPolicy(statement)] }).decision === 'allowed';

describe('Action', () => {
  it.each<[Json, string, boolean]>([
    [{ Action: 'ecs:RunTask' }, 'ecs:RunTask', true],
    [{ Action: 'ECS:runtask' }, 'ecs:RunTask', true],
    [{ Action: 'ecs:Run*' }, 'ecs:RunTask', true],
    [{ Action: 'ecs:*Task' }, 'ecs:RunTask', true],
    [{ Action: 'ecs:*Task' }, 'ecs:ListTasks', false],
    [{ Action: 'ecs:???Task' }, 'ecs:RunTask', true],
    [{ Action: 'ecs:??Task' }, 'ecs:RunTask', false],
    [{ Action: ['ecs:List*', 'ecs:Run*'] }, 'ecs:RunTask', true],
    [{ Action: '*' }, 'ecs:RunTask', true],
    [{ Action: '*:*' }, 'ecs:RunTask', true],
    [{ Action: 'iam:*' }, 'ecs:RunTask', false],
    [{ NotAction: 'iam:*' }, 'ecs:RunTask', true],
    [{ NotAction: ['iam:*', 'ecs:Run*'] }, 'ecs:RunTask', false],
  ])('%j, %s: %s', (statement, action, expected) => {
    expect(allows(statement, { action })).toBe(expected);
  });
});

describe('Resource', () => {
  const arn = (tail: string): string => `arn:aws:ecs:us-east-1:111122223333:${tail}`;
  it.each<[Json, string, boolean]>([
    [{ Resource: '*' }, arn('cluster/a'), true],
    [{ Resource: '*' }, '*', true],
    [{ Resource: arn('cluster/a') }, '*', false],
    [{ Resource: 'arn:aws:ecs:*:*:*' }, '*', false],
    [{ Resource: arn('cluster/a') }, arn('cluster/a'), true],
    [{ Resource: arn('cluster/a') }, arn('cluster/A'), false],
    [{ Resource: arn('cluster/*') }, arn('cluster/a'), true],
    [{ Resource: arn('task-definition/web:*') }, arn('task-definition/web:7'), true],
    [{ Resource: arn('task-definition/*') }, arn('task-definition/web:7'), true],
    [{ Resource: arn('task-definition/web:1') }, arn('task-definition/web:*'), false],
    [{ Resource: arn('*/test/*') }, arn('service/1/2/test/3/web'), true],
    [{ Resource: arn('cluster/?') }, arn('cluster/a'), true],
    [{ Resource: arn('cluster/?') }, arn('cluster/ab'), false],
    [{ Resource: 'arn:aws:ecs:*:*:cluster/a' }, arn('cluster/a'), true],
    [{ Resource: 'arn:aws:ecs:*' }, arn('cluster/a'), true],
    [{ Resource: 'arn:*:ecs:*' }, arn('cluster/a'), true],
    [{ Resource: 'arn:aws:*:*:*:cluster/a' }, arn('cluster/a'), true],
    [{ Resource: 'arn:aws:ecs:us-*' }, arn('cluster/a'), true],
    // A star that ends its component goes beyond the colon; one in the middle does not.
    [{ Resource: 'arn:aws:ecs:*:cluster/a' }, arn('cluster/a'), true],
    [{ Resource: 'arn:aws:ecs:us-*-1:111122223333:cluster/a' }, arn('cluster/a'), true],
    [{ Resource: 'arn:aws:ecs:us-*3:cluster/a' }, arn('cluster/a'), false],
    [{ Resource: 'arn:aws:ecs:us-*-1:*:cluster/a' }, arn('cluster/a'), true],
    [{ Resource: 'arn:aws:ecs:us-east-1?111122223333:cluster/a' }, arn('cluster/a'), false],
    [{ NotResource: arn('cluster/a') }, arn('cluster/b'), true],
    [{ NotResource: [arn('cluster/b'), arn('cluster/a')] }, arn('cluster/b'), false],
  ])('%j, %s: %s', (statement, resource, expected) => {
    expect(allows(statement, { resource })).toBe(expected);
  });
});

/** The examples of the IAM guide on policy variables. */
describe('policy variables', () => {
  const bucket = (name: string): string => `arn:aws:s3:::${name}`;
  it.each<[string, string, Readonly<Record<string, string>>, boolean]>([
    ['mybucket/${aws:username}/*', 'mybucket/ann/x', {}, true],
    ['mybucket/${AWS:UserName}/*', 'mybucket/ann/x', {}, true],
    ['mybucket/${aws:username}/*', 'mybucket/bob/x', {}, false],
    ['bucket/${aws:PrincipalTag/department}', 'bucket/hr', { department: 'hr' }, true],
    ['bucket/${aws:PrincipalTag/department}', 'bucket/hr', { Department: 'hr' }, true],
    ['bucket/${aws:PrincipalTag/department}', 'bucket/', {}, false],
    [
      "DOC-EXAMPLE-BUCKET-${aws:PrincipalTag/team, 'company-wide'}",
      'DOC-EXAMPLE-BUCKET-yellow',
      { team: 'yellow' },
      true,
    ],
    ["DOC-EXAMPLE-BUCKET-${aws:PrincipalTag/team, 'company-wide'}", 'DOC-EXAMPLE-BUCKET-company-wide', {}, true],
    ["DOC-EXAMPLE-BUCKET-${aws:PrincipalTag/team, 'company-wide'}", 'DOC-EXAMPLE-BUCKET-yellow', {}, false],
    ['b/${*}${?}${$}', 'b/*?$', {}, true],
    ['b/${*}', 'b/x', {}, false],
    // A value is literal text.
    ['b/${aws:PrincipalTag/team}', 'b/x', { team: '*' }, false],
    ['b/${aws:PrincipalTag/team}/?', 'b/*/x', { team: '*' }, true],
  ])('%s, %s, tags %j: %s', (pattern, resource, tags, expected) => {
    const request = { principal: { ...USER, tags }, resource: bucket(resource) };
    expect(allows({ Resource: bucket(pattern) }, request)).toBe(expected);
  });

  it('without a value, a NotResource matches no resource either', () => {
    const statement = { NotResource: bucket('${aws:PrincipalTag/team}') };
    expect(allows(statement, { resource: bucket('x') })).toBe(true);
  });

  it('cannot stand for several values', () => {
    const statement = { Resource: bucket('${aws:TagKeys}') };
    expect(allows(statement, { resource: bucket('a'), context: { 'aws:TagKeys': ['a'] } })).toBe(true);
    expect(allows(statement, { resource: bucket('a'), context: { 'aws:TagKeys': ['a', 'b'] } })).toBe(false);
  });

  it('are plain text in documents of the earlier version', () => {
    const text = JSON.stringify({
      Version: '2008-10-17',
      Statement: { Effect: 'Allow', Action: '*', Resource: bucket('${aws:username}') },
    });
    const identity = [readPolicy('inline', 'old', text)];
    expect(decide(aRequest({ resource: bucket('ann') }), { identity }).decision).toBe('implicitDeny');
    expect(decide(aRequest({ resource: bucket('${aws:username}') }), { identity }).decision).toBe('allowed');
  });
});

describe('a pattern', () => {
  it('made to take long is settled', () => {
    const text = `${'a'.repeat(2_000)}!`;
    for (const pattern of ['*a'.repeat(500), '*'.repeat(1_000), `${'*?'.repeat(300)}b`]) {
      const read = constantPattern(readTemplate(pattern, { wildcards: true, variables: false }))!;
      expect(wildcardTest(read)(text)).toBe(pattern === '*'.repeat(1_000));
      expect(matchesPattern(read, text)).toBe(pattern === '*'.repeat(1_000));
    }
  });
});
