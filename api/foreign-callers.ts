/**
 * Keeps web pages out: the API accepts any credentials, so a page that a user happens to open must not be able to run
 * tasks.
 */
import type { Request } from 'express';
import { EcsError } from '../model/errors.ts';
import { isLocalHost } from '../model/local-host.ts';

/** The part of a request that tells who calls. */
export type Caller = Pick<Request, 'get' | 'headersDistinct'>;

/**
 * Throws AccessDeniedException for a request that a browser may have sent for a page from another machine. Such a page
 * has a foreign Origin or, if its own name resolves to 127.0.0.1, a foreign Host.
 */
export function refuseForeignCaller(request: Caller): void {
  refuseForeignHost(request.headersDistinct['host'] ?? []);
  const origin = request.get('origin');
  if (origin === undefined) return;
  if (URL.canParse(origin) && isLocalHost(new URL(origin).host)) return;
  throw new EcsError('AccessDeniedException', `Web pages of ${origin} may not call this API.`);
}

/** A missing or repeated Host is refused as well, because it leaves open whom the caller means. */
function refuseForeignHost(hosts: readonly string[]): void {
  const [host, ...others] = hosts;
  if (others.length === 0 && isLocalHost(host)) return;
  const named = hosts.length === 0 ? 'The request names no Host' : `The Host '${hosts.join(', ')}' is not this machine`;
  throw new EcsError('AccessDeniedException', `${named}. Call the API as localhost or 127.0.0.1.`);
}
