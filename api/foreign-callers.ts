/**
 * Keeps web pages out: a page that a user happens to open must not be able to run tasks, where the API accepts any
 * credentials, nor to use whatever the user's browser is signed in with.
 */
import type { Request } from 'express';
import { EcsError } from '../model/errors.ts';
import { isLocalHost } from '../model/local-host.ts';

const FOREIGN_SITES: ReadonlySet<string> = new Set(['cross-site', 'same-site']);

/** The part of a request that tells who calls. */
export type Caller = Pick<Request, 'get' | 'headersDistinct'>;

/**
 * Throws AccessDeniedException for a request that a browser may have sent for a page from another machine. Such a page
 * has a foreign Origin or, if its own name resolves to this machine, a foreign Host. Where callers are authenticated
 * (`authenticated`), Host may be any one name, since their signatures cover it.
 */
export function refuseForeignCaller(request: Caller, { authenticated }: { readonly authenticated: boolean }): void {
  const hosts = request.headersDistinct['host'] ?? [];
  if (hosts.length !== 1 || !authenticated) refuseForeignHost(hosts);
  const origin = request.get('origin');
  if (origin === undefined) {
    // Browsers name no Origin where a page loads an image or follows a link, but say whose page it is.
    if (FOREIGN_SITES.has(request.get('sec-fetch-site') ?? '')) {
      throw new EcsError('AccessDeniedException', 'Web pages of other sites may not call this API.');
    }
    return;
  }
  const page = URL.canParse(origin) ? new URL(origin).host : '';
  if (isLocalHost(page) || (authenticated && page !== '' && page === hosts[0])) return;
  throw new EcsError('AccessDeniedException', `Web pages of ${origin} may not call this API.`);
}

/** A missing or repeated Host is refused as well, because it leaves open whom the caller means. */
function refuseForeignHost(hosts: readonly string[]): void {
  const [host, ...others] = hosts;
  if (others.length === 0 && isLocalHost(host)) return;
  const named = hosts.length === 0 ? 'The request names no Host' : `The Host '${hosts.join(', ')}' is not this machine`;
  throw new EcsError('AccessDeniedException', `${named}. Call the API as localhost or 127.0.0.1.`);
}
