/** Signatures on every protocol: who is let in, and AWS's error for everyone else. */
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { ECSClient, ListClustersCommand } from '@aws-sdk/client-ecs';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { Sha256 } from '@smithy/core/checksum';
import { HttpRequest } from '@smithy/core/protocols';
import { SignatureV4 } from '@smithy/signature-v4';
import { beforeAll, describe, expect, it } from 'vitest';
import { rootOf } from '../../../api/auth/principal.ts';
import { TEST_PARTITION } from '../../support/store.ts';
import { TEST_SECRETS, withApi } from '../support/api-under-test.ts';

const secrets = TEST_SECRETS.accessKeys;
const root = secrets.make(undefined, 0);
const disabled = secrets.make(undefined, 0);
const { accessKeyId } = root.key;

const api = withApi({ auth: 'required' });
beforeAll(async () => {
  for (const { key } of [root, disabled]) await api().store.createAccessKey(key);
  await api().store.setAccessKeyStatus(disabled.key, 'Inactive');
});

interface Call {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly query?: Record<string, string>;
  readonly headers: Record<string, string>;
  readonly body?: string | Uint8Array;
  readonly service: string;
}

/** One harmless call over each protocol. */
const CALLS = {
  'AWS JSON': {
    method: 'POST',
    path: '/',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'AmazonEC2ContainerServiceV20141113.ListClusters',
    },
    body: '{}',
    service: 'ecs',
  },
  Query: {
    method: 'POST',
    path: '/',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: 'Action=GetCallerIdentity&Version=2011-06-15',
    service: 'sts',
  },
  REST: { method: 'GET', path: '/v1/clusters', query: { maxResults: '5' }, headers: {}, service: 'ecs' },
} satisfies Record<string, Call>;

interface Signing {
  readonly key?: { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string };
  readonly at?: number;
  readonly region?: string;
}

