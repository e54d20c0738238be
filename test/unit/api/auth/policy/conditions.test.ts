/** Every condition operator, alone, with IfExists and with the set operators. */
import { describe, expect, it } from 'vitest';
import type { ContextValues } from '../../../../../api/auth/policy/context.ts';
import { decide } from '../../../../../api/auth/policy/decide.ts';
import type { Principal } from '../../../../../api/auth/policy/principals.ts';
import { aPolicy, aRequest, type Json, SESSION, USER } from './builders.ts';

const holds = (condition: Json, context: ContextValues, principal: Principal = USER): boolean =>
  decide(aRequest({ context, principal }), { identity: [aPolicy({ Condition: condition })] }).decision === 'allowed';

/** Operator, the policy's values, the request's value, and whether the condition holds. */
type Case = readonly [string, unknown, string, boolean];

const CASES: readonly Case[] = [
  ['StringEquals', 'a', 'a', true],
  ['StringEquals', 'a', 'A', false],
  ['StringEquals', ['b', 'a'], 'a', true],
  ['StringEquals', 'a*', 'ab', false],
  ['StringEquals', 'a*', 'a*', true],
  ['StringEquals', 'u-${aws:username}', 'u-ann', true],
  ['StringEquals', '${aws:PrincipalTag/none}', '', false],
  ['StringEquals', 7, '7', true],
  ['StringEquals', true, 'true', true],
  ['StringNotEquals', 'a', 'b', true],
  ['StringNotEquals', ['a', 'b'], 'b', false],
  ['StringNotEquals', '${aws:PrincipalTag/none}', 'b', true],
  ['StringEqualsIgnoreCase', 'Ann', 'aNN', true],
  ['StringEqualsIgnoreCase', '${aws:username}', 'ANN', true],
  ['StringNotEqualsIgnoreCase', 'Ann', 'aNN', false],
  ['StringNotEqualsIgnoreCase', 'Ann', 'bob', true],
  ['StringLike', 'home/*', 'home/ann', true],
  ['StringLike', ['', 'home/', 'home/${aws:username}/'], 'home/ann/', true],
  ['StringLike', '${aws:username}*', 'annex', true],
  ['StringLike', 'a?c', 'ac', false],
  ['StringLike', '', '', true],
  ['StringNotLike', 'home/*', 'home/ann', false],
  ['StringNotLike', 'home/*', 'root', true],
  ['NumericEquals', '1024', '1024.0', true],
  ['NumericEquals', 1024, '1024', true],
  ['NumericEquals', '1e3', '1000', true],
  ['NumericEquals', '1', 'one', false],
  ['NumericNotEquals', '1', '2', true],
  ['NumericNotEquals', '1', '1', false],
  ['NumericLessThan', '10', '9', true],
  ['NumericLessThan', '10', '10', false],
  ['NumericLessThan', '10', 'x', false],
  ['NumericLessThanEquals', '10', '10', true],
  ['NumericGreaterThan', '10', '9', false],
  ['NumericGreaterThan', '9', '10', true],
  ['NumericGreaterThanEquals', '10', '10', true],
  ['DateEquals', '2020-01-01', '2020-01-01T00:00:00Z', true],
  ['DateEquals', '2020', '2020-01-01T00:00:00Z', true],
  ['DateEquals', '2020-01-01T02:00+02:00', '2020-01-01T00:00:00Z', true],
  ['DateEquals', '1577836800', '2020-01-01T00:00:00Z', true],
  ['DateNotEquals', '2020-01-01', '2020-01-01T00:00:01Z', true],
  ['DateLessThan', '2020-01-01T00:00:01Z', '2020-01-01T00:00:00.5Z', true],
  ['DateLessThanEquals', '2020-01-01', '2020-01-01', true],
  ['DateGreaterThan', '2020-01-01T00:00:01Z', '2020-06-01T00:00:00Z', true],
  ['DateGreaterThan', '2020-01-01T00:00:01Z', 'yesterday', false],
  ['DateGreaterThanEquals', '2020-01-01', '2020-01-01', true],
  ['Bool', 'true', 'true', true],
  ['Bool', true, 'True', true],
  ['Bool', 'false', 'true', false],
  ['Bool', '${aws:PrincipalTag/none}', 'true', false],
  ['BinaryEquals', 'QmluYXJ5VmFsdWVJbkJhc2U2NA==', 'QmluYXJ5VmFsdWVJbkJhc2U2NA==', true],
  ['BinaryEquals', 'QQ==', 'QR==', true],
  ['BinaryEquals', 'QQ==', 'Qg==', false],
  ['BinaryEquals', 'QQ==', 'not base64', false],
  ['IpAddress', '203.0.113.0/24', '203.0.113.7', true],
  ['IpAddress', '203.0.113.99/24', '203.0.113.7', true],
  ['IpAddress', '203.0.113.0/24', '203.0.114.7', false],
  ['IpAddress', '203.0.113.7', '203.0.113.7', true],
  ['IpAddress', '0.0.0.0/0', '203.0.113.7', true],
  ['IpAddress', '0.0.0.0/0', '::1', false],
  ['IpAddress', '203.0.113.0/24', '::ffff:203.0.113.7', true],
  ['IpAddress', '::ffff:203.0.113.0/120', '203.0.113.7', true],
  ['IpAddress', ['203.0.113.0/24', '2001:DB8:1234:5678::/64'], '2001:db8:1234:5678::9', true],
  ['IpAddress', '2001:DB8:1234:5678::/64', '2001:db8:1234:5679::9', false],
  ['IpAddress', '2001:db8::1', '2001:db8::1', true],
  ['IpAddress', '2001:db8::1', '2001:db8::2', false],
  ['IpAddress', '203.0.113.0/24', 'localhost', false],
  ['NotIpAddress', '203.0.113.0/24', '203.0.113.7', false],
  ['NotIpAddress', '203.0.113.0/24', '10.0.0.1', true],
  // The example of the IAM guide: a star of ArnLike ends at the colon, one of StringLike does not.
  [
    'StringLike',
    'arn:aws:someservice:*:111122223333:finance/*',
    'arn:aws:someservice:us-east-2:999999999999:store/abc:111122223333:finance/document.txt',
    true,
  ],
  [
    'ArnLike',
    'arn:aws:someservice:*:111122223333:finance/*',
    'arn:aws:someservice:us-east-2:999999999999:store/abc:111122223333:finance/document.txt',
    false,
  ],
  ['ArnLike', 'arn:aws:ecs:*:*:cluster/a*', 'arn:aws:ecs:us-east-1:1:cluster/abc', true],
  ['ArnLike', 'arn:aws:ecs:*:*:cluster/${aws:username}', 'arn:aws:ecs:us-east-1:1:cluster/ann', true],
  ['ArnLike', 'arn:aws:ecs:*:*:task-definition/a:*', 'arn:aws:ecs:us-east-1:1:task-definition/a:1', true],
  ['ArnLike', '*', 'arn:aws:ecs:us-east-1:1:cluster/abc', true],
  ['ArnLike', 'arn:aws:ecs:*:*:cluster/a*', 'cluster/abc', false],
  ['ArnEquals', 'arn:aws:ecs:*:*:cluster/a*', 'arn:aws:ecs:us-east-1:1:cluster/abc', true],
  ['ArnNotEquals', 'arn:aws:ecs:*:*:cluster/a*', 'arn:aws:ecs:us-east-1:1:cluster/abc', false],
  ['ArnNotLike', 'arn:aws:ecs:*:*:cluster/a*', 'arn:aws:ecs:us-east-1:1:cluster/b', true],
];

