/**
 * The authority of the agent door. All api processes share it: its certificate and its sealed key are in the database, made by
 * whoever comes first.
 */
import type { webcrypto } from 'node:crypto';
import {
  ExtendedKeyUsage,
  issueFor,
  issuePair,
  type KeyPair,
  makeAuthority,
  periodOf,
} from '../../certificates/issue.ts';
import { AGENT_DOOR_NAME } from '../../model/agent-door.ts';
import { AwsError } from '../../model/errors.ts';
import type { MasterKeys } from '../../model/master-keys.ts';
import type { EpochMs } from '../../model/time.ts';
import type { AgentStore, JoinedAgent, NewCertificate } from '../../store/contract/agents.ts';
import { Sealer, SealError } from '../auth/sealing.ts';
import { agentName, joinName } from './names.ts';

const DAY_MS = 86_400_000;
const AUTHORITY_MS = 3_650 * DAY_MS;
const SERVER_MS = 397 * DAY_MS;
/** How long an agent's certificate is good if the operator says nothing. */
export const AGENT_CERTIFICATE_MS = 30 * DAY_MS;
/** What the sealed key belongs to. */
export const AUTHORITY_OWNER = 'agent-authority';
/** The purpose of the key that seals it. */
export const AUTHORITY_PURPOSE = 'agent-authority';

export interface AgentAuthority {
  /** PEM. */
  readonly certificate: string;
  /** A new key and certificate with which a door serves under these host names and IP addresses; good for 397 days. */
  issueServer(names: readonly string[]): Promise<KeyPair>;
  /** The number and the times of an agent's next certificate. */
  nextCertificate(now: EpochMs): NewCertificate;
  /** A certificate for the agent's key: a chain as PEM. */
  issueAgent(agent: JoinedAgent, certificate: NewCertificate, publicKey: webcrypto.CryptoKey): Promise<string>;
  /** A key and certificate that open the door for joining only, with the authority's certificate behind. */
  issueJoin(tokenId: string, period: { readonly now: EpochMs; readonly expiresAt: EpochMs }): Promise<KeyPair>;
}

/**
 * Opens the authority, or makes it. Throws AwsError (ServiceUnavailable) if it was sealed with
 * another master key.
 */
export async function agentAuthority(
  store: Pick<AgentStore, 'findAgentAuthority' | 'keepAgentAuthority'>,
  masterKeys: Buffer | MasterKeys,
  { agentCertificateMs = AGENT_CERTIFICATE_MS }: { readonly agentCertificateMs?: number } = {},
): Promise<AgentAuthority> {
  const sealer = new Sealer(masterKeys, AUTHORITY_PURPOSE);
  const kept = (await store.findAgentAuthority()) ?? (await keepNew(store, sealer));
  const authority: KeyPair = { cert: kept.certificate, key: opened(sealer, kept.sealedKey) };
  return {
    certificate: authority.cert,
    issueServer: (names) =>
      issuePair(authority, {
        commonName: 'Longshore agent door',
        names: [...new Set([AGENT_DOOR_NAME, ...names])],
        usage: ExtendedKeyUsage.serverAuth,
        period: periodOf(SERVER_MS),
      }),
    nextCertificate: (now) => ({
      serial: newSerial(),
      issuedAt: now,
      expiresAt: wholeSecond(now + agentCertificateMs),
    }),
    issueAgent: (agent, { serial, issuedAt, expiresAt }, publicKey) =>
      issueFor(authority, publicKey, {
        commonName: agent.containerInstanceId,
        organizationalUnit: 'agent',
        names: [agentName(agent)],
        usage: ExtendedKeyUsage.clientAuth,
        period: periodOf(expiresAt - issuedAt, issuedAt),
        serial,
      }),
    issueJoin: (tokenId, { now, expiresAt }) =>
      issuePair(authority, {
        commonName: tokenId,
        organizationalUnit: 'join',
        names: [joinName(tokenId)],
        usage: ExtendedKeyUsage.clientAuth,
        period: periodOf(expiresAt - now, now),
      }),
  };
}

async function keepNew(store: Pick<AgentStore, 'keepAgentAuthority'>, sealer: Sealer) {
  const now = Date.now();
  const made = await makeAuthority(
    `Longshore agents of ${new Date(now).toISOString().slice(0, 10)}`,
    periodOf(AUTHORITY_MS),
  );
  return store.keepAgentAuthority({
    certificate: made.cert,
    sealedKey: sealer.seal(made.key, AUTHORITY_OWNER),
    createdAt: now,
  });
}

function opened(sealer: Sealer, sealedKey: string): string {
  try {
    return sealer.open(sealedKey, AUTHORITY_OWNER);
  } catch (error) {
    if (!(error instanceof SealError)) throw error;
    throw new AwsError(
      'ServiceUnavailable',
      'The key of the agents’ authority cannot be opened: it was sealed with another master key. Give this api the same LONGSHORE_MASTER_KEY, or that one as LONGSHORE_MASTER_KEY_PREVIOUS.',
      {},
      503,
    );
  }
}

/** Certificates know no smaller unit. */
const wholeSecond = (time: EpochMs): EpochMs => Math.floor(time / 1000) * 1000;

/** 16 random bytes, positive and without a zero in front, so that it has one form everywhere. */
function newSerial(): string {
  const bytes = crypto.getRandomValues(Buffer.alloc(16));
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes.toString('hex').toUpperCase();
}
