/** Join tokens, and the certificates of agents that joined by them. */
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JoinToken } from '../../../model/join-token.ts';
import { withStore } from '../../support/store.ts';

const store = withStore();
const NOW = 1_000_000;
const hex = (bytes: number): string => randomBytes(bytes).toString('hex');

async function token(given: Partial<JoinToken> = {}): Promise<JoinToken> {
  const { uses = 1 } = given;
  const made = {
    ...{ tokenId: hex(8), clusterName: 'default', uses, usesLeft: uses, createdAt: NOW, expiresAt: NOW + 1_000 },
    createdBy: 'arn:aws:iam::123456789012:root',
    ...given,
  };
  await store().createJoinToken(made);
  return made;
}

const certificate = (issuedAt = NOW, lifetimeMs = 10_000) => ({
  ...{ serial: hex(16).toUpperCase(), issuedAt, expiresAt: issuedAt + lifetimeMs },
});
const join = ({ tokenId }: JoinToken, keyDigest: string, at = NOW) => {
  const given = { tokenId, keyDigest, containerInstanceId: hex(16), certificate: certificate(at) };
  return store()
    .joinAgent(given)
    .then((agent) => ({ ...agent, serial: given.certificate.serial }));
};
const usesLeft = async ({ tokenId }: JoinToken) => (await store().findJoinToken(tokenId))?.usesLeft;

describe('the authority', () => {
  it('is the one that came first, however many come at once', async () => {
    const made = Array.from({ length: 8 }, (_, i) => ({ certificate: `c${i}`, sealedKey: `k${i}`, createdAt: i }));
    const kept = await Promise.all(made.map((each) => store().keepAgentAuthority(each)));
    expect(new Set(kept.map((each) => JSON.stringify(each))).size).toBe(1);
    expect(await store().findAgentAuthority()).toEqual(kept[0]);
  });
});

describe('a join token', () => {
  it('is listed by cluster, page by page', async () => {
    const made = await Promise.all([1, 2, 3].map(() => token({ clusterName: 'paged', availabilityZone: 'z' })));
    await token({ clusterName: 'other' });
    const first = await store().listJoinTokens('paged', { limit: 2 });
    const second = await store().listJoinTokens('paged', { limit: 2, after: first.next! });
    const byId = made.toSorted((a, b) => a.tokenId.localeCompare(b.tokenId));
    expect([...first.items, ...second.items]).toEqual(byId);
    expect(second.next).toBeUndefined();
  });

  it('is good for exactly as many keys as it has uses, in whatever order and how often they ask', async () => {
    const asks = fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 16 });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 4 }), asks, async (uses, keys) => {
        const made = await token({ uses });
        const answers = await Promise.allSettled(keys.map((key) => join(made, `key-${key}`)));
        const joined = new Map<number, Set<string>>();
        for (const [i, answer] of answers.entries()) {
          if (answer.status === 'rejected') continue;
          const key = keys[i]!;
          joined.set(key, (joined.get(key) ?? new Set()).add(answer.value.containerInstanceId));
        }
        const asked = new Set(keys).size;
        expect(joined.size).toBe(Math.min(uses, asked));
        // One key is one instance.
        for (const instances of joined.values()) expect(instances.size).toBe(1);
        expect(await usesLeft(made)).toBe(uses - joined.size);
      }),
      { numRuns: 12 },
    );
  });

  it.each([
    ['unknown', async () => ({ ...(await token()), tokenId: '0123456789abcdef' }), /There is no such join token/],
    ['expired', () => token({ expiresAt: NOW }), /expired at 1970-01-01T00:16:40.000Z. Make a new one/],
    ['used up', () => token({ uses: 2, usesLeft: 0 }), /is used up \(2 of 2 uses\). Make a new one/],
  ])('that is %s is refused', async (_, make, message) => {
    await expect(join(await make(), 'key')).rejects.toThrow(message);
  });

  it('that was revoked is refused, also to a key that joined with it, and keeps the time of its first revocation', async () => {
    const made = await token({ uses: 2 });
    const { serial } = await join(made, 'key');
    expect(await store().revokeJoinToken({ ...made, clusterName: 'other' }, NOW)).toBeUndefined();
    await store().revokeJoinToken(made, NOW + 1);
    expect(await store().revokeJoinToken(made, NOW + 2)).toMatchObject({ revokedAt: NOW + 1, usesLeft: 1 });
    await expect(join(made, 'key')).rejects.toThrow(/was revoked/);
    // Who is in stays in.
    expect(await store().findAgentCertificate(serial)).not.toHaveProperty('revokedAt');
  });

  it('gives its cluster and zone to whoever joins', async () => {
    const made = await token({ clusterName: 'prod', availabilityZone: 'us-east-1b' });
    expect(await join(made, 'key')).toMatchObject({ clusterName: 'prod', availabilityZone: 'us-east-1b' });
  });
});