describe('a condition', () => {
  it.each(CASES)('%s %j, %s: %s', (operator, wanted, value, expected) => {
    expect(holds({ [operator]: { 'app:Key': wanted } }, { 'APP:key': value })).toBe(expected);
    expect(holds({ [`${operator}IfExists`]: { 'app:Key': wanted } }, { 'APP:key': value })).toBe(expected);
    expect(holds({ [`${operator}IfExists`]: { 'app:Key': wanted } }, {})).toBe(true);
    expect(holds({ [operator]: { 'app:Key': wanted } }, {})).toBe(operator.includes('Not'));
  });

  it('holds if all of its operators and keys do', () => {
    const both = { StringEquals: { 'a:x': '1', 'a:y': '2' }, Bool: { 'a:z': 'true' } };
    expect(holds(both, { 'a:x': '1', 'a:y': '2', 'a:z': 'true' })).toBe(true);
    expect(holds(both, { 'a:x': '1', 'a:y': '3', 'a:z': 'true' })).toBe(false);
    expect(holds(both, { 'a:x': '1', 'a:y': '2', 'a:z': 'false' })).toBe(false);
    expect(holds({}, {})).toBe(true);
  });
});

describe('Null', () => {
  it.each<[unknown, ContextValues, boolean]>([
    ['true', {}, true],
    ['true', { 'aws:TokenIssueTime': '2026-01-01T00:00:00Z' }, false],
    [false, { 'aws:TokenIssueTime': '2026-01-01T00:00:00Z' }, true],
    ['false', {}, false],
    ['false', { 'aws:TokenIssueTime': [] }, false],
  ])('%s, %j: %s', (wanted, context, expected) => {
    expect(holds({ Null: { 'aws:TokenIssueTime': wanted } }, context)).toBe(expected);
  });
});

