/** When an issuer is asked for its keys, and when not. The documents are not fetched, and time does not pass by itself. */
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { IssuerKeys } from '../../../../../api/auth/web-identity/issuer-keys.ts';

const ISSUER = 'id.example';
const provider = { issuer: ISSUER, thumbprints: ['aa'] };
let jwks: JWK[];
let now: number;
let asked: string[];
let fails: boolean;
/** The issuer answers when this is resolved. */
let pending: Promise<void> | undefined;
let answer: () => void;
const holdAnswers = (): void => {
  pending = new Promise((resolve) => (answer = resolve));
};
let configuration: object;
let keys: IssuerKeys;

beforeAll(async () => {
  const made = async (kid: string) => ({ ...(await exportJWK((await generateKeyPair('ES256')).publicKey)), kid });
  jwks = await Promise.all(['old', 'new'].map(made));
});
beforeEach(() => {
  [now, asked, fails, pending] = [0, [], false, undefined];
  configuration = { issuer: `https://${ISSUER}`, jwks_uri: `https://${ISSUER}/keys` };
  const read = async (url: URL): Promise<unknown> => {
    asked.push(url.pathname);
    await pending;
    if (fails) throw new Error('away');
    return url.pathname === '/keys' ? { keys: jwks.slice(0, 1) } : configuration;
  };
  keys = new IssuerKeys({ read }, { now: () => now, most: 2 });
});

const has = async (found: ReturnType<IssuerKeys['keysOf']>, kid: string): Promise<boolean> => {
  const find = await found;
  return Promise.resolve(find({ alg: 'ES256', kid }, { payload: '', signature: '' })).then(
    () => true,
    () => false,
  );
};

describe('an issuer', () => {
  it('is asked once by all who come together, and again after ten minutes', async () => {
    await Promise.all([1, 2, 3].map(() => keys.keysOf(provider)));
    expect(asked).toEqual(['/.well-known/openid-configuration', '/keys']);
    now = 299_999;
    await keys.keysOf(provider);
    expect(asked).toHaveLength(2);
    now = 600_000;
    await keys.keysOf(provider);
    expect(asked).toHaveLength(4);
  });

  it('is asked again while its keys are still good, and nobody waits for it', async () => {
    await keys.keysOf(provider);
    now = 300_000;
    holdAnswers();
    expect(await has(keys.keysOf(provider), 'old')).toBe(true);
    expect(await has(keys.keysOf(provider), 'old')).toBe(true);
    expect(asked).toHaveLength(3);
    answer();
    now = 599_999;
    await keys.newerKeysOf(provider);
    expect(await has(keys.keysOf(provider), 'old')).toBe(true);
    expect(asked).toHaveLength(4);
  });

  it('that is slow hides no good key from others, however many tokens name unknown ones', async () => {
    await keys.keysOf(provider);
    now = 30_000;
    holdAnswers();
    jwks.reverse();
    const unknown = Array.from({ length: 50 }, () => keys.newerKeysOf(provider));
    expect(await has(keys.keysOf(provider), 'old')).toBe(true);
    answer();
    expect(await Promise.all(unknown.map((found) => has(found, 'new')))).toEqual(unknown.map(() => true));
    expect(asked).toHaveLength(4);
    jwks.reverse();
  });

  it('is asked for an unknown key every ten seconds at the most', async () => {
    expect(await has(keys.keysOf(provider), 'new')).toBe(false);
    jwks.reverse();
    expect(await has(keys.newerKeysOf(provider), 'new')).toBe(false);
    now = 9_999;
    expect(await has(keys.newerKeysOf(provider), 'new')).toBe(false);
    now = 10_000;
    expect(await has(keys.newerKeysOf(provider), 'new')).toBe(true);
    expect(await has(keys.keysOf(provider), 'old')).toBe(false);
    for (let i = 0; i < 100; i++) await keys.newerKeysOf(provider);
    expect(asked).toHaveLength(4);
    jwks.reverse();
  });

  it('that is away is asked again after five seconds', async () => {
    fails = true;
    for (let i = 0; i < 10; i++) await expect(keys.keysOf(provider)).rejects.toThrow('away');
    expect(asked).toHaveLength(1);
    [now, fails] = [5_000, false];
    expect(await has(keys.keysOf(provider), 'old')).toBe(true);
  });

  it('that goes away leaves its keys good until their end', async () => {
    await keys.keysOf(provider);
    [now, fails] = [40_000, true];
    await expect(keys.newerKeysOf(provider)).rejects.toThrow('away');
    expect(await has(keys.keysOf(provider), 'old')).toBe(true);
    // Whether a token with an unknown key is good is not known before the issuer answers again.
    now = 49_999;
    await expect(keys.newerKeysOf(provider)).rejects.toThrow('away');
    expect(asked).toHaveLength(3);
    [now, fails] = [50_000, false];
    expect(await has(keys.newerKeysOf(provider), 'old')).toBe(true);
    expect(await has(keys.newerKeysOf(provider), 'old')).toBe(true);
    expect(asked).toHaveLength(5);
    [now, fails] = [650_000, true];
    await expect(keys.keysOf(provider)).rejects.toThrow('away');
  });

  it('is asked again when other certificates are trusted', async () => {
    await keys.keysOf(provider);
    await keys.keysOf({ ...provider, thumbprints: ['bb'] });
    expect(asked).toHaveLength(4);
  });

  it('is forgotten when there are too many', async () => {
    const of = (issuer: string) => {
      configuration = { issuer: `https://${issuer}`, jwks_uri: `https://${issuer}/keys` };
      return keys.keysOf({ ...provider, issuer });
    };
    for (const issuer of ['a.example', 'b.example', 'c.example', 'a.example']) await of(issuer);
    expect(asked).toHaveLength(8);
  });

  it.each([
    ['names another', { issuer: 'https://evil.example', jwks_uri: 'https://id.example/keys' }, /of another issuer/],
    ['has keys without TLS', { issuer: 'https://id.example', jwks_uri: 'http://id.example/keys' }, /https jwks_uri/],
    ['has no keys', { issuer: 'https://id.example' }, /https jwks_uri/],
  ])('that %s is not believed', async (_what, document, message) => {
    configuration = document;
    await expect(keys.keysOf(provider)).rejects.toMatchObject({
      code: 'InvalidIdentityToken',
      message: "Couldn't retrieve verification key from your identity provider",
      forLog: expect.stringMatching(message),
    });
  });
});
