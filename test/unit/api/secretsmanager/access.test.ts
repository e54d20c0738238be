/** What each operation of Secrets Manager and Parameter Store asks for, beside AWS's service authorization reference. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { secretsAccess } from '../../../../api/secretsmanager/access.ts';
import { secretsManagerDoor } from '../../../../api/secretsmanager/door.ts';
import { ssmAccess } from '../../../../api/ssm/access.ts';
import { ssmDoor } from '../../../../api/ssm/door.ts';
import type { SealedParameter } from '../../../../store/contract/secrets.ts';
import type { Secret } from '../../../../model/secrets/secret.ts';

const partition = { account: '123456789012', region: 'us-east-1' };
const ARN = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:db';
const PARAMETER = 'arn:aws:ssm:us-east-1:123456789012:parameter';
const tags = [{ key: 'env', value: 'prod' }];
const secret: Secret = {
  ...{ arn: `${ARN}-AbC123`, name: 'db', createdAt: 0, changedAt: 0, tags, versions: [] },
};
const reads = { secret: ({ name }: { name: string }) => Promise.resolve(name.startsWith('db') ? secret : undefined) };
const store = {
  readParameter: (name: string) =>
    Promise.resolve(name === '/app/db' ? ({ name, tags } as unknown as SealedParameter) : undefined),
};

const Tags = [{ Key: 'a', Value: 'b' }];
const accessOf = async (operation: string, input: object) =>
  ssmDoor.operations.has(operation) && !secretsManagerDoor.operations.has(operation)
    ? ssmAccess(operation, input, { partition, store })
    : secretsAccess(operation, input, { partition, reads });

/** What every request of an operation may have. */
const SECRET_INPUTS: Readonly<Record<string, object>> = {
  CreateSecret: { Name: 'new', Description: 'd', KmsKeyId: 'k', Tags },
  GetSecretValue: { SecretId: 'db', VersionId: 'v', VersionStage: 's' },
  DeleteSecret: { SecretId: 'db', RecoveryWindowInDays: 7, ForceDeleteWithoutRecovery: false },
  UpdateSecret: { SecretId: 'db', Description: 'd', KmsKeyId: 'k' },
  UpdateSecretVersionStage: { SecretId: 'db', VersionStage: 's' },
  TagResource: { SecretId: 'db', Tags },
  UntagResource: { SecretId: 'db', TagKeys: ['a'] },
  BatchGetSecretValue: { SecretIdList: ['db'] },
};
const SSM_INPUTS: Readonly<Record<string, object>> = {
  PutParameter: { Name: '/app/db', Overwrite: true, Tags },
  GetParameters: { Names: ['/app/db', 'x:3'] },
  DeleteParameters: { Names: ['/app/db'] },
  GetParametersByPath: { Path: '/app', Recursive: true },
  AddTagsToResource: { ResourceType: 'Parameter', ResourceId: '/app/db', Tags },
  RemoveTagsFromResource: { ResourceType: 'Parameter', ResourceId: '/app/db', TagKeys: ['a'] },
  ListTagsForResource: { ResourceType: 'Parameter', ResourceId: '/app/db' },
};

interface Reference {
  readonly actions: Readonly<
    Record<
      string,
      { readonly resourceTypes: readonly { readonly name: string }[]; readonly conditionKeys: readonly string[] }
    >
  >;
  readonly resourceTypes: Readonly<Record<string, { readonly arn: string; readonly conditionKeys: readonly string[] }>>;
}
const referenceOf = (service: string): Reference =>
  JSON.parse(
    readFileSync(new URL(`../../../../api/auth/policy/reference/${service}.json`, import.meta.url), 'utf8'),
  ) as Reference;

const isOf = (template: string, key: string): boolean =>
  template === key || (/(?:\$\{TagKey\}|tag-key)$/.test(template) && key.startsWith(template.replace(/[^/]+$/, '')));

describe.each([
  {
    service: 'secretsmanager',
    door: secretsManagerDoor,
    inputs: SECRET_INPUTS,
    usual: { SecretId: 'db' },
    type: 'Secret',
  },
  { service: 'ssm', door: ssmDoor, inputs: SSM_INPUTS, usual: { Name: '/app/db' }, type: 'parameter' },
])('$service', ({ service, door, inputs, usual, type }) => {
  const { actions, resourceTypes } = referenceOf(service);

  it.each([...door.operations.keys()])('%s asks for an action, a resource and keys that AWS has', async (operation) => {
    const asked = await accessOfDoor(operation, inputs[operation] ?? usual);
    expect(asked[0]?.action).toBe(`${service}:${operation}`);
    for (const { action, resources, context } of asked) {
      const reference = actions[action.split(':')[1] ?? ''];
      const isOnResource = reference?.resourceTypes.some(({ name }) => name === type) === true;
      expect(resources.length).toBeGreaterThan(0);
      for (const resource of resources) expect(resource === '*').toBe(!isOnResource);
      const known = [...(reference?.conditionKeys ?? []), ...(resourceTypes[type]?.conditionKeys ?? [])];
      expect(Object.keys(context).filter((key) => !known.some((template) => isOf(template, key)))).toEqual([]);
    }
  });

  const accessOfDoor = async (operation: string, input: object) =>
    service === 'ssm' ? ssmAccess(operation, input, { partition, store }) : accessOf(operation, input);
});

it.each<[string, object, readonly string[]]>([
  ['GetSecretValue', { SecretId: 'db' }, [`${ARN}-AbC123`]],
  ['GetSecretValue', { SecretId: ARN }, [`${ARN}-AbC123`]],
  ['GetSecretValue', { SecretId: `${ARN}-AbC123` }, [`${ARN}-AbC123`]],
  ['GetSecretValue', { SecretId: 'none' }, ['arn:aws:secretsmanager:us-east-1:123456789012:secret:none-??????']],
  ['GetSecretValue', { SecretId: 'arn:aws:x' }, ['arn:aws:x']],
  // Nothing is known of what it makes.
  ['CreateSecret', { Name: 'db' }, [`${ARN}-??????`]],
  ['GetParameter', { Name: '/app/db:3' }, [`${PARAMETER}/app/db`]],
  ['GetParameter', { Name: `${PARAMETER}/app/db:live` }, [`${PARAMETER}/app/db`]],
  ['GetParameter', { Name: 'db' }, [`${PARAMETER}/db`]],
  ['GetParametersByPath', { Path: '/' }, [`${PARAMETER}/`]],
  ['GetParametersByPath', { Path: '/app' }, [`${PARAMETER}/app/`]],
])('%s %j is about %j', async (operation, input, expected) => {
  expect((await accessOf(operation, input))[0]?.resources).toEqual(expected);
});

it('conditions see stages, versions and tags', async () => {
  const context = async (operation: string, input: object) => (await accessOf(operation, input))[0]?.context;
  expect(await context('GetSecretValue', { SecretId: 'db' })).toEqual({
    ...{ 'secretsmanager:SecretId': `${ARN}-AbC123`, 'secretsmanager:VersionStage': 'AWSCURRENT' },
    ...{ 'aws:ResourceTag/env': 'prod', 'secretsmanager:ResourceTag/env': 'prod' },
  });
  expect(await context('GetSecretValue', { SecretId: 'db', VersionId: 'v' })).not.toHaveProperty([
    'secretsmanager:VersionStage',
  ]);
  expect(await context('GetParameter', { Name: '/app/db' })).toEqual({
    ...{ 'aws:ResourceTag/env': 'prod', 'ssm:resourceTag/env': 'prod' },
  });
});
