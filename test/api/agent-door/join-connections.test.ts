/** Connections of a join token end: with the token, and when nobody calls over them. An agent's stay. */
import { randomBytes } from 'node:crypto';
import { type ClientHttp2Session, type ClientHttp2Stream, connect, type IncomingHttpHeaders } from 'node:http2';
import { once } from 'node:events';
import { status } from '@grpc/grpc-js';
import { afterEach, expect, it } from 'vitest';
import { DoorClient, type DoorTls } from '../../../agent/identity/door-client.ts';
import type { SessionPace } from '../../../api/agent-door/sessions.ts';
import { keyAsPem, newKeys, requestFor } from '../../../certificates/keys.ts';
import { AGENT_DOOR_NAME, agentDoorPath, type IssuedCertificate, JOIN, RENEW } from '../../../model/agent-door.ts';
import { aCluster } from '../../../fixtures/records.ts';
import { startTestDoor, type TestDoor } from '../../support/agent-door.ts';
import { withStore } from '../../support/store.ts';

const store = withStore();
const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

async function open(pace: SessionPace): Promise<TestDoor> {
  const door = await startTestDoor(store(), { pace });
  undo.push(() => door.close());
  return door;
}

const HOUR_MS = 3_600_000;

/** The certificate of a new token that is good for so long. The certificate lives for an hour, as its end has whole seconds. */
async function tokenFor({ authority }: TestDoor, ms: number): Promise<DoorTls> {
  const tokenId = randomBytes(8).toString('hex');
  const issued = await authority.issueJoin(tokenId, { now: Date.now(), expiresAt: Date.now() + HOUR_MS });
  const token = { tokenId, clusterName: 'default', uses: 1, usesLeft: 1, createdBy: 'a test' };
  const createdAt = Date.now();
  await store().createJoinToken({ ...token, createdAt, expiresAt: createdAt + ms });
  return { ...issued, authority: authority.certificate };
}

function connection({ address }: TestDoor, { cert, key, authority }: DoorTls): ClientHttp2Session {
  const session = connect(`https://${address}`, { cert, key, ca: authority, servername: AGENT_DOOR_NAME });
  undo.push(() => session.destroy());
  return session;
}

/** A call to join whose message is still to be sent. */
const beginCall = (session: ClientHttp2Session): ClientHttp2Stream =>
  session.request({ ':method': 'POST', ':path': agentDoorPath(JOIN), 'content-type': 'application/grpc' });

/** A message of one byte, which is no JSON. */
const BROKEN = Buffer.from([0, 0, 0, 0, 1, 0x7b]);

/** The status of a call with a broken message, which is looked at only if the connection is taken. */
async function answerTo(call: ClientHttp2Stream): Promise<string | undefined> {
  call.resume().end(BROKEN);
  const [headers] = (await once(call, 'response')) as [IncomingHttpHeaders];
  return headers['grpc-status'] as string | undefined;
}
const IS_BROKEN = String(status.INVALID_ARGUMENT);

const ended = (session: ClientHttp2Session): Promise<unknown> => once(session, 'close');

it('a token’s connection ends when the token does', async () => {
  const door = await open({ endEveryMs: 20, joinIdleMs: HOUR_MS });
  const session = connection(door, await tokenFor(door, 2_000));
  expect(await answerTo(beginCall(session))).toBe(IS_BROKEN);
  await ended(session);
});

it('a token’s connection with a call under way does not end for want of calls, and ends so long after it', async () => {
  const door = await open({ endEveryMs: 20, joinIdleMs: 500 });
  const token = await tokenFor(door, HOUR_MS);
  const session = connection(door, token);
  const call = beginCall(session);
  await once(session, 'connect');
  const idle = connection(door, token);
  await once(idle, 'connect');
  // This one was in use last, and is over.
  await ended(idle);
  expect([session.closed, session.destroyed]).toEqual([false, false]);
  expect(await answerTo(call)).toBe(IS_BROKEN);
  await ended(session);
});

it('a token’s connection ends when nobody calls over it, and an agent’s goes on', async () => {
  await store().createCluster(aCluster('default'));
  const door = await open({ endEveryMs: 20, joinIdleMs: 200 });
  const token = await tokenFor(door, HOUR_MS);
  const joining = new DoorClient({ address: door.address, ...token });
  undo.push(() => joining.close());
  const keys = await newKeys();
  const { certificate } = (await joining.call(JOIN, {
    certificateRequest: await requestFor(keys),
  })) as IssuedCertificate;
  const tls = { cert: certificate, key: await keyAsPem(keys.privateKey), authority: token.authority };
  const agents = connection(door, tls);
  await once(agents, 'connect');
  const tokens = connection(door, token);
  await once(tokens, 'connect');
  await ended(tokens);
  expect([agents.closed, agents.destroyed]).toEqual([false, false]);
  const again = new DoorClient({ address: door.address, ...tls });
  undo.push(() => again.close());
  await expect(again.call(RENEW, { certificateRequest: await requestFor(await newKeys()) })).resolves.toMatchObject({
    clusterName: 'default',
  });
});
