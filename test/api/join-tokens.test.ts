/** Join tokens and revocations: the commands and the routes behind them, to a host that joins and is cut off. */
import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { callDoor } from '../../agent/identity/door-client.ts';
import { run as runInstance } from '../../cli/commands/instance.ts';
import { run as runToken } from '../../cli/commands/token.ts';
import { openIdentity } from '../../cli/join-host.ts';
import { signedHeaders } from '../../cli/signed-headers.ts';
import { requestFor, newKeys } from '../../certificates/keys.ts';
import type { JoinToken } from '../../model/join-token.ts';
import { readSettings } from '../../tools/settings.ts';
import { startTestDoor, type TestDoor } from '../support/agent-door.ts';
import { ensureCluster, TEST_SECRETS, withApi } from './support/api-under-test.ts';

let door: TestDoor;
const api = withApi({
  auth: 'required',
  agentDoor: async (store) => {
    door = await startTestDoor(store);
    return { advertised: door.address, authority: door.authority };
  },
});
const withoutDoor = withApi();

interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

let root: Credentials;
let folder: string;

beforeAll(async () => {
  root = await keyOf(undefined);
  await ensureCluster(api().store, 'prod');
});
afterAll(() => door.close());
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'longshore-join-'));
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

async function keyOf(userName: string | undefined): Promise<Credentials> {
  const { key, secretAccessKey } = TEST_SECRETS.accessKeys.make(userName, Date.now());
  await api().store.createAccessKey(key);
  return { accessKeyId: key.accessKeyId, secretAccessKey };
}

/** A user who may do this on that resource, and nothing else. */
async function userWith(Action: string, Resource: string): Promise<Credentials> {
  const name = `user-${randomBytes(4).toString('hex')}`;
  const { store } = api();
  await store.createUser({ name, path: '/', id: `AIDA${randomBytes(8).toString('hex')}`, createdAt: 0, tags: [] });
  const document = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource }] });
  await store.putInlinePolicy({ kind: 'user', name }, { name: 'inline', document });
  return keyOf(name);
}

