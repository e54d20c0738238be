/** Ids that no key has: what they cost the store. Time does not pass by itself. */
import type { Request } from 'express';
import { expect, it } from 'vitest';
import { AccessKeySecrets } from '../../../../api/auth/access-keys.ts';
import { Authenticator } from '../../../../api/auth/authenticator.ts';
import { rootCaller } from '../../../../api/auth/caller.ts';
import { IamVersion } from '../../../../api/auth/iam-version.ts';
import { SessionTokens } from '../../../../api/auth/session-tokens.ts';
import { signedHeaders } from '../../../../cli/signed-headers.ts';
import type { AccessKey } from '../../../../model/access-key.ts';
import { TEST_PARTITION } from '../../../support/partition.ts';

const MASTER_KEY = Buffer.alloc(32, 1);
const secrets = new AccessKeySecrets(MASTER_KEY);
const URL = 'http://127.0.0.1:7878/v1/clusters';

/** A store of keys that counts what it is asked. */
function counting() {
  const keys = new Map<string, AccessKey>();
  const asked = { finds: 0, lists: 0, versions: 0 };
  const add = () => {
    const made = secrets.make(undefined, 0);
    keys.set(made.key.accessKeyId, made.key);
    return { accessKeyId: made.key.accessKeyId, secretAccessKey: made.secretAccessKey };
  };
  const store = {
    findAccessKey: (id: string) => {
      asked.finds += 1;
      return Promise.resolve(keys.get(id));
    },
    listAccessKeyIds: () => {
      asked.lists += 1;
      return Promise.resolve([...keys.keys()]);
    },
    recordKeyUse: () => Promise.resolve(),
    iamVersion: () => {
      asked.versions += 1;
      return Promise.resolve(keys.size);
    },
  };
  return { store, asked, add };
}

it('a flood of them costs a bounded number of queries, and a new key is known within a second', async () => {
  const { store, asked, add } = counting();
  let now = Date.now();
  const authenticator = new Authenticator({
    ...{ store, secrets, tokens: new SessionTokens(MASTER_KEY), region: 'us-east-1', now: () => now },
    version: new IamVersion(store, () => now),
    callerOf: () => Promise.resolve(rootCaller(TEST_PARTITION)),
  });
  const call = async (credentials: { accessKeyId: string; secretAccessKey: string }) => {
    const headers: Record<string, string> = await signedHeaders(URL, {
      ...{ headers: {}, credentials, region: 'us-east-1', method: 'GET' },
    });
    const all = { ...headers, host: '127.0.0.1:7878' };
    const request = { get: (name: string) => (all as Record<string, string>)[name.toLowerCase()], query: {} };
    const raw = { method: 'GET', url: '/v1/clusters', headers: all, body: Buffer.alloc(0) };
    return authenticator.authenticate(request as unknown as Request, raw).then(
      () => 'let in',
      (error: unknown) => (error as { code: string }).code,
    );
  };
  const flood = async (from: number) => {
    for (let i = from; i < from + 200; i++) {
      const accessKeyId = `AKIA${String(i).padStart(16, 'A')}`;
      expect(await call({ accessKeyId, secretAccessKey: 'x' })).toBe('UnrecognizedClientException');
    }
  };
  expect(await call(add())).toBe('let in');
  await flood(0);
  expect(asked).toEqual({ finds: 50, lists: 1, versions: 1 });
  const key = add();
  now += 1_000;
  await flood(1_000);
  expect(await call(key)).toBe('let in');
  expect(asked).toEqual({ finds: 71, lists: 2, versions: 2 });
  // The same id again and again costs one query at the most.
  for (let i = 0; i < 10; i++)
    expect(await call({ accessKeyId: 'AKIAAAAAAAAAAAAAAA99', secretAccessKey: 'x' })).not.toBe('let in');
  expect(asked.finds).toBe(71);
});
