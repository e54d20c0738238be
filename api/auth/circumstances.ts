/** The condition keys that every call has: where it came from, and how. */
import { isIPv6 } from 'node:net';
import type { Request } from 'express';
import { type Caller, sessionKeys } from './caller.ts';
import type { ContextValues } from './policy/context.ts';
import type { Claim } from './signature/claim.ts';

/** An IPv4 address as a socket for both versions shows it. */
const MAPPED = /^::ffff:(?=\d+\.)/;

export const withoutMapping = (address: string): string => address.replace(MAPPED, '');

/** The address that a request comes from; undefined once its connection is gone. */
export const sourceAddress = ({ socket }: Request): string | undefined =>
  socket.remoteAddress === undefined ? undefined : withoutMapping(socket.remoteAddress);

const GROUPS = 8;

/** The groups of an IPv6 address; `::` stands for those that are missing. */
function groupsOf(address: string): readonly string[] {
  const [before = '', after] = (address.split('%')[0] ?? '').split('::');
  const [first, last] = [before.split(':').filter(Boolean), (after ?? '').split(':').filter(Boolean)];
  return [...first, ...Array<string>(Math.max(0, GROUPS - first.length - last.length)).fill('0'), ...last];
}

/**
 * Where a request comes from, for counting: an IPv4 address, or the first 64 bits of an IPv6 address, because whoever has one
 * of those has all that begin with them. Empty once its connection is gone.
 */
export function sourceNetwork(request: Request): string {
  const address = sourceAddress(request) ?? '';
  return isIPv6(address) ? `${groupsOf(address).slice(0, 4).join(':')}::/64` : address;
}

/** `caller`: absent where nobody is known. */
export function circumstancesOf(request: Request, { region }: Pick<Claim, 'region'>, caller?: Caller): ContextValues {
  const userAgent = request.get('user-agent');
  const from = sourceAddress(request);
  return {
    ...(caller === undefined ? {} : sessionKeys(caller)),
    'aws:SecureTransport': String(request.secure),
    'aws:RequestedRegion': region,
    'aws:ViaAWSService': 'false',
    ...(from === undefined ? {} : { 'aws:SourceIp': from }),
    ...(userAgent === undefined ? {} : { 'aws:UserAgent': userAgent }),
  };
}
