/** Access keys over the IAM API. */
import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  DeleteAccessKeyCommand,
  DeleteUserCommand,
  GetAccessKeyLastUsedCommand,
  ListAccessKeysCommand,
  UpdateAccessKeyCommand,
} from '@aws-sdk/client-iam';
import { beforeAll, expect, it } from 'vitest';
import { TEST_SECRETS, withApi } from '../support/api-under-test.ts';
import { withIam } from '../support/iam-calls.ts';

const api = withApi();
const iam = withIam(api);
beforeAll(async () => {
  for (const UserName of ['ada', 'bob']) await iam().send(new CreateUserCommand({ UserName }));
});
const create = async (UserName?: string) => (await iam().send(new CreateAccessKeyCommand({ UserName }))).AccessKey!;
const list = async (UserName?: string) =>
  (await iam().send(new ListAccessKeysCommand({ UserName }))).AccessKeyMetadata!;

it('a key is made with a secret that only its answer shows, and that signs', async () => {
  const made = await create('ada');
  expect(made).toEqual({
    UserName: 'ada',
    AccessKeyId: expect.stringMatching(/^AKIA[A-Z2-7]{16}$/),
    SecretAccessKey: expect.stringMatching(/^[\w+/]{40}$/),
    Status: 'Active',
    CreateDate: expect.any(Date),
  });
  const { SecretAccessKey, ...shown } = made;
  expect(await list('ada')).toEqual([shown]);
  const kept = await api().store.findAccessKey(made.AccessKeyId!);
  expect(JSON.stringify(kept)).not.toContain(SecretAccessKey);
  expect(TEST_SECRETS.accessKeys.open(kept!)).toBe(SecretAccessKey);
});

it('a user has two keys at most, and keeps from being deleted while there is one', async () => {
  const made = [await create('bob'), await create('bob')];
  await expect(create('bob')).rejects.toMatchObject({
    name: 'LimitExceededException',
    message: 'Cannot exceed quota for AccessKeysPerUser: 2',
  });
  const first = await iam().send(new ListAccessKeysCommand({ UserName: 'bob', MaxItems: 1 }));
  const rest = await iam().send(new ListAccessKeysCommand({ UserName: 'bob', Marker: first.Marker }));
  const ids = [first, rest].flatMap((page) => page.AccessKeyMetadata!.map((key) => key.AccessKeyId));
  expect(ids.sort()).toEqual(made.map((key) => key.AccessKeyId).sort());
  await expect(iam().send(new DeleteUserCommand({ UserName: 'bob' }))).rejects.toMatchObject({
    message: 'Cannot delete entity, must delete access keys first.',
  });
  for (const { AccessKeyId } of made) await iam().send(new DeleteAccessKeyCommand({ UserName: 'bob', AccessKeyId }));
  await iam().send(new DeleteUserCommand({ UserName: 'bob' }));
});

it('a key is disabled and enabled, by its owner only', async () => {
  const { AccessKeyId } = await create();
  const update = (Status: 'Active' | 'Inactive', UserName?: string) =>
    iam().send(new UpdateAccessKeyCommand({ UserName, AccessKeyId, Status }));
  await update('Inactive');
  expect(await list()).toMatchObject([{ AccessKeyId, Status: 'Inactive' }]);
  expect((await list())[0]).not.toHaveProperty('UserName');
  await update('Active');
  expect(await list()).toMatchObject([{ AccessKeyId, Status: 'Active' }]);
  const missing = {
    name: 'NoSuchEntityException',
    message: `The Access Key with id ${AccessKeyId} cannot be found.`,
  };
  await expect(update('Inactive', 'ada')).rejects.toMatchObject(missing);
  await expect(iam().send(new DeleteAccessKeyCommand({ UserName: 'ada', AccessKeyId }))).rejects.toMatchObject(missing);
  await expect(iam().send(new UpdateAccessKeyCommand({ AccessKeyId, Status: 'Expired' }))).rejects.toMatchObject({
    name: 'ValidationError',
  });
});

it('tells when a key was used last', async () => {
  const { AccessKeyId } = await create();
  const lastUsed = () => iam().send(new GetAccessKeyLastUsedCommand({ AccessKeyId }));
  expect((await lastUsed()).AccessKeyLastUsed).toEqual({ ServiceName: 'N/A', Region: 'N/A' });
  await api().store.recordKeyUse(AccessKeyId!, { at: 1_700_000_000_500, service: 'ecs', region: 'eu-west-1' });
  expect((await lastUsed()).AccessKeyLastUsed).toEqual({
    LastUsedDate: new Date(1_700_000_000_000),
    ServiceName: 'ecs',
    Region: 'eu-west-1',
  });
});

it('nobody has keys who does not exist', async () => {
  for (const call of [() => create('none'), () => list('none')]) {
    await expect(call()).rejects.toMatchObject({ message: 'The user with name none cannot be found.' });
  }
});
