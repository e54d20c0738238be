/** Secrets Manager over HTTP, with the SDK's client. */
import * as sm from '@aws-sdk/client-secrets-manager';
import { describe, expect, it } from 'vitest';
import { expectRefusal, withApi } from '../support/api-under-test.ts';
import { withSecretsManager } from '../support/secret-calls.ts';

const api = withApi();
const client = withSecretsManager(api);

let made = 0;
const newName = (): string => `app/secret-${++made}`;
const create = (Name: string, SecretString?: string) =>
  client().send(new sm.CreateSecretCommand({ Name, ...(SecretString === undefined ? {} : { SecretString }) }));
const get = (SecretId: string, more: Partial<sm.GetSecretValueRequest> = {}) =>
  client().send(new sm.GetSecretValueCommand({ SecretId, ...more }));
const put = (SecretId: string, more: Partial<sm.PutSecretValueRequest>) =>
  client().send(new sm.PutSecretValueCommand({ SecretId, ...more }));
const token = (n: number): string => `token-${String(n).padStart(32, '0')}`;
const NOT_FOUND = "Secrets Manager can't find the specified secret.";
const MARKED = "You can't perform this operation on the secret because it was marked for deletion.";

describe('a secret', () => {
  it('is found by its name, its ARN, and its ARN without the six characters', async () => {
    const Name = newName();
    const { ARN = '', VersionId } = await create(Name, 'hunter2');
    expect(ARN).toMatch(new RegExp(`^arn:aws:secretsmanager:us-east-1:123456789012:secret:${Name}-[A-Za-z0-9]{6}$`));
    for (const id of [Name, ARN, ARN.slice(0, -7)]) {
      expect(await get(id)).toMatchObject({
        ...{ ARN, Name, VersionId, SecretString: 'hunter2', VersionStages: ['AWSCURRENT'] },
        CreatedDate: expect.any(Date) as Date,
      });
    }
    await expectRefusal(get(`${ARN}x`), 'ResourceNotFoundException', NOT_FOUND);
  });

  it('may hold bytes, or nothing yet', async () => {
    const [bytes, empty] = [newName(), newName()];
    const SecretBinary = Uint8Array.of(0, 255, 128, 10);
    await client().send(new sm.CreateSecretCommand({ Name: bytes, SecretBinary }));
    const value = await get(bytes);
    expect([value.SecretString, value.SecretBinary]).toEqual([undefined, SecretBinary]);
    expect((await create(empty)).VersionId).toBeUndefined();
    await expectRefusal(
      get(empty),
      'ResourceNotFoundException',
      "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT",
    );
    const { VersionStages } = await put(empty, { SecretString: 'first', VersionStages: ['AWSPENDING'] });
    expect(VersionStages).toEqual(['AWSCURRENT', 'AWSPENDING']);
  });

  it('is made once, however often the same call comes', async () => {
    const Name = newName();
    const call = (SecretString: string, n: number) =>
      client().send(new sm.CreateSecretCommand({ Name, SecretString, ClientRequestToken: token(n) }));
    const [first, second] = [await call('a', 1), await call('a', 1)];
    expect(second).toMatchObject({ ARN: first.ARN, VersionId: token(1) });
    await expectRefusal(
      call('a', 2),
      'ResourceExistsException',
      `The operation failed because the secret ${Name} already exists.`,
    );
    await expectRefusal(call('b', 1), 'ResourceExistsException', /^You can't use ClientRequestToken token-0+1 because/);
  });

  it('one of many calls at the same moment makes it', async () => {
    const Name = newName();
    const outcomes = await Promise.allSettled(Array.from({ length: 5 }, (_, i) => create(Name, `${i}`)));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it.each<[string, Partial<sm.CreateSecretRequest>, string, string | RegExp]>([
    ['a name with a blank', { Name: 'a b' }, 'ValidationException', /^Invalid name\. Must be a valid name/],
    [
      'two values',
      { SecretString: 'a', SecretBinary: Uint8Array.of(1) },
      'InvalidParameterException',
      "You can't specify both a binary secret value and a string secret value in the same secret.",
    ],
    [
      'a value that is too large, without showing it',
      { SecretString: 'é'.repeat(32_769) },
      'ValidationException',
      "1 validation error detected: Value at 'secretString' failed to satisfy constraint: Member must have length less than or equal to 65536",
    ],
    [
      'a short token',
      { ClientRequestToken: 'x' },
      'ValidationException',
      /clientRequestToken.*greater than or equal to 32/,
    ],
    [
      'a key of KMS',
      { KmsKeyId: 'alias/mine' },
      'InvalidParameterException',
      /^Not supported by Longshore yet: KmsKeyId/,
    ],
    ['replicas', { AddReplicaRegions: [{ Region: 'eu-west-1' }] }, 'InvalidParameterException', /AddReplicaRegions/],
    ['a tag of AWS', { Tags: [{ Key: 'aws:x', Value: '' }] }, 'InvalidParameterException', /must not begin with aws:/],
  ])('is not made with %s', async (_what, more, code, message) => {
    await expectRefusal(client().send(new sm.CreateSecretCommand({ Name: newName(), ...more })), code, message);
  });
});

describe('versions', () => {
  it('move their stages along, and a token makes one version', async () => {
    const Name = newName();
    const first = (await create(Name, 'one')).VersionId!;
    const second = await put(Name, { SecretString: 'two', ClientRequestToken: token(2) });
    expect(second).toMatchObject({ VersionId: token(2), VersionStages: ['AWSCURRENT'] });
    expect((await get(Name, { VersionStage: 'AWSPREVIOUS' })).SecretString).toBe('one');
    await put(Name, { SecretString: 'two', ClientRequestToken: token(2) });
    await expectRefusal(
      put(Name, { SecretString: 'other', ClientRequestToken: token(2) }),
      'ResourceExistsException',
      /^You can't use ClientRequestToken/,
    );
    const pending = await put(Name, { SecretString: 'three', VersionStages: ['AWSPENDING'] });
    expect((await get(Name)).SecretString).toBe('two');
    await client().send(
      new sm.UpdateSecretVersionStageCommand({
        ...{ SecretId: Name, VersionStage: 'AWSCURRENT' },
        ...{ RemoveFromVersionId: token(2), MoveToVersionId: pending.VersionId },
      }),
    );
    const { VersionIdsToStages } = await client().send(new sm.DescribeSecretCommand({ SecretId: Name }));
    expect(VersionIdsToStages).toEqual({
      [token(2)]: ['AWSPREVIOUS'],
      [pending.VersionId!]: ['AWSCURRENT', 'AWSPENDING'],
    });
    const list = async (IncludeDeprecated: boolean) =>
      (await client().send(new sm.ListSecretVersionIdsCommand({ SecretId: Name, IncludeDeprecated }))).Versions ?? [];
    expect((await list(true)).map(({ VersionId }) => VersionId)).toContain(first);
    expect((await list(false)).map(({ VersionId }) => VersionId)).not.toContain(first);
    expect((await get(Name, { VersionId: first })).SecretString).toBe('one');
  });

  it('are refused when they are not there, or have another stage', async () => {
    const Name = newName();
    const { VersionId } = await create(Name, 'one');
    await expectRefusal(
      get(Name, { VersionId: token(9) }),
      'ResourceNotFoundException',
      `Secrets Manager can't find the specified secret value for VersionId: ${token(9)}`,
    );
    await expectRefusal(
      get(Name, { VersionId, VersionStage: 'AWSPREVIOUS' }),
      'InvalidRequestException',
      'You provided a VersionStage that is not associated to the provided VersionId.',
    );
    await expectRefusal(
      put(Name, {}),
      'InvalidRequestException',
      'You must provide either SecretString or SecretBinary.',
    );
    await expectRefusal(
      client().send(
        new sm.UpdateSecretVersionStageCommand({
          SecretId: Name,
          VersionStage: 'AWSCURRENT',
          RemoveFromVersionId: VersionId,
        }),
      ),
      'InvalidParameterException',
      /^You can only move staging label AWSCURRENT/,
    );
  });

  it('come from UpdateSecret only with a value', async () => {
    const Name = newName();
    const { VersionId } = await create(Name, 'one');
    const update = (more: Partial<sm.UpdateSecretRequest>) =>
      client().send(new sm.UpdateSecretCommand({ SecretId: Name, ...more }));
    expect((await update({ Description: 'said' })).VersionId).toBeUndefined();
    expect((await get(Name)).VersionId).toBe(VersionId);
    expect((await update({ SecretString: 'two', ClientRequestToken: token(5) })).VersionId).toBe(token(5));
    expect(await client().send(new sm.DescribeSecretCommand({ SecretId: Name }))).toMatchObject({
      ...{ Description: 'said', LastAccessedDate: expect.any(Date) as Date },
      VersionIdsToStages: { [token(5)]: ['AWSCURRENT'], [VersionId!]: ['AWSPREVIOUS'] },
    });
  });
});

describe('a deletion', () => {
  const remove = (SecretId: string, more: Partial<sm.DeleteSecretRequest> = {}) =>
    client().send(new sm.DeleteSecretCommand({ SecretId, ...more }));

  it('leaves a window in which the secret can only be restored', async () => {
    const Name = newName();
    const { ARN } = await create(Name, 'one');
    const before = Date.now();
    const { DeletionDate } = await remove(Name, { RecoveryWindowInDays: 7 });
    expect(DeletionDate!.getTime() - before).toBeGreaterThanOrEqual(7 * 86_400_000 - 1);
    await expectRefusal(get(Name), 'InvalidRequestException', MARKED);
    await expectRefusal(put(Name, { SecretString: 'x' }), 'InvalidRequestException', MARKED);
    await expectRefusal(remove(Name), 'InvalidRequestException', MARKED);
    await expectRefusal(create(Name, 'x'), 'InvalidRequestException', /already scheduled for deletion\.$/);
    const described = await client().send(new sm.DescribeSecretCommand({ SecretId: Name }));
    expect(described.DeletedDate).toEqual(DeletionDate);
    await client().send(new sm.RestoreSecretCommand({ SecretId: Name }));
    expect(await get(Name)).toMatchObject({ ARN, SecretString: 'one' });
    await client().send(new sm.RestoreSecretCommand({ SecretId: Name }));
  });

  it('at once makes room for another secret of the name, and may be repeated', async () => {
    const Name = newName();
    const { ARN } = await create(Name, 'one');
    expect((await remove(Name, { ForceDeleteWithoutRecovery: true })).ARN).toBe(ARN);
    await expectRefusal(get(Name), 'ResourceNotFoundException', NOT_FOUND);
    expect((await remove(Name, { ForceDeleteWithoutRecovery: true })).Name).toBe(Name);
    expect((await create(Name, 'two')).ARN).not.toBe(ARN);
    await expectRefusal(get(ARN!), 'ResourceNotFoundException', NOT_FOUND);
  });

  it.each<[Partial<sm.DeleteSecretRequest>, RegExp]>([
    [{ RecoveryWindowInDays: 6 }, /between 7 and 30 days/],
    [{ RecoveryWindowInDays: 31 }, /between 7 and 30 days/],
    [{ RecoveryWindowInDays: 7, ForceDeleteWithoutRecovery: true }, /in conjunction with RecoveryWindowInDays/],
  ])('is refused with %j', async (more, message) => {
    const Name = newName();
    await create(Name, 'one');
    await expectRefusal(remove(Name, more), 'InvalidParameterException', message);
  });
});

describe('lists', () => {
  it('have pages, an order and filters', async () => {
    const prefix = `list-${Date.now()}`;
    const names = ['a', 'b', 'c'].map((end) => `${prefix}/${end}`);
    for (const Name of names) {
      await client().send(new sm.CreateSecretCommand({ Name, Tags: [{ Key: 'end', Value: Name.slice(-1) }] }));
    }
    await client().send(new sm.DeleteSecretCommand({ SecretId: names[2] }));
    const list = async (more: Partial<sm.ListSecretsRequest>) => {
      const found: string[] = [];
      const input = { Filters: [{ Key: 'name' as const, Values: [prefix] }], ...more };
      const pages = sm.paginateListSecrets({ client: client(), pageSize: 1 }, input);
      for await (const { SecretList = [] } of pages) {
        expect(SecretList.length).toBeLessThanOrEqual(1);
        found.push(...SecretList.map(({ Name = '' }) => Name));
      }
      return found;
    };
    expect(await list({ SortOrder: 'asc' })).toEqual(names.slice(0, 2));
    expect(await list({ IncludePlannedDeletion: true })).toEqual(names.toReversed());
    expect(await list({ Filters: [{ Key: 'tag-value', Values: ['b'] }] })).toContain(names[1]);
    await expectRefusal(
      client().send(new sm.ListSecretsCommand({ NextToken: 'x' })),
      'InvalidNextTokenException',
      'The NextToken value is invalid.',
    );
  });

  it('of values have an entry for each secret, or the reason why there is none', async () => {
    const [one, two, gone] = [newName(), newName(), newName()];
    for (const name of [one, two]) await create(name, `value of ${name}`);
    const batch = await client().send(new sm.BatchGetSecretValueCommand({ SecretIdList: [one, gone, two] }));
    expect(batch.SecretValues?.map(({ SecretString }) => SecretString)).toEqual([`value of ${one}`, `value of ${two}`]);
    expect(batch.Errors).toEqual([{ SecretId: gone, ErrorCode: 'ResourceNotFoundException', Message: NOT_FOUND }]);
    const filtered = await client().send(
      new sm.BatchGetSecretValueCommand({ Filters: [{ Key: 'name', Values: [two] }] }),
    );
    expect(filtered.SecretValues?.map(({ Name }) => Name)).toEqual([two]);
    await expectRefusal(
      client().send(new sm.BatchGetSecretValueCommand({})),
      'InvalidParameterException',
      /Filters or SecretIdList/,
    );
  });
});

it('tags are added, replaced and removed', async () => {
  const SecretId = newName();
  await client().send(new sm.CreateSecretCommand({ Name: SecretId, Tags: [{ Key: 'a', Value: '1' }] }));
  await client().send(
    new sm.TagResourceCommand({
      SecretId,
      Tags: [
        { Key: 'a', Value: '2' },
        { Key: 'b', Value: '3' },
      ],
    }),
  );
  await client().send(new sm.UntagResourceCommand({ SecretId, TagKeys: ['b', 'c'] }));
  expect((await client().send(new sm.DescribeSecretCommand({ SecretId }))).Tags).toEqual([{ Key: 'a', Value: '2' }]);
});

it('a random password has the length that was asked for', async () => {
  const { RandomPassword } = await client().send(
    new sm.GetRandomPasswordCommand({ PasswordLength: 20, ExcludePunctuation: true, IncludeSpace: false }),
  );
  expect(RandomPassword).toMatch(/^[A-Za-z0-9]{20}$/);
});

it('what is not built says so, with what to do instead', async () => {
  const NOT_BUILT = 'UnsupportedFeatureException';
  await expectRefusal(
    client().send(new sm.RotateSecretCommand({ SecretId: 'x' })),
    NOT_BUILT,
    /^RotateSecret is not supported by Longshore yet\. Write a new version with PutSecretValue/,
  );
  await expectRefusal(
    client().send(new sm.PutResourcePolicyCommand({ SecretId: 'x', ResourcePolicy: '{}' })),
    NOT_BUILT,
    /^PutResourcePolicy is not supported by Longshore yet\. Give roles and users policies/,
  );
});

it('secrets are gone once their window is over', async () => {
  const Name = newName();
  const { ARN } = await create(Name, 'one');
  const { DeletionDate } = await client().send(new sm.DeleteSecretCommand({ SecretId: Name, RecoveryWindowInDays: 7 }));
  const end = DeletionDate!.getTime();
  await api().store.purgeSecrets(end);
  expect(await api().store.findSecret({ name: Name })).toMatchObject({ arn: ARN });
  await api().store.purgeSecrets(end + 1);
  expect(await api().store.findSecret({ name: Name })).toBeUndefined();
});
