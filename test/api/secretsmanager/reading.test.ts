/** One value for somebody else: what a task definition's `valueFrom` can name, read without a call of the API. */
import { CreateSecretCommand, DeleteSecretCommand, PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { LabelParameterVersionCommand, PutParameterCommand } from '@aws-sdk/client-ssm';
import { beforeAll, expect, it } from 'vitest';
import { SealedValues } from '../../../api/auth/sealed-values.ts';
import { readSecret } from '../../../api/secretsmanager/read-secret.ts';
import { readParameter } from '../../../api/ssm/read-parameter.ts';
import { TEST_PARTITION } from '../../support/store.ts';
import { TEST_SECRETS, withApi } from '../support/api-under-test.ts';
import { withSecretsManager, withSsm } from '../support/secret-calls.ts';

const api = withApi();
const secrets = withSecretsManager(api);
const parameters = withSsm(api);
const reading = () => ({ store: api().store, values: TEST_SECRETS.values, partition: TEST_PARTITION });
const Tags = [{ Key: 'env', Value: 'prod' }];
const tags = [{ key: 'env', value: 'prod' }];

let arn = '';
let first = '';
beforeAll(async () => {
  const made = await secrets().send(new CreateSecretCommand({ Name: 'app/db', SecretString: 'one', Tags }));
  [arn, first] = [made.ARN!, made.VersionId!];
  await secrets().send(new PutSecretValueCommand({ SecretId: arn, SecretBinary: Buffer.from('two') }));
  for (const [Name, Type] of [
    ['/app/url', 'String'],
    ['key', 'SecureString'],
  ] as const) {
    await parameters().send(new PutParameterCommand({ Name, Type, Value: `value of ${Name}`, Tags }));
  }
  await parameters().send(new LabelParameterVersionCommand({ Name: '/app/url', Labels: ['live'] }));
  await parameters().send(new PutParameterCommand({ Name: '/app/url', Value: 'newer', Overwrite: true }));
});

it('a secret is read by name or ARN, by stage or version', async () => {
  const newest = await readSecret(reading(), { secretId: 'app/db' });
  expect(newest).toMatchObject({ arn, name: 'app/db', stages: ['AWSCURRENT'], tags });
  expect([newest.secretString, Buffer.from(newest.secretBinary!).toString()]).toEqual([undefined, 'two']);
  for (const wanted of [{ versionStage: 'AWSPREVIOUS' }, { versionId: first }]) {
    const old = await readSecret(reading(), { secretId: arn.slice(0, -7), ...wanted });
    expect(old).toMatchObject({ versionId: first, secretString: 'one' });
    expect(old).not.toHaveProperty('secretBinary');
  }
});

it.each([
  ['/app/url', 'newer', 2],
  ['/app/url:1', 'value of /app/url', 1],
  ['/app/url:live', 'value of /app/url', 1],
  ['arn:aws:ssm:us-east-1:123456789012:parameter/app/url', 'newer', 2],
  ['arn:aws:ssm:us-east-1:123456789012:parameter/key', 'value of key', 1],
])('the parameter %s is %s', async (name, value, version) => {
  expect(await readParameter(reading(), name)).toMatchObject({ value, version, tags });
});

it('what cannot be read says why', async () => {
  const refused = (secretId: string, more = {}) => readSecret(reading(), { secretId, ...more });
  await expect(refused('none')).rejects.toMatchObject({ code: 'ResourceNotFoundException' });
  await expect(refused('app/db', { versionStage: 'x' })).rejects.toThrow(/staging label: x$/);
  await expect(readParameter(reading(), 'none')).rejects.toMatchObject({ code: 'ParameterNotFound' });
  const other = { ...reading(), values: new SealedValues(Buffer.alloc(32, 9)) };
  await expect(readSecret(other, { secretId: arn })).rejects.toMatchObject({
    ...{ code: 'ServiceUnavailable', message: expect.stringContaining('LONGSHORE_MASTER_KEY_PREVIOUS') as string },
  });
  await expect(readParameter(other, 'key')).rejects.toMatchObject({ code: 'ServiceUnavailable' });
  await secrets().send(new DeleteSecretCommand({ SecretId: 'app/db' }));
  await expect(refused('app/db')).rejects.toThrow(/marked for deletion/);
});
