/** What a container names and does not hold: which definitions are refused, and in which words. */
import type { ContainerDefinition } from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { requireFolder } from '../../../../../api/ecs/rules/task-definition/secrets.ts';
import { checkDefinition } from '../../../../../api/ecs/rules/task-definition/index.ts';
import { of } from './builders.ts';

const ROLE = { executionRoleArn: 'arn:aws:iam::123456789012:role/execution' };
const SECRET = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:db-AbCdEf';
const FILE = 'arn:aws:s3:::bucket/web.env';
const logging = (more: ContainerDefinition['logConfiguration']): ContainerDefinition => ({ logConfiguration: more });

describe('accepted', () => {
  it.each<[string, ContainerDefinition]>([
    [
      'secrets',
      { secrets: ['db', '/app/db:2', SECRET, `${SECRET}:key::`].map((valueFrom, i) => ({ name: `S${i}`, valueFrom })) },
    ],
    [
      'secret log options',
      logging({
        logDriver: 'splunk',
        options: { 'splunk-url': 'u' },
        secretOptions: [{ name: 'splunk-token', valueFrom: SECRET }],
      }),
    ],
    ['registry credentials by name', { repositoryCredentials: { credentialsParameter: 'team/registry' } }],
    ['registry credentials by ARN', { repositoryCredentials: { credentialsParameter: SECRET } }],
    ['ten files', { environmentFiles: Array.from({ length: 10 }, () => ({ type: 's3' as const, value: FILE })) }],
  ])('%s', (_what, container) => expect(() => checkDefinition(of(container, ROLE))).not.toThrow());

  it('a task role', () => {
    expect(() => checkDefinition(of({}, { taskRoleArn: 'arn:aws:iam::123456789012:role/task' }))).not.toThrow();
  });
});

describe('refused', () => {
  const shared = (name: string) =>
    `The secret name must be unique and not shared with any new or existing environment variables set on the container, such as '${name}'.`;
  it.each<[string, ContainerDefinition, string | RegExp]>([
    [
      'a secret without a name',
      { secrets: [{ valueFrom: 'a' } as { name: string; valueFrom: string }] },
      /must have a name/,
    ],
    [
      'a name with =',
      { secrets: [{ name: 'A=B', valueFrom: 'a' }] },
      /^The name 'A=B' in secrets of container 'web' is invalid/,
    ],
    [
      'a valueFrom of nothing',
      { secrets: [{ name: 'A', valueFrom: '' }] },
      /^valueFrom of 'A' in secrets of container 'web' is no ARN/,
    ],
    ['half of the colons', { secrets: [{ name: 'A', valueFrom: `${SECRET}:key` }] }, /with all colons\.$/],
    [
      'another service',
      { secrets: [{ name: 'A', valueFrom: 'arn:aws:s3:us-east-1:123456789012:x' }] },
      /invalid service in its ARN/,
    ],
    ['a name twice', { secrets: ['a', 'b'].map((valueFrom) => ({ name: 'A', valueFrom })) }, shared('A')],
    [
      'a name of a variable',
      { secrets: [{ name: 'A', valueFrom: 'a' }], environment: [{ name: 'A', value: '' }] },
      shared('A'),
    ],
    [
      'an option twice',
      logging({ logDriver: 'json-file', options: { tag: 'a' }, secretOptions: [{ name: 'tag', valueFrom: 'a' }] }),
      /^Log option 'tag' of container 'web' is in options and in secretOptions/,
    ],
    [
      'an odd option',
      logging({ logDriver: 'json-file', secretOptions: [{ name: 'tag', valueFrom: ' ' }] }),
      /logConfiguration\.secretOptions of container 'web' is no ARN/,
    ],
    [
      'registry credentials of nothing',
      { repositoryCredentials: { credentialsParameter: '' } },
      /^repositoryCredentials\.credentialsParameter of container 'web' is no ARN/,
    ],
    [
      'eleven files',
      { environmentFiles: Array.from({ length: 11 }, () => ({ type: 's3' as const, value: FILE })) },
      /^At most 10 environmentFiles/,
    ],
    [
      'a file of another ending',
      { environmentFiles: [{ type: 's3', value: 'arn:aws:s3:::bucket/web.txt' }] },
      /whose name ends in \.env/,
    ],
    [
      'a file outside of its bucket',
      { environmentFiles: [{ type: 's3', value: 'arn:aws:s3:::bucket/../../etc/x.env' }] },
      /must be the ARN of an S3 object/,
    ],
    ['a file of another type', { environmentFiles: [{ type: 'file' as 's3', value: FILE }] }, /must be s3/],
  ])('%s', (_what, container, message) => expect(() => checkDefinition(of(container, ROLE))).toThrow(message));

  it.each<[string, ContainerDefinition]>([
    ['container secrets', { secrets: [{ name: 'A', valueFrom: 'a' }] }],
    ['container secrets', logging({ logDriver: 'json-file', secretOptions: [{ name: 'tag', valueFrom: 'a' }] })],
    ['repositoryCredentials', { repositoryCredentials: { credentialsParameter: 'a' } }],
    ['environmentFiles', { environmentFiles: [{ type: 's3', value: FILE }] }],
  ])('%s without an execution role', (what, container) => {
    expect(() => checkDefinition(of(container))).toThrow(
      `When you are specifying ${what}, you must also specify a value for 'executionRoleArn'`,
    );
  });

  it('files where there is no folder of them', () => {
    const containers = [{ name: 'a' }, { name: 'b', environmentFiles: [{ type: 's3' as const, value: FILE }] }];
    expect(() => requireFolder(containers, { hasEnvironmentFiles: false })).toThrow(/of container 'b' cannot be read/);
    expect(() => requireFolder(containers, { hasEnvironmentFiles: true })).not.toThrow();
    expect(() => requireFolder([{ name: 'a', environmentFiles: [] }], { hasEnvironmentFiles: false })).not.toThrow();
  });
});
