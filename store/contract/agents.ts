/** Where the agents' authority, join tokens and the certificates of agents are kept. */
import type { JoinToken } from '../../model/join-token.ts';
import type { EpochMs } from '../../model/time.ts';
import type { Page, PageRequest } from './page.ts';

/** The authority, with its key sealed. */
export interface SealedAuthority {
  /** PEM. */
  readonly certificate: string;
  readonly sealedKey: string;
}

/** A certificate that is about to be issued. */
export interface NewCertificate {
  /** Hexadecimal digits in upper case. */
  readonly serial: string;
  readonly issuedAt: EpochMs;
  readonly expiresAt: EpochMs;
}

/** A container instance that joined by a token. */
export interface JoinedAgent {
  readonly containerInstanceId: string;
  readonly clusterName: string;
  readonly availabilityZone?: string;
}

export interface AgentStore {
  findAgentAuthority(): Promise<SealedAuthority | undefined>;
  /** Keeps it if there is none yet. Returns the one that is kept. */
  keepAgentAuthority(made: SealedAuthority & { readonly createdAt: EpochMs }): Promise<SealedAuthority>;

  createJoinToken(token: JoinToken): Promise<void>;
  findJoinToken(tokenId: string): Promise<JoinToken | undefined>;
  /** Oldest first, as their ids sort. */
  listJoinTokens(clusterName: string, page: PageRequest): Promise<Page<JoinToken>>;
  /** undefined if the cluster has no such token. A revoked token keeps its first time. */
  revokeJoinToken(token: Pick<JoinToken, 'clusterName' | 'tokenId'>, at: EpochMs): Promise<JoinToken | undefined>;

  /**
   * Takes one use of the token and records the instance with its certificate, or neither. A key that joined with this token
   * before is the same instance again, without a second use. Throws AccessDeniedException if the token is unknown, revoked,
   * expired or used up, or if the instance was revoked.
   */
  joinAgent(join: {
    readonly tokenId: string;
    /** SHA-256 of the agent's public key. */
    readonly keyDigest: string;
    /** Of the instance, if it is a new one. */
    readonly containerInstanceId: string;
    readonly certificate: NewCertificate;
  }): Promise<JoinedAgent>;
  /** Records the instance's next certificate. Throws AccessDeniedException if the instance is unknown or revoked. */
  renewAgent(containerInstanceId: string, certificate: NewCertificate): Promise<JoinedAgent>;
  /** undefined if no such certificate was issued. */
  findAgentCertificate(
    serial: string,
  ): Promise<{ readonly containerInstanceId: string; readonly revokedAt?: EpochMs } | undefined>;
  /** Revokes all certificates of the instance, and renews none. undefined if the cluster has no such joined instance. */
  revokeAgent(
    agent: Pick<JoinedAgent, 'clusterName' | 'containerInstanceId'>,
    at: EpochMs,
  ): Promise<{ readonly revokedAt: EpochMs; readonly certificates: number } | undefined>;
  /** The certificates that were revoked after that version; none is ever added below a version that was returned. */
  listRevocations(afterVersion: number): Promise<readonly { readonly serial: string; readonly version: number }[]>;
  /** Removes tokens and certificates that expired before that time. */
  purgeAgents(expiredBefore: EpochMs): Promise<number>;
}
