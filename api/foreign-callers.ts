/** Keeps web pages out: while any credentials are accepted, a page that a user happens to open must not run tasks. */
import type { Request } from 'express';
import { EcsError } from '../model/errors.ts';
import { isLocalHost } from '../model/local-host.ts';

/** What a request says about its caller. */
export type Caller = Pick<Request, 'get' | 'headersDistinct'>;

/**
 * Throws AccessDeniedException for a request that a browser may have sent on behalf of a page that is not served from
 * this machine. Such a page has a foreign Origin, or, where its own name leads to 127.0.0.1, a foreign Host.
 */
export function refuseForeignCaller(request: Caller): void {
  refuseForeignHost(request.headersDistinct['host'] ?? []);
  const origin = request.get('origin');
  if (origin === undefined) return;
  if (URL.canParse(origin) && isLocalHost(new URL(origin).host)) return;
  throw new EcsError('AccessDeniedException', `Web pages of ${origin} may not call this API.`);
}

/** One that is missing or repeated is refused, too: it leaves open whom the caller means. */
function refuseForeignHost(hosts: readonly string[]): void {
  const [host, ...others] = hosts;
  if (others.length === 0 && isLocalHost(host)) return;
  const named = hosts.length === 0 ? 'The request names no Host' : `The Host '${hosts.join(', ')}' is not this machine`;
  throw new EcsError('AccessDeniedException', `${named}. Call the API as localhost or 127.0.0.1.`);
}
