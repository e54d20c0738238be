/** What `valueFrom` and `credentialsParameter` name. */
import { describe, expect, it } from 'vitest';
import { readCredentialsParameter, readValueFrom } from '../../../model/secret-reference.ts';

const SECRET = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:prod/db-AbCdEf';
const PARAMETER = 'arn:aws:ssm:us-east-1:123456789012:parameter';

describe('valueFrom', () => {
  it.each([
    [SECRET, { kind: 'secret', secretId: SECRET }],
    [`${SECRET}:password::`, { kind: 'secret', secretId: SECRET, jsonKey: 'password' }],
    [`${SECRET}::AWSPREVIOUS:`, { kind: 'secret', secretId: SECRET, versionStage: 'AWSPREVIOUS' }],
    [`${SECRET}:::0123`, { kind: 'secret', secretId: SECRET, versionId: '0123' }],
    [`${SECRET}:a:b:c`, { kind: 'secret', secretId: SECRET, jsonKey: 'a', versionStage: 'b', versionId: 'c' }],
    [`${SECRET}:::`, { kind: 'secret', secretId: SECRET }],
    ['db', { kind: 'parameter', name: 'db' }],
    ['/app/db.password', { kind: 'parameter', name: '/app/db.password' }],
    ['/app/db:3', { kind: 'parameter', name: '/app/db:3' }],
    [`${PARAMETER}/db`, { kind: 'parameter', name: `${PARAMETER}/db` }],
    [`${PARAMETER}/app/db:label`, { kind: 'parameter', name: `${PARAMETER}/app/db:label` }],
  ])('%s', (text, reference) => expect(readValueFrom(text)).toEqual(reference));

  it.each([
    ['', /no name of a parameter/],
    ['a b', /no name of a parameter/],
    ['../a:b:c', /no name of a parameter/],
    [`${SECRET}:password`, /all colons/],
    [`${SECRET}:password:`, /all colons/],
    [`${SECRET}:a:b:c:d`, /all colons/],
    [SECRET.replace(':secret:', ':password:'), /no ARN of a secret/],
    [SECRET.replace('prod/db-AbCdEf', ''), /no ARN of a secret/],
    [PARAMETER, /no ARN of a parameter/],
    [PARAMETER.replace('parameter', 'document/x'), /no ARN of a parameter/],
    ['arn:aws:s3:us-east-1:123456789012:bucket', /invalid service/],
    ['arn:aws:secretsmanager:us-east-1:12:secret:a-AbCdEf', /invalid service/],
    ['arn:', /invalid service/],
  ])('not %s', (text, reason) => expect(readValueFrom(text)).toMatch(reason));
});

describe('credentialsParameter', () => {
  it.each(['registry', 'team/registry', SECRET])('%s', (text) => {
    expect(readCredentialsParameter(text)).toEqual({ kind: 'secret', secretId: text });
  });
  it.each(['', 'a b', `${SECRET}:username::`, `${PARAMETER}/a`])('not %s', (text) => {
    expect(readCredentialsParameter(text)).toMatch(/^is no ARN/);
  });
});
