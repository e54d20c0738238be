/** A certificate, its key and the pin of its authority in few characters, for a URL. */
import { createECDH, createHash, createPrivateKey, type JsonWebKey, X509Certificate } from 'node:crypto';
import type { KeyPair } from './issue.ts';

const VERSION = 1;
const KEY_BYTES = 32;
const PIN_BYTES = 32;
const CERTIFICATE_AT = 1 + PIN_BYTES + KEY_BYTES;

export interface Packed extends KeyPair {
  /** SHA-256 of the authority's certificate, in hexadecimal digits. */
  readonly pin: string;
}

/** Tells an authority from any other: SHA-256 of its certificate, in hexadecimal digits. */
export const pinOf = (certificate: X509Certificate): string =>
  createHash('sha256').update(certificate.raw).digest('hex');

/** Characters of base64url. `cert` is the certificate alone or a chain, of which the first is taken; its key is a P-256 key. */
export function pack({ cert, key, pin }: Packed): string {
  const { d = '' } = createPrivateKey(key).export({ format: 'jwk' });
  return Buffer.concat([
    Buffer.from([VERSION]),
    Buffer.from(pin, 'hex'),
    Buffer.from(d, 'base64url'),
    new X509Certificate(cert).raw,
  ]).toString('base64url');
}

/** Undefined if the text was not packed by `pack`, or is not whole. */
export function unpack(text: string): Packed | undefined {
  if (!/^[\w-]+$/.test(text)) return undefined;
  const bytes = Buffer.from(text, 'base64url');
  if (bytes[0] !== VERSION || bytes.length <= CERTIFICATE_AT) return undefined;
  try {
    const certificate = new X509Certificate(bytes.subarray(CERTIFICATE_AT));
    const d = bytes.subarray(1 + PIN_BYTES, CERTIFICATE_AT);
    const jwk = { ...publicPart(d), d: d.toString('base64url') };
    const key = createPrivateKey({ key: jwk, format: 'jwk' });
    if (!certificate.checkPrivateKey(key)) return undefined;
    return {
      cert: certificate.toString(),
      key: key.export({ type: 'pkcs8', format: 'pem' }).toString(),
      pin: bytes.subarray(1, 1 + PIN_BYTES).toString('hex'),
    };
  } catch {
    // Parts of it were lost or changed.
    return undefined;
  }
}

/** Computed, not taken from the certificate: only so does a changed key show. */
function publicPart(d: Buffer): JsonWebKey {
  const ecdh = createECDH('prime256v1');
  ecdh.setPrivateKey(d);
  const point = ecdh.getPublicKey();
  const [x, y] = [point.subarray(1, 1 + KEY_BYTES), point.subarray(1 + KEY_BYTES)];
  return { kty: 'EC', crv: 'P-256', x: x.toString('base64url'), y: y.toString('base64url') };
}
