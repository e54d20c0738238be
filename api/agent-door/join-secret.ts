/** The secret of a join token: what opens the door for joining, and by what the agent knows the door. */
import { X509Certificate } from 'node:crypto';
import { pack, pinOf } from '../../certificates/packed.ts';
import type { EpochMs } from '../../model/time.ts';
import type { AgentAuthority } from './authority.ts';

/** Of characters that a URL's fragment may have. Nobody can read it again: Longshore keeps no part of it. */
export async function joinSecret(
  authority: Pick<AgentAuthority, 'certificate' | 'issueJoin'>,
  tokenId: string,
  period: { readonly now: EpochMs; readonly expiresAt: EpochMs },
): Promise<string> {
  const pair = await authority.issueJoin(tokenId, period);
  return pack({ ...pair, pin: pinOf(new X509Certificate(authority.certificate)) });
}
