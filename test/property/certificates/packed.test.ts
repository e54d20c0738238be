/** What a join URL carries comes out as it went in, or not at all. */
import { createPrivateKey, randomBytes, X509Certificate } from 'node:crypto';
import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { readJoinUrl } from '../../../agent/identity/join-url.ts';
import { ExtendedKeyUsage, issuePair, type KeyPair, makeAuthority, periodOf } from '../../../certificates/issue.ts';
import { pack, pinOf, unpack } from '../../../certificates/packed.ts';

let authority: KeyPair;
let pin: string;
let pairs: readonly KeyPair[];
beforeAll(async () => {
  authority = await makeAuthority('test', periodOf(60_000));
  pin = pinOf(new X509Certificate(authority.cert));
  // Keys whose numbers begin with zeros have the same length as others.
  pairs = await Promise.all(
    Array.from({ length: 24 }, () =>
      issuePair(authority, {
        ...{ commonName: randomBytes(8).toString('hex'), organizationalUnit: 'join', period: periodOf(60_000) },
        ...{ names: ['longshore:join/0123456789abcdef'], usage: ExtendedKeyUsage.clientAuth },
      }),
    ),
  );
});

it('comes back as it was packed', () => {
  for (const { cert, key } of pairs) {
    const text = pack({ cert, key, pin });
    expect(encodeURIComponent(text)).toBe(text);
    const unpacked = unpack(text)!;
    expect(unpacked.pin).toBe(pin);
    expect(new X509Certificate(unpacked.cert).raw).toEqual(new X509Certificate(cert).raw);
    expect(createPrivateKey(unpacked.key).equals(createPrivateKey(key))).toBe(true);
    expect(readJoinUrl(`https://[fd00::1]:7882#${text}`)).toMatchObject({ address: '[fd00::1]:7882', pin });
  }
});

it('is not whole with any of its end cut off, nor with a bit of its key changed', () => {
  const pair = fc.integer({ min: 0, max: 23 }).map((i) => pairs[i]!);
  fc.assert(
    fc.property(pair, fc.double({ min: 0, max: 0.999, noNaN: true }), ({ cert, key }, part) => {
      const text = pack({ cert, key, pin });
      expect(unpack(text.slice(0, Math.floor(text.length * part)))).toBeUndefined();
    }),
    { numRuns: 60 },
  );
  fc.assert(
    fc.property(pair, fc.integer({ min: 0, max: 255 }), ({ cert, key }, bit) => {
      const bytes = Buffer.from(pack({ cert, key, pin }), 'base64url');
      const at = 1 + 32 + Math.floor(bit / 8);
      bytes[at] = bytes[at]! ^ (1 << (bit % 8));
      expect(unpack(bytes.toString('base64url'))).toBeUndefined();
    }),
    { numRuns: 60 },
  );
});

it('is nothing that text could be by chance', () => {
  fc.assert(fc.property(fc.string(), (text) => unpack(text) === undefined));
});
