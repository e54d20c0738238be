/** Agents join by tokens and renew their certificates, over real mTLS. */
import { createPrivateKey, randomBytes, X509Certificate } from 'node:crypto';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { connect } from 'node:tls';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AgentCredentials } from '../../../agent/identity/credentials.ts';
import { callDoor, DoorAway, type DoorTls } from '../../../agent/identity/door-client.ts';
import { findAuthority } from '../../../agent/identity/find-authority.ts';
import { joinDoor } from '../../../agent/identity/join.ts';
import { readJoinUrl } from '../../../agent/identity/join-url.ts';
import { agentAuthority } from '../../../api/agent-door/authority.ts';
import { AgentIdentities } from '../../../api/agent-door/identity.ts';
import { joinSecret } from '../../../api/agent-door/join-secret.ts';
import { issuePair, ExtendedKeyUsage, makeAuthority, periodOf } from '../../../certificates/issue.ts';
import { newKeys, requestFor } from '../../../certificates/keys.ts';
import { pack, unpack } from '../../../certificates/packed.ts';
import { startTestDoor, TEST_MASTER_KEY, type TestDoor } from '../../support/agent-door.ts';
import { mountSmallDisk, type SmallDisk } from '../../support/small-disk.ts';
import { withStore } from '../../support/store.ts';

const store = withStore();
let door: TestDoor;
let folder: string;
const opened: AgentCredentials[] = [];

beforeAll(async () => {
  door = await startTestDoor(store());
});
afterAll(() => door.close());
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'longshore-join-'));
});
afterEach(() => {
  for (const each of opened.splice(0)) each.stop();
  fs.rmSync(folder, { recursive: true });
});

interface Wanted {
  readonly uses?: number;
  readonly availabilityZone?: string;
  readonly expiresInMs?: number;
}

/** A token of the door, as `longshore token create` prints it. */
async function token({ uses = 1, availabilityZone, expiresInMs = 60_000 }: Wanted = {}, at = door) {
  const now = Date.now();
  const tokenId = randomBytes(8).toString('hex');
  await store().createJoinToken({
    ...{ tokenId, clusterName: 'default', uses, usesLeft: uses, createdAt: now, expiresAt: now + expiresInMs },
    ...(availabilityZone === undefined ? {} : { availabilityZone }),
    createdBy: 'arn:aws:iam::123456789012:root',
  });
  const secret = await joinSecret(at.authority, tokenId, { now, expiresAt: now + expiresInMs });
  return { tokenId, url: `https://${at.address}#${secret}`, secret };
}

const loaded = (dataDir = folder): AgentCredentials => {
  const found = AgentCredentials.load(dataDir)!;
  opened.push(found);
  return found;
};
const files = (dataDir = folder): string[] => fs.readdirSync(dataDir).toSorted();
const identify = (tls: Pick<DoorTls, 'cert'>, identities = door.identities) =>
  identities.identify(new X509Certificate(tls.cert));
const request = async () => ({ certificateRequest: await requestFor(await newKeys()) });

