/** Who may read and change which secrets and parameters, where callers must sign; and what the audit says of it. */
import * as sm from '@aws-sdk/client-secrets-manager';
import * as ssm from '@aws-sdk/client-ssm';
import { beforeAll, describe, expect, it } from 'vitest';
import { expectRefusal, withApi } from '../support/api-under-test.ts';
import { ACCOUNT } from '../support/iam-calls.ts';
import { allowing, type Credentials, signedCallers } from '../support/signed-callers.ts';

const api = withApi({ auth: 'required' });
const { userWith, keyOf, settings } = signedCallers(api);
const secretArn = (tail: string): string => `arn:aws:secretsmanager:us-east-1:${ACCOUNT}:secret:${tail}`;
const parameterArn = (tail: string): string => `arn:aws:ssm:us-east-1:${ACCOUNT}:parameter/${tail}`;
const DENIED = 'AccessDeniedException';

const smOf = (credentials: Credentials) => new sm.SecretsManagerClient(settings(credentials));
const ssmOf = (credentials: Credentials) => new ssm.SSMClient(settings(credentials));
const get = (credentials: Credentials, SecretId: string, more: Partial<sm.GetSecretValueRequest> = {}) =>
  smOf(credentials).send(new sm.GetSecretValueCommand({ SecretId, ...more }));

let root: Credentials;
let prodArn: string;
beforeAll(async () => {
  root = await keyOf(undefined);
  const create = async (Name: string, env: string) =>
    (
      await smOf(root).send(
        new sm.CreateSecretCommand({ Name, SecretString: `value of ${Name}`, Tags: [{ Key: 'env', Value: env }] }),
      )
    ).ARN!;
  prodArn = await create('prod/db', 'prod');
  await create('test/db', 'test');
  await smOf(root).send(new sm.PutSecretValueCommand({ SecretId: 'prod/db', SecretString: 'newer' }));
  for (const Name of ['/prod/db', '/test/db']) {
    await ssmOf(root).send(new ssm.PutParameterCommand({ Name, Value: Name, Type: 'SecureString' }));
  }
});

describe('a user', () => {
  it('reads the secrets of a pattern, by name as by ARN, and no others', async () => {
    const user = await userWith(allowing('secretsmanager:GetSecretValue', secretArn('prod/db-??????')));
    expect((await get(user, 'prod/db')).SecretString).toBe('newer');
    expect((await get(user, prodArn)).SecretString).toBe('newer');
    await expectRefusal(
      get(user, 'test/db'),
      DENIED,
      /not authorized to perform: secretsmanager:GetSecretValue on resource: \S+:secret:test\/db-\w{6} because/,
    );
    // Who may not read is not told that there is nothing to read.
    await expectRefusal(get(user, 'none'), DENIED, /secretsmanager:GetSecretValue/);
    await expectRefusal(
      smOf(user).send(new sm.PutSecretValueCommand({ SecretId: 'prod/db', SecretString: 'x' })),
      DENIED,
      /PutSecretValue/,
    );
  });

  it('reads by the tags of a secret, and by stage', async () => {
    const byTag = await userWith(
      allowing('secretsmanager:GetSecretValue', '*', { StringEquals: { 'secretsmanager:ResourceTag/env': 'test' } }),
    );
    expect((await get(byTag, 'test/db')).SecretString).toBe('value of test/db');
    await expectRefusal(get(byTag, 'prod/db'), DENIED, /secretsmanager:GetSecretValue/);
    const byStage = await userWith(
      allowing('secretsmanager:GetSecretValue', '*', { StringEquals: { 'secretsmanager:VersionStage': 'AWSCURRENT' } }),
    );
    expect((await get(byStage, 'prod/db')).SecretString).toBe('newer');
    await expectRefusal(
      get(byStage, 'prod/db', { VersionStage: 'AWSPREVIOUS' }),
      DENIED,
      /secretsmanager:GetSecretValue/,
    );
  });

  it('gets of a batch what each secret allows', async () => {
    const user = await userWith(
      allowing('secretsmanager:BatchGetSecretValue'),
      allowing('secretsmanager:GetSecretValue', secretArn('prod/*')),
    );
    const batch = await smOf(user).send(new sm.BatchGetSecretValueCommand({ SecretIdList: ['prod/db', 'test/db'] }));
    expect(batch.SecretValues?.map(({ Name }) => Name)).toEqual(['prod/db']);
    expect(batch.Errors).toMatchObject([{ SecretId: 'test/db', ErrorCode: DENIED }]);
    const all = await smOf(user).send(
      new sm.BatchGetSecretValueCommand({ Filters: [{ Key: 'name', Values: ['prod', 'test'] }] }),
    );
    expect([all.SecretValues?.length, all.Errors?.length]).toEqual([1, 1]);
  });

  it('needs TagResource to make a secret with tags', async () => {
    const create = allowing('secretsmanager:CreateSecret', secretArn('mine/*'));
    const [with_, without] = [await userWith(create, allowing('secretsmanager:TagResource')), await userWith(create)];
    const call = (credentials: Credentials, Name: string) =>
      smOf(credentials).send(new sm.CreateSecretCommand({ Name, Tags: [{ Key: 'a', Value: 'b' }] }));
    expect((await call(with_, 'mine/a')).Name).toBe('mine/a');
    await expectRefusal(call(without, 'mine/b'), DENIED, /secretsmanager:TagResource/);
    await expectRefusal(call(with_, 'other'), DENIED, /secretsmanager:CreateSecret/);
  });

  it('reads the parameters of a path, with whatever version behind the name', async () => {
    const user = await userWith(allowing('ssm:GetParameter*', parameterArn('prod/*')));
    const client = ssmOf(user);
    const read = (Name: string) => client.send(new ssm.GetParameterCommand({ Name, WithDecryption: true }));
    expect((await read('/prod/db:1')).Parameter?.Value).toBe('/prod/db');
    await expectRefusal(
      read('/test/db'),
      DENIED,
      new RegExp(`ssm:GetParameter on resource: ${parameterArn('test/db')} because`),
    );
    const some = client.send(new ssm.GetParametersCommand({ Names: ['/prod/db', '/test/db'] }));
    await expectRefusal(some, DENIED, /ssm:GetParameters on resource: \S+parameter\/test\/db/);
    const below = await client.send(new ssm.GetParametersByPathCommand({ Path: '/prod' }));
    expect(below.Parameters?.map(({ Name }) => Name)).toEqual(['/prod/db']);
    await expectRefusal(
      client.send(new ssm.GetParametersByPathCommand({ Path: '/' })),
      DENIED,
      /ssm:GetParametersByPath/,
    );
  });
});

