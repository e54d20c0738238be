/** Access keys in the store. */
import { beforeAll, expect, it } from 'vitest';
import { withStore } from '../../support/store.ts';
import { aUser } from './iam/records.ts';

const store = withStore();
beforeAll(async () => {
  for (const name of ['ada', 'bob']) await store().createUser(aUser(name));
});
const key = (accessKeyId: string, userName?: string) => ({
  accessKeyId,
  ...(userName === undefined ? {} : { userName }),
  sealedSecret: 'k.s',
  status: 'Active' as const,
  createdAt: 1_000,
});

it('keeps keys of users and of root apart', async () => {
  await store().createAccessKey(key('AKIAROOT'));
  await store().createAccessKey(key('AKIAADA1', 'ada'));
  await store().createAccessKey({ ...key('AKIAADA2', 'ada'), createdAt: 2_000 });
  expect((await store().listAccessKeys(undefined)).map((each) => each.accessKeyId)).toEqual(['AKIAROOT']);
  expect((await store().listAccessKeys('ada')).map((each) => each.accessKeyId)).toEqual(['AKIAADA1', 'AKIAADA2']);
  expect(await store().findAccessKey('AKIAROOT')).toEqual(key('AKIAROOT'));
  expect(await store().findAccessKey('AKIANONE')).toBeUndefined();
});

it('changes and deletes a key for its owner only', async () => {
  await store().createAccessKey(key('AKIABOB1', 'bob'));
  expect(await store().setAccessKeyStatus({ accessKeyId: 'AKIABOB1' }, 'Inactive')).toBe(false);
  expect(await store().setAccessKeyStatus({ accessKeyId: 'AKIABOB1', userName: 'bob' }, 'Inactive')).toBe(true);
  expect(await store().findAccessKey('AKIABOB1')).toMatchObject({ status: 'Inactive' });
  expect(await store().deleteAccessKey({ accessKeyId: 'AKIABOB1', userName: 'ada' })).toBe(false);
  expect(await store().deleteAccessKey({ accessKeyId: 'AKIABOB1', userName: 'bob' })).toBe(true);
  expect(await store().findAccessKey('AKIABOB1')).toBeUndefined();
});

it('keeps the latest use, in whatever order uses arrive', async () => {
  await store().createAccessKey(key('AKIAUSED'));
  await store().recordKeyUse('AKIAUSED', { at: 9_000, service: 'ecs', region: 'us-east-1' });
  await store().recordKeyUse('AKIAUSED', { at: 8_000, service: 'sts', region: 'us-east-1' });
  expect(await store().findAccessKey('AKIAUSED')).toMatchObject({
    lastUsed: { at: 9_000, service: 'ecs', region: 'us-east-1' },
  });
});

it('gives a user two keys, and nobody else any', async () => {
  await store().createUser(aUser('cy'));
  await store().createAccessKey(key('AKIACY1', 'cy'));
  await store().createAccessKey(key('AKIACY2', 'cy'));
  await expect(store().createAccessKey(key('AKIACY3', 'cy'))).rejects.toMatchObject({
    code: 'LimitExceeded',
    message: 'Cannot exceed quota for AccessKeysPerUser: 2',
  });
  await expect(store().createAccessKey(key('AKIANOBODY', 'nobody'))).rejects.toMatchObject({
    code: 'NoSuchEntity',
    message: 'The user with name nobody cannot be found.',
  });
});

it('keeps the keys of a user who is renamed', async () => {
  await store().createUser(aUser('di'));
  await store().createAccessKey(key('AKIADI1', 'di'));
  await store().updateUser('di', { name: 'diana' });
  expect(await store().findAccessKey('AKIADI1')).toMatchObject({ userName: 'diana' });
  await expect(store().deleteUser('diana')).rejects.toMatchObject({
    code: 'DeleteConflict',
    message: 'Cannot delete entity, must delete access keys first.',
  });
});
