/** A secret of Secrets Manager as it is on record. Values are sealed and apart. */
import type { EpochMs } from '../time.ts';

export interface SecretTag {
  readonly key: string;
  readonly value: string;
}

export interface SecretVersion {
  /** The ClientRequestToken of the call that made it. */
  readonly id: string;
  /** Staging labels. A version without any is deprecated: it goes when there are too many. */
  readonly stages: readonly string[];
  readonly createdAt: EpochMs;
  /** The day on which its value was last read, at midnight UTC. */
  readonly accessedAt?: EpochMs;
}

export interface Secret {
  readonly arn: string;
  readonly name: string;
  readonly description?: string;
  readonly createdAt: EpochMs;
  readonly changedAt: EpochMs;
  /** Present while it is marked for deletion. */
  readonly deletion?: SecretDeletion;
  readonly tags: readonly SecretTag[];
  /** Oldest first. */
  readonly versions: readonly SecretVersion[];
}

export interface SecretDeletion {
  /** When it was asked for. */
  readonly markedAt: EpochMs;
  /** From then on it may be removed, and nobody can restore it. */
  readonly purgeAt: EpochMs;
}

/** The key of a secret in lists by time of creation. */
export const listKeyOf = ({ createdAt, arn }: Pick<Secret, 'createdAt' | 'arn'>): string => `${createdAt}/${arn}`;

/** What a sealed value belongs to: a value is no use in another version's row. */
export const secretOwner = (arn: string, versionId: string): string => `${arn}|${versionId}`;