describe('set operators', () => {
  const KEYS = 'aws:TagKeys';
  it.each<[string, readonly string[], readonly string[], boolean]>([
    ['ForAllValues:StringEquals', ['Message', 'Tags', 'ID'], ['Message', 'Tags'], true],
    ['ForAllValues:StringEquals', ['Message', 'Tags', 'ID'], ['Message', 'UserName'], false],
    ['ForAllValues:StringEquals', ['a'], [], true],
    ['ForAllValues:StringEquals', ['a'], [''], true],
    ['ForAllValues:StringNotEquals', ['a'], ['b', 'c'], true],
    ['ForAllValues:StringNotEquals', ['a'], ['b', 'a'], false],
    ['ForAnyValue:StringEquals', ['ID', 'PostDateTime'], ['PostDateTime', 'Message'], true],
    ['ForAnyValue:StringEquals', ['ID', 'PostDateTime'], ['UserName'], false],
    ['ForAnyValue:StringEquals', ['a'], [], false],
    ['ForAnyValue:StringLike', ['*'], [''], false],
    ['ForAnyValue:StringNotEquals', ['a'], ['a', 'b'], true],
    ['ForAnyValue:StringNotEquals', ['a'], [], false],
    ['ForAnyValue:StringEqualsIfExists', ['a'], [], true],
    ['ForAnyValue:StringEqualsIfExists', ['a'], ['b'], false],
    ['ForAllValues:StringLikeIfExists', ['t*'], ['team', 'tier'], true],
    // Without a set operator.
    ['StringEquals', ['a'], ['b', 'a'], true],
    ['StringNotEquals', ['a'], ['b', 'a'], false],
    ['StringNotEquals', ['a'], ['b', 'c'], true],
  ])('%s %j, %j: %s', (operator, wanted, values, expected) => {
    expect(holds({ [operator]: { [KEYS]: wanted } }, { [KEYS]: values })).toBe(expected);
  });
});

describe('the keys of every request', () => {
  it.each<[Principal, string, string]>([
    [USER, 'aws:PrincipalArn', 'arn:aws:iam::111122223333:user/team/ann'],
    [USER, 'aws:PrincipalAccount', '111122223333'],
    [USER, 'aws:PrincipalType', 'User'],
    [USER, 'aws:username', 'ann'],
    [USER, 'aws:PrincipalIsAWSService', 'false'],
    [SESSION, 'aws:PrincipalArn', 'arn:aws:iam::111122223333:role/deploy/ci'],
    [SESSION, 'aws:PrincipalType', 'AssumedRole'],
    [{ ...SESSION, userId: 'AROA1:run-7', tags: { Team: 'web' } }, 'aws:userid', 'AROA1:run-7'],
    [{ ...SESSION, userId: 'AROA1:run-7', tags: { Team: 'web' } }, 'aws:PrincipalTag/team', 'web'],
    [USER, 'aws:CurrentTime', '2026-06-15T12:00:00.000Z'],
    [USER, 'aws:EpochTime', '1781524800'],
  ])('%j: %s is %s', (principal, key, value) => {
    expect(holds({ StringEquals: { [key]: value } }, { [key.toUpperCase()]: 'forged' }, principal)).toBe(true);
  });

  it('a role session has no user name', () => {
    expect(holds({ Null: { 'aws:username': 'true' } }, {}, SESSION)).toBe(true);
  });
});
