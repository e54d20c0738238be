/** Tokens by which agents join a cluster. */
import { AwsError } from './errors.ts';
import type { EpochMs } from './time.ts';

/** What is kept of a token: never its secret. */
export interface JoinToken {
  /** 16 hexadecimal digits. */
  readonly tokenId: string;
  readonly clusterName: string;
  /** Agents that join are in this zone; absent: each says where it is. */
  readonly availabilityZone?: string;
  /** How many agents may join with it in all. */
  readonly uses: number;
  readonly usesLeft: number;
  readonly createdAt: EpochMs;
  readonly expiresAt: EpochMs;
  readonly revokedAt?: EpochMs;
  /** The ARN of the principal that made it. */
  readonly createdBy: string;
}

const refused = (why: string): AwsError =>
  new AwsError('AccessDeniedException', `${why}. Make a new one: longshore token create`);

/** Throws AccessDeniedException if agents may not join with the token now. Whether a use is left is told apart (`requireUse`). */
export function requireUsable(token: JoinToken | undefined, now: EpochMs): asserts token is JoinToken {
  if (token === undefined) throw refused('There is no such join token');
  const { tokenId, revokedAt, expiresAt } = token;
  if (revokedAt !== undefined) throw refused(`The join token ${tokenId} was revoked`);
  if (expiresAt <= now) throw refused(`The join token ${tokenId} expired at ${new Date(expiresAt).toISOString()}`);
}

/** Throws AccessDeniedException if as many agents joined with the token as may. A key that did so before needs no use. */
export function requireUse({ tokenId, uses, usesLeft }: JoinToken): void {
  if (usesLeft === 0) throw refused(`The join token ${tokenId} is used up (${uses} of ${uses} uses)`);
}

export const instanceRevoked = (containerInstanceId: string): AwsError =>
  new AwsError(
    'AccessDeniedException',
    `Container instance ${containerInstanceId} was revoked. To use this host again, remove agent/identity.json from its data folder and join by a new token: longshore token create`,
  );

export const JOIN_TOKEN_STATUSES = ['ACTIVE', 'USED_UP', 'EXPIRED', 'REVOKED'] as const;

export function joinTokenStatus(token: JoinToken, now: EpochMs): (typeof JOIN_TOKEN_STATUSES)[number] {
  if (token.revokedAt !== undefined) return 'REVOKED';
  if (token.expiresAt <= now) return 'EXPIRED';
  return token.usesLeft === 0 ? 'USED_UP' : 'ACTIVE';
}