describe('an agent that joins', () => {
  it('gets a certificate for a key of its own, which names its instance, cluster and zone', async () => {
    const { url } = await token({ availabilityZone: 'us-east-1b' });
    const credentials = await joinDoor(url, folder, callDoor);
    expect(credentials).toMatchObject({
      address: door.address,
      clusterName: 'default',
      availabilityZone: 'us-east-1b',
    });
    const { cert, key, authority } = credentials.current();
    const certificate = new X509Certificate(cert);
    expect(certificate.subject).toBe(`OU=agent\nCN=${credentials.containerInstanceId}`);
    expect(certificate.checkPrivateKey(createPrivateKey(key))).toBe(true);
    expect(authority).toBe(door.authority.certificate);
    await expect(identify({ cert })).resolves.toEqual({
      kind: 'agent',
      clusterName: 'default',
      containerInstanceId: credentials.containerInstanceId,
      availabilityZone: 'us-east-1b',
      serial: certificate.serialNumber,
      expiresAt: Math.floor(credentials.expiresAt / 1000) * 1000,
    });
  });

  it('keeps one file, which only its user can read, and needs no token after that', async () => {
    const { url } = await token();
    const credentials = await joinDoor(url, folder, callDoor);
    expect(files()).toEqual(['identity.json']);
    expect(fs.statSync(path.join(folder, 'identity.json')).mode & 0o777).toBe(0o600);
    const again = loaded();
    expect([again.containerInstanceId, again.current()]).toEqual([
      credentials.containerInstanceId,
      credentials.current(),
    ]);
    await callDoor('Renew', await request(), { address: again.address, ...again.current() });
  });

  it('goes on with the identity that it has, at the address of the new token', async () => {
    const { url } = await token({ uses: 2 });
    const first = await joinDoor(url, folder, callDoor);
    const other = await token();
    const moved = other.url.replace('127.0.0.1', 'localhost');
    const second = await joinDoor(moved, folder, () => Promise.reject(new Error('No call is needed.')));
    expect(second.containerInstanceId).toBe(first.containerInstanceId);
    expect(second.address).toBe(door.address.replace('127.0.0.1', 'localhost'));
    expect(second.current()).toEqual(first.current());
    expect(await store().findJoinToken(other.tokenId)).toMatchObject({ usesLeft: 1 });
  });

  it('is the same instance, without a second use, if it died before it had the answer', async () => {
    const { url, tokenId } = await token();
    let lost: unknown;
    const dying: typeof callDoor = async (...call) => {
      lost = await callDoor(...call);
      throw new DoorAway('The agent died.');
    };
    await expect(joinDoor(url, folder, dying)).rejects.toThrow('The agent died.');
    expect(files()).toEqual(['identity.json.new', 'joining.key']);
    const credentials = await joinDoor(url, folder, callDoor);
    expect(lost).toMatchObject({ containerInstanceId: credentials.containerInstanceId });
    expect(files()).toEqual(['identity.json']);
    expect(await store().findJoinToken(tokenId)).toMatchObject({ uses: 1, usesLeft: 0 });
  });

  it('joins after a crash that left half a key', async () => {
    fs.writeFileSync(path.join(folder, 'joining.key'), '-----BEGIN PRIVATE KEY-----\nMIGH');
    const { url } = await token();
    await expect(joinDoor(url, folder, callDoor)).resolves.toHaveProperty('clusterName', 'default');
  });

  it('is refused by a Longshore that it has an identity of another', async () => {
    await joinDoor((await token()).url, folder, callDoor);
    const { secret } = await token();
    const foreign = pack({ ...unpack(secret)!, pin: 'ab'.repeat(32) });
    await expect(joinDoor(`https://${door.address}#${foreign}`, folder, callDoor)).rejects.toThrow(
      /of another Longshore.*remove .*identity\.json/,
    );
  });

  it('joins anew when its certificate has expired', async () => {
    const { url } = await token({ uses: 2 });
    const first = await joinDoor(url, folder, callDoor);
    const file = path.join(folder, 'identity.json');
    fs.writeFileSync(file, JSON.stringify({ ...JSON.parse(fs.readFileSync(file, 'utf8')), expiresAt: Date.now() - 1 }));
    const second = await joinDoor(url, folder, callDoor);
    expect(second.containerInstanceId).not.toBe(first.containerInstanceId);
  });
});

