/** Connections of a join token end: with the token, and when nobody calls over them. An agent's stay. */
import { randomBytes } from 'node:crypto';
import { type ClientHttp2Session, connect } from 'node:http2';
import { once } from 'node:events';
import { afterEach, expect, it } from 'vitest';
import { DoorClient, type DoorTls } from '../../../agent/identity/door-client.ts';
import type { SessionPace } from '../../../api/agent-door/sessions.ts';
import { keyAsPem, newKeys, requestFor } from '../../../certificates/keys.ts';
import { AGENT_DOOR_NAME, type IssuedCertificate, JOIN, RENEW } from '../../../model/agent-door.ts';
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

/** The certificate of a new token that is good for so long. */
async function tokenFor({ authority }: TestDoor, ms: number): Promise<DoorTls> {
  const tokenId = randomBytes(8).toString('hex');
  const period = { now: Date.now(), expiresAt: Date.now() + ms };
  const token = { tokenId, clusterName: 'default', uses: 1, usesLeft: 1, createdBy: 'a test' };
  await store().createJoinToken({ ...token, createdAt: period.now, expiresAt: period.expiresAt });
  return { ...(await authority.issueJoin(tokenId, period)), authority: authority.certificate };
}

function connection({ address }: TestDoor, { cert, key, authority }: DoorTls): ClientHttp2Session {
  const session = connect(`https://${address}`, { cert, key, ca: authority, servername: AGENT_DOOR_NAME });
  undo.push(() => session.destroy());
  return session;
}

const ended = (session: ClientHttp2Session): Promise<unknown> => once(session, 'close');

it('a token’s connection ends when the token does', async () => {
  const door = await open({ endEveryMs: 20, joinIdleMs: 3_600_000 });
  const session = connection(door, await tokenFor(door, 1_000));
  await once(session, 'connect');
  await ended(session);
});

it('a token’s connection ends when nobody calls over it, and an agent’s goes on', async () => {
  await store().createCluster(aCluster('default'));
  const door = await open({ endEveryMs: 20, joinIdleMs: 200 });
  const token = await tokenFor(door, 3_600_000);
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