describe('a joined instance', () => {
  it('renews its certificate, up to twenty at a time', async () => {
    const { containerInstanceId: id } = await join(await token(), 'key');
    for (let i = 1; i < 20; i++) await store().renewAgent(id, certificate());
    await expect(store().renewAgent(id, certificate())).rejects.toThrow(/has 20 certificates already.*instance revoke/);
    // Those that have expired do not count.
    await expect(store().renewAgent(id, certificate(NOW + 10_000))).resolves.toMatchObject({ containerInstanceId: id });
  });

  it('that is revoked gets no certificate any more and has none that is good', async () => {
    const made = await token();
    const joined = await join(made, 'key');
    const { containerInstanceId } = joined;
    const second = certificate();
    await store().renewAgent(containerInstanceId, second);
    const agent = { clusterName: 'default', containerInstanceId };
    expect(await store().revokeAgent({ ...agent, clusterName: 'other' }, NOW)).toBeUndefined();
    expect(await store().revokeAgent(agent, NOW + 5)).toEqual({ revokedAt: NOW + 5, certificates: 2 });
    expect(await store().revokeAgent(agent, NOW + 6)).toEqual({ revokedAt: NOW + 5, certificates: 0 });
    await expect(store().renewAgent(containerInstanceId, certificate())).rejects.toThrow(/was revoked/);
    await expect(join(made, 'key')).rejects.toThrow(/was revoked/);
    for (const serial of [joined.serial, second.serial]) {
      expect(await store().findAgentCertificate(serial)).toEqual({ containerInstanceId, revokedAt: NOW + 5 });
    }
  });

  it('has none good if revocations and renewals race', async () => {
    const { containerInstanceId } = await join(await token(), 'key');
    const renewals = Array.from({ length: 10 }, () => certificate());
    const agent = { clusterName: 'default', containerInstanceId };
    await Promise.allSettled([
      ...renewals.slice(0, 5).map((each) => store().renewAgent(containerInstanceId, each)),
      store().revokeAgent(agent, NOW),
      ...renewals.slice(5).map((each) => store().renewAgent(containerInstanceId, each)),
    ]);
    for (const { serial } of renewals) {
      const found = await store().findAgentCertificate(serial);
      if (found) expect(found).toHaveProperty('revokedAt');
    }
  });
});

it('lists every revocation once to whoever asks for those after the last one, however they race', async () => {
  const joined = await Promise.all(Array.from({ length: 12 }, () => token().then((each) => join(each, 'key'))));
  const before = await store().listRevocations(0);
  const seen: string[] = [];
  let version = Math.max(0, ...before.map((each) => each.version));
  const look = async (): Promise<void> => {
    for (const each of await store().listRevocations(version)) {
      version = Math.max(version, each.version);
      seen.push(each.serial);
    }
  };
  const revoking = Promise.all(
    joined.map(({ clusterName, containerInstanceId }) =>
      store().revokeAgent({ clusterName, containerInstanceId }, NOW),
    ),
  );
  for (let looks = 0; looks < 20; looks++) await look();
  await revoking;
  await look();
  expect(seen.toSorted()).toEqual(joined.map(({ serial }) => serial).toSorted());
});

it('removes tokens and certificates that expired, and then their instances', async () => {
  const old = await token();
  const gone = await join(old, 'key');
  const kept = await token({ uses: 2, expiresAt: NOW + 50_000 });
  const stays = await join(kept, 'key', NOW + 20_000);
  await store().purgeAgents(NOW + 20_000);
  expect(await store().findJoinToken(old.tokenId)).toBeUndefined();
  expect(await store().findAgentCertificate(gone.serial)).toBeUndefined();
  await expect(store().renewAgent(gone.containerInstanceId, certificate())).rejects.toThrow(/did not join by a token/);
  expect(await store().findJoinToken(kept.tokenId)).toMatchObject({ usesLeft: 1 });
  expect(await store().findAgentCertificate(stays.serial)).toBeDefined();
});
