/** Opaque tokens with which a list goes on where its last page ended. A token is of use only for the list that it is from. */
import { createHash } from 'node:crypto';

/** A short, stable name of the list that does not show its filters: the operation's name and every filter. */
const fingerprint = (list: readonly (string | undefined)[]): string =>
  createHash('sha256').update(JSON.stringify(list)).digest('base64url').slice(0, 16);

/** The token for what follows the key `after` in a list. */
export const pageToken = (list: readonly (string | undefined)[], after: string): string =>
  Buffer.from(JSON.stringify([fingerprint(list), after])).toString('base64url');

/** The key in a token; undefined if it is no token of this list. */
export function keyInToken(list: readonly (string | undefined)[], token: string): string | undefined {
  let parts: unknown;
  try {
    parts = JSON.parse(Buffer.from(token, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
  if (!Array.isArray(parts) || parts.length !== 2) return undefined;
  const [of, after] = parts as unknown[];
  return of === fingerprint(list) && typeof after === 'string' ? after : undefined;
}
