/** The URL that `longshore token create` prints and `longshore agent --join` takes: `https://host:port#token`. */
import { X509Certificate } from 'node:crypto';
import { type Packed, unpack } from '../../certificates/packed.ts';
import type { EpochMs } from '../../model/time.ts';
import { IdentityError } from './kept-identity.ts';

export interface JoinUrl extends Packed {
  /** The agent door's `host:port`. */
  readonly address: string;
  readonly expiresAt: EpochMs;
}

const HOW = 'Paste the whole line that longshore token create prints: longshore agent --join https://HOST:PORT#TOKEN';

/** Throws IdentityError. */
export function readJoinUrl(text: string): JoinUrl {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'https:' || url.hostname === '' || !['', '/'].includes(url.pathname)) {
    throw new IdentityError(`--join takes a URL such as https://10.0.0.5:7882#TOKEN. ${HOW}`);
  }
  const packed = unpack(url.hash.slice(1));
  if (packed === undefined) throw new IdentityError(`The token in the URL is missing or not whole. ${HOW}`);
  const address = `${url.hostname}:${url.port === '' ? '443' : url.port}`;
  return { ...packed, address, expiresAt: Date.parse(new X509Certificate(packed.cert).validTo) };
}
