/** How secrets and parameters are named. */
import { expect, it } from 'vitest';
import {
  missingSecretArn,
  parameterArn,
  parseParameterId,
  parseSecretId,
  secretArn,
} from '../../../../model/secrets/arn.ts';

const PARTITION = { account: '123456789012', region: 'eu-west-1' };
const SECRET = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:';
const PARAMETER = 'arn:aws:ssm:eu-west-1:123456789012:parameter';

it('a secret’s ARN ends with six characters', () => {
  expect(secretArn(PARTITION, 'app/db', 'AbC123')).toBe(`${SECRET}app/db-AbC123`);
  expect(missingSecretArn(PARTITION, 'app/db')).toBe(`${SECRET}app/db-??????`);
});

it.each([
  ['app/db', { name: 'app/db' }],
  [`${SECRET}app/db-AbC123`, { arn: `${SECRET}app/db-AbC123`, name: 'app/db-AbC123' }],
  [`${SECRET}app/db`, { arn: `${SECRET}app/db`, name: 'app/db' }],
  [SECRET, undefined],
  ['arn:aws:secretsmanager:eu-west-1:210987654321:secret:db', undefined],
  ['arn:aws:secretsmanager:us-east-1:123456789012:secret:db', undefined],
  ['arn:aws:ssm:eu-west-1:123456789012:parameter/db', undefined],
])('the secret %s', (id, expected) => {
  expect(parseSecretId(PARTITION, id)).toEqual(expected);
});

it('a parameter’s ARN has one slash before its name', () => {
  expect(parameterArn(PARTITION, '/app/db')).toBe(`${PARAMETER}/app/db`);
  expect(parameterArn(PARTITION, 'db')).toBe(`${PARAMETER}/db`);
});

it.each([
  ['db', { names: ['db'] }],
  ['/app/db', { names: ['/app/db'] }],
  ['/app/db:3', { names: ['/app/db'], selector: 3 }],
  ['/app/db:live', { names: ['/app/db'], selector: 'live' }],
  ['/app/db:', { names: ['/app/db'], selector: '' }],
  [`${PARAMETER}/app/db`, { names: ['/app/db'] }],
  [`${PARAMETER}/db:2`, { names: ['db', '/db'], selector: 2 }],
  [`${PARAMETER}/`, undefined],
  ['arn:aws:ssm:eu-west-1:210987654321:parameter/db', undefined],
])('the parameter %s', (id, expected) => {
  expect(parseParameterId(PARTITION, id)).toEqual(expected);
});
