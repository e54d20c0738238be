/** Who holds a certificate, and whether it is still good. Every api process learns of a revocation within a second. */
import type { X509Certificate } from 'node:crypto';
import type { Logger } from 'pino';
import { defined } from '../../model/defined.ts';
import { instanceRevoked, requireUsable } from '../../model/join-token.ts';
import type { EpochMs } from '../../model/time.ts';
import type { AgentStore } from '../../store/contract/agents.ts';
import { holderOf } from './names.ts';
import { refused, unknownCertificate } from './refusals.ts';

export interface AgentIdentity {
  readonly kind: 'agent';
  readonly clusterName: string;
  readonly containerInstanceId: string;
  readonly availabilityZone?: string;
  /** Hexadecimal digits in upper case, as Node.js shows them. */
  readonly serial: string;
  /** Milliseconds since the epoch. Whoever keeps a connection must end it then. */
  readonly expiresAt: EpochMs;
}

export interface JoinIdentity {
  readonly kind: 'join';
  readonly tokenId: string;
  /** The token's end, as for an agent. */
  readonly expiresAt: EpochMs;
}

interface IdentitiesOptions {
  readonly store: Pick<AgentStore, 'findAgentCertificate' | 'findJoinToken' | 'listRevocations'>;
  readonly logger: Pick<Logger, 'warn'>;
  /** Default 500. */
  readonly everyMs?: number;
}

/** Whoever opens it must close it. */
export class AgentIdentities {
  readonly #store: IdentitiesOptions['store'];
  readonly #logger: IdentitiesOptions['logger'];
  readonly #timer: NodeJS.Timeout;
  readonly #listeners = new Set<(serial: string) => void>();
  /** Certificates that were found in the store. */
  readonly #known = new Set<string>();
  readonly #revoked = new Set<string>();
  #version = 0;
  #asking: Promise<void> | undefined;
  #lost = false;

  constructor({ store, logger, everyMs = 500 }: IdentitiesOptions) {
    this.#store = store;
    this.#logger = logger;
    this.#timer = setInterval(() => void this.#poll(), everyMs).unref();
  }

  /**
   * The holder of a certificate that TLS has verified against the authority. Throws AwsError if it was revoked, has expired or
   * is none of Longshore's. A certificate that this process knows stays good while the database is away, as nothing can be
   * revoked then; any other is refused with ServiceUnavailable.
   */
  async identify(certificate: X509Certificate): Promise<AgentIdentity | JoinIdentity> {
    const holder = holderOf(certificate.subjectAltName);
    if (holder === undefined) throw unknownCertificate();
    if (holder.kind === 'join') {
      const token = await this.#store.findJoinToken(holder.tokenId);
      requireUsable(token, Date.now());
      return { ...holder, expiresAt: token.expiresAt };
    }
    const { clusterName, containerInstanceId, availabilityZone } = holder;
    const { serialNumber: serial } = certificate;
    const expiresAt = Date.parse(certificate.validTo);
    if (expiresAt <= Date.now()) {
      throw refused(
        `The certificate of container instance ${containerInstanceId} expired at ${new Date(expiresAt).toISOString()}. Join again: longshore token create`,
      );
    }
    await this.#requireGood(serial, containerInstanceId);
    return { kind: 'agent', clusterName, containerInstanceId, ...defined({ availabilityZone }), serial, expiresAt };
  }

  /** Calls the listener with the serial of each certificate that is revoked from now on. Returns the function that ends this. */
  onRevoked(listener: (serial: string) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Looks for revocations now. Rejects if the store does not answer. */
  async refresh(): Promise<void> {
    // One at a time, and the one that is under way may have looked too early.
    await this.#asking?.catch(() => undefined);
    this.#asking ??= this.#ask().finally(() => (this.#asking = undefined));
    return this.#asking;
  }

  close(): void {
    clearInterval(this.#timer);
    this.#listeners.clear();
  }

  async #requireGood(serial: string, containerInstanceId: string): Promise<void> {
    if (!this.#known.has(serial) && !this.#revoked.has(serial)) {
      const found = await this.#store.findAgentCertificate(serial);
      if (found?.containerInstanceId !== containerInstanceId) throw unknownCertificate();
      if (found.revokedAt === undefined) this.#known.add(serial);
      else this.#revoked.add(serial);
    }
    if (this.#revoked.has(serial)) throw instanceRevoked(containerInstanceId);
  }

  async #poll(): Promise<void> {
    if (this.#asking !== undefined) return;
    try {
      await this.refresh();
      this.#lost = false;
    } catch (error) {
      if (!this.#lost) this.#logger.warn({ err: error }, 'cannot look for revoked certificates; trying again');
      this.#lost = true;
    }
  }

  async #ask(): Promise<void> {
    for (const { serial, version } of await this.#store.listRevocations(this.#version)) {
      this.#version = Math.max(this.#version, version);
      this.#revoked.add(serial);
      for (const listener of this.#listeners) listener(serial);
    }
  }
}