describe('a join token', () => {
  it('lets in as many agents as it has uses, each as an instance of its own', async () => {
    const { url } = await token({ uses: 2 });
    const folders = ['a', 'b', 'c'].map((name) => path.join(folder, name));
    const joined = await Promise.allSettled(folders.map((each) => joinDoor(url, each, callDoor)));
    const ids = joined.flatMap((each) => (each.status === 'fulfilled' ? [each.value.containerInstanceId] : []));
    expect(new Set(ids).size).toBe(2);
    const refusals = joined.flatMap((each) => (each.status === 'rejected' ? [String(each.reason)] : []));
    expect(refusals).toEqual([
      expect.stringMatching(/is used up \(2 of 2 uses\)\. Make a new one: longshore token create/),
    ]);
  });

  it('that was revoked is refused by name', async () => {
    const { url, tokenId } = await token();
    await store().revokeJoinToken({ clusterName: 'default', tokenId }, Date.now());
    await expect(joinDoor(url, folder, callDoor)).rejects.toThrow(`The join token ${tokenId} was revoked.`);
  });

  it('that has expired is refused by the agent, and by the door whatever the agent’s clock says', async () => {
    const { url, secret } = await token({ expiresInMs: -1_000 });
    await expect(joinDoor(url, folder, callDoor)).rejects.toThrow(
      /The join token expired at .* longshore token create/,
    );
    const call = callDoor('Join', await request(), {
      ...unpack(secret)!,
      address: door.address,
      authority: door.authority.certificate,
    });
    await expect(call).rejects.toThrow(DoorAway);
    await expect(findAuthority({ ...readJoinUrl(url), expiresAt: Infinity })).rejects.toThrow(
      /does not take the token's certificate\. .*longshore token create/,
    );
  });

  it('is kept without its secret', async () => {
    const { secret, tokenId } = await token();
    const { key } = unpack(secret)!;
    const { d = '' } = createPrivateKey(key).export({ format: 'jwk' });
    const kept = JSON.stringify(await store().findJoinToken(tokenId));
    for (const form of [secret, d, Buffer.from(d, 'base64url').toString('hex')]) expect(kept).not.toContain(form);
  });

  it('opens the door for joining only, and an agent’s certificate does not join', async () => {
    const { url, secret } = await token({ uses: 2 });
    const held = { ...unpack(secret)!, authority: door.authority.certificate };
    await expect(callDoor('Renew', await request(), { address: door.address, ...held })).rejects.toThrow(
      /Renew is not for joining/,
    );
    const agent = await joinDoor(url, folder, callDoor);
    const again = callDoor('Join', await request(), { address: door.address, ...agent.current() });
    await expect(again).rejects.toThrow(/Join is for joining/);
  });

  it.each(['not a request', '-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----'])(
    'loses no use to a request that is none',
    async (certificateRequest) => {
      const { secret, tokenId } = await token();
      const held = { ...unpack(secret)!, address: door.address, authority: door.authority.certificate };
      await expect(callDoor('Join', { certificateRequest }, held)).rejects.toThrow(/not a PKCS#10 request/);
      expect(await store().findJoinToken(tokenId)).toMatchObject({ usesLeft: 1 });
    },
  );

  it('is not sent to a server of another authority, nor is one taken for the door that has an agent’s certificate', async () => {
    const stranger = await makeAuthority('stranger', periodOf(60_000));
    const { secret } = await token();
    const foreign = pack({ ...unpack(secret)!, pin: 'cd'.repeat(32) });
    await expect(joinDoor(`https://${door.address}#${foreign}`, folder, callDoor)).rejects.toThrow(
      /not the Longshore that made the token/,
    );
    const held = { ...unpack(secret)!, address: door.address, authority: stranger.cert };
    await expect(callDoor('Join', await request(), held)).rejects.toThrow(/self-signed certificate|unable to verify/);
  });

  it('waits for a door that does not answer', async () => {
    const { secret } = await token();
    await expect(joinDoor(`https://127.0.0.1:1#${secret}`, folder, callDoor)).rejects.toThrow(DoorAway);
  });
});

describe('the door', () => {
  it('takes no certificate of another authority, and none that the authority did not record', async () => {
    const stranger = await makeAuthority('stranger', periodOf(60_000));
    const forged = await issuePair(stranger, {
      ...{ commonName: 'a'.repeat(32), organizationalUnit: 'agent', usage: ExtendedKeyUsage.clientAuth },
      ...{ names: [`longshore:agent/default/${'a'.repeat(32)}`], period: periodOf(60_000) },
    });
    const held = { address: door.address, ...forged, authority: door.authority.certificate };
    await expect(callDoor('Renew', await request(), held)).rejects.toThrow();
    const keys = await newKeys();
    const agent = { clusterName: 'default', containerInstanceId: 'b'.repeat(32) };
    const unrecorded = await door.authority.issueAgent(
      agent,
      door.authority.nextCertificate(Date.now()),
      keys.publicKey,
    );
    await expect(identify({ cert: unrecorded })).rejects.toThrow(/not one that Longshore issued/);
  });

  it('does not take the door’s own certificate for an agent’s', async () => {
    const { cert } = await door.authority.issueServer(['localhost']);
    await expect(identify({ cert })).rejects.toThrow(/not one that Longshore issued/);
  });

  it('has the same authority for every api with the master key, and none with another', async () => {
    const other = await agentAuthority(store(), TEST_MASTER_KEY);
    expect(other.certificate).toBe(door.authority.certificate);
    await expect(agentAuthority(store(), randomBytes(32))).rejects.toThrow(/another master key/);
  });

  it('talks to nobody without a certificate', async () => {
    const [host = '', port] = door.address.split(':');
    const refused = new Promise((resolve) => {
      const socket = connect({ host, port: Number(port), rejectUnauthorized: false, ALPNProtocols: ['h2'] });
      socket.once('error', resolve).once('close', () => resolve(new Error('closed')));
      socket.on('data', () => undefined);
    });
    await expect(refused).resolves.toBeInstanceOf(Error);
  });
});

describe('a revoked instance', () => {
  it('is refused by every api process at once, and each is told of its certificates', async () => {
    const agent = await joinDoor((await token()).url, folder, callDoor);
    const other = new AgentIdentities({ store: store(), logger: pino({ level: 'silent' }), everyMs: 50 });
    await expect(identify(agent.current(), other)).resolves.toHaveProperty('kind', 'agent');
    const told: string[] = [];
    const cut = new Promise<void>((resolve) => {
      other.onRevoked((serial) => {
        told.push(serial);
        if (serial === new X509Certificate(agent.current().cert).serialNumber) resolve();
      });
    });
    await store().revokeAgent({ clusterName: 'default', containerInstanceId: agent.containerInstanceId }, Date.now());
    await cut;
    await door.identities.refresh();
    for (const identities of [other, door.identities]) {
      await expect(identify(agent.current(), identities)).rejects.toThrow(
        /was revoked.*remove agent\/identity\.json .*join by a new token/,
      );
    }
    const renewal = callDoor('Renew', await request(), { address: agent.address, ...agent.current() });
    await expect(renewal).rejects.toThrow(/was revoked/);
    const reloaded = new AgentIdentities({ store: store(), logger: pino({ level: 'silent' }), everyMs: 3_600_000 });
    await expect(identify(agent.current(), reloaded)).rejects.toThrow(/was revoked/);
    for (const each of [other, reloaded]) each.close();
    expect(told.length).toBe(new Set(told).size);
  });

  it('stays known to a process that cannot ask, and no other is let in', async () => {
    const agent = await joinDoor((await token()).url, folder, callDoor);
    const away = () => Promise.reject(new Error('The database is out of reach.'));
    let gone = false;
    const identities = new AgentIdentities({
      store: {
        findAgentCertificate: (serial) => (gone ? away() : store().findAgentCertificate(serial)),
        findJoinToken: away,
        listRevocations: away,
      },
      logger: pino({ level: 'silent' }),
    });
    await identify(agent.current(), identities);
    gone = true;
    await expect(identify(agent.current(), identities)).resolves.toHaveProperty('kind', 'agent');
    const second = await joinDoor((await token()).url, path.join(folder, 'second'), callDoor);
    await expect(identify(second.current(), identities)).rejects.toThrow(/out of reach/);
    identities.close();
  });
});

describe('renewal', () => {
  const logger = pino({ level: 'silent' });

  /** The agent believes that each certificate is good for so long only. */
  const shortLived =
    (ms: number): typeof callDoor =>
    async (...call) => ({ ...((await callDoor(...call)) as object), expiresAt: Date.now() + ms });

  it('comes at half the life, again and again, with a new key each time, and is kept before it is told', async () => {
    const agent = await joinDoor((await token()).url, folder, shortLived(200));
    opened.push(agent);
    const seen: DoorTls[] = [agent.current()];
    const thrice = new Promise<void>((resolve) => {
      agent.onRenewed((tls) => {
        expect(loaded().current()).toEqual(tls);
        seen.push(tls);
        if (seen.length === 4) resolve();
      });
    });
    agent.startRenewing(shortLived(200), { logger });
    await thrice;
    agent.stop();
    expect(new Set(seen.map(({ key }) => key)).size).toBe(4);
    for (const tls of seen) {
      await expect(identify(tls)).resolves.toHaveProperty('containerInstanceId', agent.containerInstanceId);
    }
  });

  it('is tried again when the door was away, and given up when the certificate has expired', async () => {
    const brief = await startTestDoor(store(), { agentCertificateMs: 4_000 });
    const agent = await joinDoor((await token({}, brief)).url, folder, shortLived(4_000));
    opened.push(agent);
    let attempts = 0;
    const lines: string[] = [];
    const log = (_fields: unknown, text?: string) => void lines.push(String(text));
    const away: typeof callDoor = () => Promise.reject(new DoorAway(`attempt ${++attempts}`));
    agent.startRenewing(away, { logger: { info: log, warn: log, error: log } as never });
    await expect
      .poll(() => lines.at(-1))
      .toBe('the certificate of this agent has expired: join again with a new token');
    expect(attempts).toBe(lines.length);
    expect(attempts).toBeGreaterThan(1);
    await expect(identify(agent.current(), brief.identities)).rejects.toThrow(/expired at .* longshore token create/);
    await brief.close();
  });

  describe('on a disk that cannot take the new identity', () => {
    let disk: SmallDisk;
    beforeEach(() => (disk = mountSmallDisk(1)));
    afterEach(() => disk.destroy());

    /** An agent that tries to renew all the time, and counts what it asks for and what it logs. */
    async function renewing(afterAnswer: () => void = () => undefined) {
      await joinDoor((await token()).url, disk.folder, callDoor);
      // More than half of its life is over, and an attempt follows each second.
      const file = path.join(disk.folder, 'identity.json');
      const life = { obtainedAt: Date.now() - 30_000, expiresAt: Date.now() + 20_000 };
      fs.writeFileSync(file, JSON.stringify({ ...(JSON.parse(fs.readFileSync(file, 'utf8')) as object), ...life }));
      const agent = loaded(disk.folder);
      const first = agent.current();
      const seen = { asked: 0, failed: 0, renewed: 0 };
      const call: typeof callDoor = async (...args) => {
        seen.asked++;
        const answer = await shortLived(600_000)(...args);
        afterAnswer();
        return answer;
      };
      return { agent, first, seen, start: () => agent.startRenewing(call, { logger: loggerOf(seen) }) };
    }
    const loggerOf = (seen: { failed: number; renewed: number }) =>
      ({ info: () => seen.renewed++, warn: () => seen.failed++, error: () => seen.failed++ }) as never;

    it('asks for none while it is full, and for one when there is room', async () => {
      const { agent, first, seen, start } = await renewing();
      disk.fill();
      start();
      await expect.poll(() => seen.failed).toBeGreaterThan(1);
      expect([seen.asked, agent.current()]).toEqual([0, first]);
      disk.empty();
      await expect.poll(() => seen.renewed).toBe(1);
      expect(seen.asked).toBe(1);
      expect(loaded(disk.folder).current()).toEqual(agent.current());
    });

    it('keeps the one that it got for when it can be written', async () => {
      const draft = path.join(disk.folder, 'identity.json.new');
      const { agent, first, seen, start } = await renewing(() => {
        fs.rmSync(draft);
        fs.mkdirSync(draft);
      });
      start();
      await expect.poll(() => seen.failed).toBeGreaterThan(1);
      expect([seen.asked, agent.current()]).toEqual([1, first]);
      fs.rmdirSync(draft);
      await expect.poll(() => seen.renewed).toBe(1);
      expect(seen.asked).toBe(1);
      expect(loaded(disk.folder).current()).toEqual(agent.current());
      await expect(identify(agent.current())).resolves.toHaveProperty('kind', 'agent');
    });

    it('joins only when there is room, and then once', async () => {
      const { url } = await token();
      let asked = 0;
      const call: typeof callDoor = (...args) => {
        asked++;
        return callDoor(...args);
      };
      disk.fill();
      await expect(joinDoor(url, disk.folder, call)).rejects.toMatchObject({ code: 'ENOSPC' });
      expect(asked).toBe(0);
      disk.empty();
      opened.push(await joinDoor(url, disk.folder, call));
      expect(asked).toBe(1);
    });
  });

  it('leaves a connection with the old certificate as it is', async () => {
    const agent = await joinDoor((await token()).url, folder, callDoor);
    const old = agent.current();
    await callDoor('Renew', await request(), { address: agent.address, ...old });
    await expect(callDoor('Renew', await request(), { address: agent.address, ...old })).resolves.toMatchObject({
      containerInstanceId: agent.containerInstanceId,
    });
  });
});