/** A request's parts, of which a test changes one. */
interface Sendable {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

const ROOT = { accessKeyId, secretAccessKey: root.secretAccessKey };

function toSign({ method, path, query = {}, headers, body }: Call): HttpRequest {
  const { host, hostname, port } = new URL(api().url);
  return new HttpRequest({
    ...{ method, protocol: 'http:', hostname, port: Number(port), path, query },
    ...{ headers: { host, ...headers }, body },
  });
}

const signer = (call: Call, { key = ROOT, region = 'us-east-1' }: Signing): SignatureV4 =>
  new SignatureV4({ credentials: key, region, service: call.service, sha256: Sha256, applyChecksum: false });

const request = (call: Call): Sendable => ({ query: {}, ...call });

async function signed(call: Call, signing: Signing = {}): Promise<Sendable> {
  const signingDate = new Date(signing.at ?? Date.now());
  const { headers } = await signer(call, signing).sign(toSign(call), { signingDate });
  return { ...request(call), headers };
}

async function send({ method, path, query, headers, body }: Sendable) {
  const text = new URLSearchParams(query).toString();
  const { host: _host, ...others } = headers;
  const response = await fetch(`${api().url}${path}${text === '' ? '' : `?${text}`}`, {
    method,
    headers: others,
    ...(method === 'GET' ? {} : { body: body as string }),
  });
  return { status: response.status, text: await response.text() };
}

const codeIn = (text: string): string | undefined =>
  /<Code>(\w+)<\/Code>/.exec(text)?.[1] ?? (JSON.parse(text) as { __type?: string }).__type;

describe.each(Object.entries(CALLS) as [keyof typeof CALLS, Call][])('%s', (protocol, call) => {
  const isQuery = protocol === 'Query';
  const refused = async (sent: Promise<{ status: number; text: string }>, code: string): Promise<string> => {
    const { status, text } = await sent;
    expect([status, codeIn(text)]).toEqual([403, code]);
    return text;
  };
  const mismatch = isQuery ? 'SignatureDoesNotMatch' : 'InvalidSignatureException';
  const unknown = isQuery ? 'InvalidClientTokenId' : 'UnrecognizedClientException';
  const incomplete = isQuery ? 'IncompleteSignature' : 'IncompleteSignatureException';
  const anonymous = isQuery ? 'MissingAuthenticationToken' : 'MissingAuthenticationTokenException';

  it('answers who signs with an active key', async () => {
    expect(await send(await signed(call))).toMatchObject({ status: 200 });
  });

  it('refuses who does not sign', async () => {
    await refused(send(request(call)), anonymous);
    await refused(send(request({ ...call, headers: { ...call.headers, authorization: 'Bearer x' } })), anonymous);
  });

  it.each([
    ['an unknown key', { accessKeyId: 'AKIAAAAAAAAAAAAAAAAA', secretAccessKey: 'x' }],
    ['a disabled key', { accessKeyId: disabled.key.accessKeyId, secretAccessKey: disabled.secretAccessKey }],
    ['a session token that is none', { ...ROOT, sessionToken: 'token' }],
  ])('refuses %s', async (_what, key) => {
    const text = await refused(send(await signed(call, { key })), unknown);
    expect(text).toContain('The security token included in the request is invalid.');
  });

  it('refuses a wrong secret, without showing what it expected', async () => {
    const text = await refused(send(await signed(call, { key: { ...ROOT, secretAccessKey: 'wrong' } })), mismatch);
    expect(text).toContain('The request signature we calculated does not match');
    expect(text).not.toMatch(/[0-9a-f]{64}/);
  });

  it.each([
    ['a clock ten minutes slow', -600_000, /Signature expired: \d{8}T\d{6}Z is now earlier than/],
    ['a clock ten minutes fast', 600_000, /Signature not yet current/],
  ])('refuses %s', async (_what, skew, message) => {
    expect(await refused(send(await signed(call, { at: Date.now() + skew })), mismatch)).toMatch(message);
  });

  it('refuses another region, and headers that only JavaScript has', async () => {
    await refused(send(await signed(call, { region: 'eu-west-1' })), mismatch);
    const original = await signed(call);
    const authorization = original.headers['authorization']!.replace('SignedHeaders=', 'SignedHeaders=constructor;');
    await refused(send({ ...original, headers: { ...original.headers, authorization } }), mismatch);
  });

  it('accepts a clock four minutes off', async () => {
    for (const skew of [-240_000, 240_000]) {
      expect(await send(await signed(call, { at: Date.now() + skew }))).toMatchObject({ status: 200 });
    }
  });

  it('refuses a changed method, path, query, header or body', async () => {
    const original = await signed(call);
    const changed = [
      { ...original, query: { ...original.query, maxResults: '6' } },
      {
        ...original,
        headers: { ...original.headers, 'x-amz-date': original.headers['x-amz-date']!.replace(/\dZ$/, 'xZ') },
      },
      {
        ...original,
        headers: { ...original.headers, 'x-amz-target': 'AmazonEC2ContainerServiceV20141113.DeleteCluster' },
      },
      ...(call.method === 'POST' ? [{ ...original, body: `${call.body as string} ` }] : []),
    ];
    for (const each of changed) {
      const { status, text } = await send(each);
      expect([status, [mismatch, incomplete].includes(codeIn(text) ?? '')], text).toEqual([403, true]);
    }
  });

  it.each([
    ['no signature', (text: string) => text.replace(/, Signature=.*/, '')],
    ['no signed headers', (text: string) => text.replace(/ SignedHeaders=[^,]*,/, '')],
    ['no credential', (text: string) => text.replace(/ Credential=[^,]*,/, '')],
    ['a short signature', (text: string) => text.slice(0, -1)],
  ])('refuses an Authorization header with %s', async (_what, change) => {
    const original = await signed(call);
    const headers = { ...original.headers, authorization: change(original.headers['authorization']!) };
    await refused(send({ ...original, headers }), incomplete);
  });

  it('refuses a signature that does not cover the Host', async () => {
    const original = await signed(call);
    const headers = { ...original.headers, authorization: original.headers['authorization']!.replace('host;', '') };
    await refused(send({ ...original, headers }), mismatch);
  });

  it('refuses a hash of the body that the body does not have', async () => {
    const hash = createHash('sha256').update('another body').digest('hex');
    await refused(
      send(await signed({ ...call, headers: { ...call.headers, 'x-amz-content-sha256': hash } })),
      mismatch,
    );
    await refused(
      send(await signed({ ...call, headers: { ...call.headers, 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' } })),
      mismatch,
    );
  });
});

describe('a presigned URL', () => {
  const call: Call = {
    method: 'GET',
    path: '/',
    query: { Action: 'GetCallerIdentity', Version: '2011-06-15' },
    headers: {},
    service: 'sts',
  };
  async function presigned({ expiresIn = 60, at = Date.now(), ...signing }: Signing & { expiresIn?: number } = {}) {
    const { query } = await signer(call, signing).presign(toSign(call), { expiresIn, signingDate: new Date(at) });
    return { ...request(call), query: query as Record<string, string> };
  }

  it('is answered', async () => {
    expect(await send(await presigned())).toMatchObject({ status: 200 });
  });

  it.each([
    ['of a wrong secret', () => presigned({ key: { ...ROOT, secretAccessKey: 'wrong' } }), 'SignatureDoesNotMatch'],
    ['that has expired', () => presigned({ at: Date.now() - 61_000 }), 'SignatureDoesNotMatch'],
    ['of an unknown key', () => presigned({ key: { ...ROOT, accessKeyId: 'AKIANONE' } }), 'InvalidClientTokenId'],
  ])('%s is refused', async (_what, make, code) => {
    const { status, text } = await send(await make());
    expect([status, codeIn(text)]).toEqual([403, code]);
  });

  it('is refused when it was changed', async () => {
    const original = await presigned();
    const query = { ...original.query, 'X-Amz-Expires': '600' };
    expect(codeIn((await send({ ...original, query })).text)).toBe('SignatureDoesNotMatch');
  });
});

describe('unmodified clients', () => {
  const client = { region: 'us-east-1', maxAttempts: 1 };

  it('are let in with the right secret only', async () => {
    const ecs = (secretAccessKey: string) =>
      new ECSClient({ ...client, endpoint: api().url, credentials: { accessKeyId, secretAccessKey } });
    expect((await ecs(root.secretAccessKey).send(new ListClustersCommand({}))).clusterArns).toHaveLength(1);
    await expect(ecs('wrong').send(new ListClustersCommand({}))).rejects.toMatchObject({
      name: 'InvalidSignatureException',
    });
  });

  it('learn who they are', async () => {
    const sts = new STSClient({ ...client, endpoint: api().url, credentials: ROOT });
    expect(await sts.send(new GetCallerIdentityCommand({}))).toMatchObject({ Arn: rootOf(TEST_PARTITION).arn });
  });
});

it('signs what was sent: a compressed body', async () => {
  const call = CALLS['AWS JSON'];
  const body = gzipSync('{}');
  const compressed = await signed({ ...call, headers: { ...call.headers, 'content-encoding': 'gzip' }, body });
  expect(await send(compressed)).toMatchObject({ status: 200 });
});

it('does not let a signature for one service reach another', async () => {
  const { query, ...call } = await signed(CALLS.REST);
  const other = { ...query, 'X-Amz-Credential': `${accessKeyId}/20261130/us-east-1/iam/aws4_request` };
  expect((await send({ ...call, query: other })).status).toBe(404);
  const json = await signed(CALLS['AWS JSON']);
  expect((await send({ ...json, query: other })).status).not.toBe(200);
});

it('answers a presigned URL of a REST route', async () => {
  const url = await signer(CALLS.REST, {}).presign(toSign(CALLS.REST), { expiresIn: 60 });
  const { status } = await send({ ...request(CALLS.REST), query: url.query as Record<string, string> });
  expect(status).toBe(200);
});

it('ends a stream whose reader may not read any more', async () => {
  const made = secrets.make(undefined, 0);
  await api().store.createAccessKey(made.key);
  const key = { accessKeyId: made.key.accessKeyId, secretAccessKey: made.secretAccessKey };
  const { headers } = await signed({ method: 'GET', path: '/v1/events/stream', headers: {}, service: 'ecs' }, { key });
  const { host: _host, ...sent } = headers;
  const response = await fetch(`${api().url}/v1/events/stream`, { headers: sent });
  expect(response.status).toBe(200);
  const ended = (async () => {
    for await (const _chunk of response.body!);
    return true;
  })();
  await api().store.deleteAccessKey(made.key);
  expect(await ended).toBe(true);
}, 60_000);

it('leaves nothing to anonymous callers but whether the process lives', async () => {
  for (const path of [
    '/readyz',
    '/openapi.json',
    '/v1/events',
    '/v1/events/stream',
    '/v1/webhooks',
    '/v1/nothing',
    '/',
  ]) {
    expect((await fetch(api().url + path)).status, path).toBe(403);
  }
  expect((await fetch(`${api().url}/healthz`)).status).toBe(200);
});

it('records when a key was used, and what for', async () => {
  await send(await signed(CALLS.REST));
  await expect
    .poll(async () => (await api().store.findAccessKey(accessKeyId))?.lastUsed, { timeout: 5_000 })
    .toMatchObject({ region: 'us-east-1' });
});

it('stops taking a key soon after it was deleted', async () => {
  // Root may have two keys.
  await api().store.deleteAccessKey(disabled.key);
  const made = secrets.make(undefined, 0);
  await api().store.createAccessKey(made.key);
  const key = { accessKeyId: made.key.accessKeyId, secretAccessKey: made.secretAccessKey };
  const call = async () => (await send(await signed(CALLS.REST, { key }))).status;
  expect(await call()).toBe(200);
  await api().store.deleteAccessKey(made.key);
  await expect.poll(call, { timeout: 10_000 }).toBe(403);
});
