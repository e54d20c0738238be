/** The condition keys that every call has: where it came from, and how. */
import type { Request } from 'express';
import { type Caller, sessionKeys } from './caller.ts';
import type { ContextValues } from './policy/context.ts';
import type { Claim } from './signature/claim.ts';

/** An IPv4 address as a socket for both versions shows it. */
const MAPPED = /^::ffff:(?=\d+\.)/;

/** The address that a request comes from; undefined once its connection is gone. */
export const sourceAddress = ({ socket }: Request): string | undefined => socket.remoteAddress?.replace(MAPPED, '');

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
