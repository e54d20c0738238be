/** Keeps web pages out: while any credentials are accepted, a page that a user happens to open must not run tasks. */
import type { Request } from 'express';
import { EcsError } from '../model/errors.ts';

const LOOPBACK_HOST = /^(?:localhost|[a-z0-9.-]+\.localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/**
 * Throws AccessDeniedException for a request that a browser sent on behalf of a page that is not served from this
 * machine. AWS clients and curl send no Origin header and are not concerned.
 */
export function refuseForeignOrigin(request: Pick<Request, 'get'>): void {
  const origin = request.get('origin');
  if (origin === undefined) return;
  const host = URL.canParse(origin) ? new URL(origin).hostname : '';
  if (LOOPBACK_HOST.test(host)) return;
  throw new EcsError('AccessDeniedException', `Web pages of ${origin} may not call this API.`);
}