async function call(
  method: string,
  at: string,
  { body, as = root }: { readonly body?: unknown; readonly as?: Credentials } = {},
) {
  const url = `${api().url}/v1/clusters/${at}`;
  const text = body === undefined ? undefined : JSON.stringify(body);
  const signing = { method, region: 'us-east-1', credentials: as, headers: {} };
  const headers = await signedHeaders(url, text === undefined ? signing : { ...signing, body: text });
  const response = await fetch(url, { method, headers, ...(text === undefined ? {} : { body: text }) });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

/** What a command prints, as root. */
async function command(run: typeof runToken, ...args: readonly string[]): Promise<{ out: string; told: string }> {
  const { hostname, port } = new URL(api().url);
  vi.stubEnv('AWS_ACCESS_KEY_ID', root.accessKeyId);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', root.secretAccessKey);
  const [out, told]: [string[], string[]] = [[], []];
  const keep = (into: string[]) => (text: string | Uint8Array) => into.push(String(text)) > 0;
  const spies = [
    vi.spyOn(process.stdout, 'write').mockImplementation(keep(out)),
    vi.spyOn(process.stderr, 'write').mockImplementation(keep(told)),
  ];
  try {
    await run(readSettings({ LONGSHORE_HOST: hostname, LONGSHORE_PORT: port, LONGSHORE_AUTH: 'required' }), args);
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
  return { out: out.join(''), told: told.join('') };
}

const logger = pino({ level: 'silent' });
const host = (name = 'host') => ({ folder: path.join(folder, name), logger });
const urlIn = (line: string): string => /^longshore agent --join (https:\/\/\S+)\n$/.exec(line)?.[1] ?? '';
const clusterArn = (name: string): string => `arn:aws:ecs:us-east-1:123456789012:cluster/${name}`;

describe('longshore token and longshore instance', () => {
  it('let a host in by one line, and cut it off', async () => {
    const made = await command(runToken, 'create', '--cluster', 'prod', '--zone', 'us-east-1c', '--expires', '2m');
    expect(made.told).toMatch(/^Until \d{4}-\S+Z, one host can join\. On the other host/);
    const joined = (await openIdentity(host(), urlIn(made.out)))!;
    expect(joined).toMatchObject({ clusterName: 'prod', availabilityZone: 'us-east-1c', address: door.address });
    // A restart needs no token; with one it goes on as it was.
    expect((await openIdentity(host()))?.containerInstanceId).toBe(joined.containerInstanceId);
    expect((await openIdentity(host(), urlIn(made.out)))?.containerInstanceId).toBe(joined.containerInstanceId);
    await expect(openIdentity(host('second'), urlIn(made.out))).rejects.toMatchObject({
      name: 'SetupError',
      message: expect.stringMatching(/is used up \(1 of 1 uses\)\. Make a new one: longshore token create/) as string,
    });
    const listed = await command(runToken, 'list', '--cluster', 'prod');
    expect(listed.out).toMatch(
      /^[0-9a-f]{16} {2}USED_UP {2}0 of 1 uses left {2}until \S+Z {2}zone us-east-1c {2}by arn:aws:iam::123456789012:root\n$/,
    );
    const cut = await command(runInstance, 'revoke', joined.containerInstanceId, '--cluster', 'prod');
    expect(cut.out).toContain(`${joined.containerInstanceId} is cut off.`);
    const certificateRequest = await requestFor(await newKeys());
    await expect
      .poll(() =>
        callDoor('Renew', { certificateRequest }, { address: joined.address, ...joined.current() }).then(
          () => 'renewed',
          String,
        ),
      )
      .toMatch(/was revoked/);
  });

  it('revoke a token that is unused', async () => {
    const { out } = await command(runToken, 'create', '--uses', '3', '--json');
    const { joinToken, url } = JSON.parse(out) as { joinToken: JoinToken; url: string };
    const { out: said } = await command(runToken, 'revoke', joinToken.tokenId);
    expect(said).toContain(`No host can join with ${joinToken.tokenId} any more.`);
    await expect(openIdentity(host(), url)).rejects.toThrow(`The join token ${joinToken.tokenId} was revoked.`);
    const { out: listed } = await command(runToken, 'list', '--json');
    expect(JSON.parse(listed)).toEqual([
      expect.objectContaining({ tokenId: joinToken.tokenId, uses: 3, usesLeft: 3, status: 'REVOKED' }),
    ]);
  });

  it.each([
    [runToken, ['create', '--uses', 'many'], /--uses must be a whole number above 0\.\n\nUsage: longshore token/],
    [runToken, ['create', '--uses', '1001'], /uses: .*1000/],
    [runToken, ['create', '--expires', 'soon'], /--expires must be a duration/],
    [runToken, ['create', '--expires', '31d'], /durationSeconds: must be between 60 \(a minute\) and 2592000/],
    [runToken, ['create', '--cluster', 'none'], /Cluster not found/],
    [runToken, ['create', '--zone', 'a/b'], /availabilityZone: must be a zone/],
    [runToken, ['list', '--uses', '1'], /are for create/],
    [runToken, ['revoke'], /Which token, and what for\?/],
    [runToken, ['revoke', '0123456789abcdef'], /The join token was not found/],
    [runInstance, ['revoke'], /Which container instance\?/],
    [runInstance, ['revoke', 'a'.repeat(32)], /did not join cluster default by a token: it has no certificate/],
  ] as const)('explain a mistake (%#)', async (run, args, message) => {
    await expect(command(run, ...args)).rejects.toMatchObject({
      name: 'SetupError',
      message: expect.stringMatching(message) as string,
    });
  });

  it.each([
    ['nothing', /takes a URL such as/],
    ['http://127.0.0.1:1#abc', /takes a URL such as/],
    ['https://127.0.0.1:1', /missing or not whole/],
    ['https://127.0.0.1:1#AAAA', /missing or not whole/],
  ])('refuse to join by %s', async (url, message) => {
    await expect(openIdentity(host(), url)).rejects.toMatchObject({
      name: 'SetupError',
      message: expect.stringMatching(message) as string,
    });
  });
});

describe('the routes of join tokens and revocations', () => {
  it('show no secret but once', async () => {
    const made = await call('POST', 'prod/join-tokens');
    expect(made.status).toBe(201);
    const { joinToken, url } = made.body as { joinToken: JoinToken; url: string };
    expect(joinToken).toMatchObject({ clusterName: 'prod', uses: 1, usesLeft: 1, status: 'ACTIVE' });
    expect(joinToken.expiresAt - joinToken.createdAt).toBeGreaterThan(3_598);
    const listed = await call('GET', 'prod/join-tokens');
    expect(listed.body['joinTokens']).toContainEqual(joinToken);
    expect(JSON.stringify([listed, await call('DELETE', `prod/join-tokens/${joinToken.tokenId}`)])).not.toContain(
      url.split('#')[1],
    );
  });

  it('are allowed on a cluster or an instance, and refused on any other', async () => {
    const { body } = await call('POST', 'prod/join-tokens');
    const { tokenId } = body['joinToken'] as JoinToken;
    const instance = 'b'.repeat(32);
    const asked = [
      ['CreateJoinToken', 'POST', 'join-tokens', clusterArn('prod')],
      ['ListJoinTokens', 'GET', 'join-tokens', clusterArn('prod')],
      ['RevokeJoinToken', 'DELETE', `join-tokens/${tokenId}`, clusterArn('prod')],
      [
        'RevokeContainerInstance',
        ...['POST', `container-instances/${instance}/revocation`],
        clusterArn(`prod/${instance}`).replace(':cluster/', ':container-instance/'),
      ],
    ] as const;
    for (const [action, method, at, resource] of asked) {
      const as = await userWith(`longshore:${action}`, resource);
      const allowed = await call(method, `prod/${at}`, { as });
      expect([action, allowed.status]).not.toEqual([action, 403]);
      const refused = await call(method, `default/${at}`, { as });
      expect([refused.status, refused.body['message']]).toEqual([
        403,
        expect.stringContaining(`not authorized to perform: longshore:${action} on resource`),
      ]);
    }
  });

  it.each([[{ uses: 0 }], [{ uses: 1.5 }], [{ durationSeconds: 59 }], [{ zone: 'a' }], [[]], ['x']])(
    'refuse %j',
    async (body) => {
      expect(await call('POST', 'prod/join-tokens', { body })).toMatchObject({
        status: 400,
        body: { __type: 'InvalidParameterException' },
      });
    },
  );

  it('say so where there is no door', async () => {
    const response = await fetch(`${withoutDoor().url}/v1/clusters/default/join-tokens`, { method: 'POST' });
    expect([response.status, await response.text()]).toEqual([501, expect.stringContaining('LONGSHORE_AGENT_DOOR=on')]);
  });
});