describe('the audit', () => {
  const latest = async () => (await api().store.listAudit({}, { limit: 1 })).items[0]?.event;

  it('keeps who read a secret or a parameter, and not what it said', async () => {
    await get(root, 'prod/db');
    expect(await latest()).toMatchObject({
      ...{ eventSource: 'secretsmanager.amazonaws.com', eventName: 'GetSecretValue', readOnly: true },
      ...{ requestParameters: { secretId: 'prod/db' }, responseElements: null },
      resources: [{ ARN: prodArn, type: 'AWS::SecretsManager::Secret' }],
    });
    await ssmOf(root).send(new ssm.GetParameterCommand({ Name: '/prod/db', WithDecryption: true }));
    expect(await latest()).toMatchObject({
      ...{ eventSource: 'ssm.amazonaws.com', eventName: 'GetParameter', readOnly: true, responseElements: null },
      ...{ requestParameters: { name: '/prod/db', withDecryption: true } },
      resources: [{ ARN: parameterArn('prod/db'), type: 'AWS::SSM::Parameter' }],
    });
    await smOf(root).send(new sm.BatchGetSecretValueCommand({ SecretIdList: ['prod/db', 'test/db'] }));
    const batch = await latest();
    expect(batch?.eventName).toBe('BatchGetSecretValue');
    expect(batch?.resources?.map(({ ARN }) => ARN)).toContain(prodArn);
    await smOf(root).send(new sm.DescribeSecretCommand({ SecretId: 'prod/db' }));
    expect((await latest())?.eventName).toBe('BatchGetSecretValue');
  });

  it('keeps a change with its answer', async () => {
    const { ARN, VersionId } = await smOf(root).send(
      new sm.CreateSecretCommand({ Name: 'kept', SecretString: 'hush' }),
    );
    const event = await latest();
    expect(event).toMatchObject({
      ...{ eventName: 'CreateSecret', responseElements: { arn: ARN, name: 'kept', versionId: VersionId } },
      requestParameters: { name: 'kept', secretString: 'HIDDEN_DUE_TO_SECURITY_REASONS' },
      resources: [{ ARN }],
    });
  });
});
