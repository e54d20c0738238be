/** Who this agent is to the control plane: its certificate and key, renewed in time. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { keyAsPem, newKeys, requestFor } from '../../certificates/keys.ts';
import { RENEW } from '../../model/agent-door.ts';
import type { EpochMs } from '../../model/time.ts';
import { type CallDoor, DoorRefusal, type DoorTls } from './door-client.ts';
import { identityFrom, keepIdentity, type KeptIdentity, readIdentity, reserveIdentity } from './kept-identity.ts';

/** A certificate is renewed when this part of its life is over. */
const RENEW_AT = 1 / 2;
/** After an attempt that failed, the next follows when this part of the certificate's life is over, or sooner. */
const RETRY_AFTER = 1 / 50;
const RETRY_MS = { least: 200, most: 600_000 };
/** A clock may be set, and a machine may sleep, so no wait is longer. */
const LONGEST_WAIT_MS = 3_600_000;

type RenewalLogger = Pick<Logger, 'info' | 'warn' | 'error'>;

export class AgentCredentials {
  readonly #dataDir: string;
  readonly #listeners = new Set<(tls: DoorTls) => void>();
  readonly #stopping = new AbortController();
  #kept: KeptIdentity;
  /** A new certificate that could not be kept yet, because of the disk. It is not in use before it is. */
  #unkept: KeptIdentity | undefined;

  constructor(dataDir: string, kept: KeptIdentity) {
    this.#dataDir = dataDir;
    this.#kept = kept;
  }

  /** What is kept in the agent's folder; undefined if this agent never joined. Throws IdentityError for a broken file. */
  static load(dataDir: string): AgentCredentials | undefined {
    const kept = readIdentity(dataDir);
    return kept && new AgentCredentials(dataDir, kept);
  }

  /** The agent door's `host:port`. */
  get address(): string {
    return this.#kept.address;
  }

  get containerInstanceId(): string {
    return this.#kept.containerInstanceId;
  }

  get clusterName(): string {
    return this.#kept.clusterName;
  }

  /** Absent: the agent says where it is. */
  get availabilityZone(): string | undefined {
    return this.#kept.availabilityZone;
  }

  /** Milliseconds since the epoch. In the past: the agent must join again. */
  get expiresAt(): EpochMs {
    return this.#kept.expiresAt;
  }

  current(): DoorTls {
    const { certificate: cert, key, authority } = this.#kept;
    return { cert, key, authority };
  }

  /** Calls the listener with each new certificate. Returns the function that ends this. */
  onRenewed(listener: (tls: DoorTls) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Renews the certificate at half its life, again and again until `stop`. Failures are logged and tried again. */
  startRenewing(call: CallDoor, { logger }: { readonly logger: RenewalLogger }): void {
    this.#renewForever(call, logger).catch((error: unknown) => {
      if (!this.#stopping.signal.aborted) logger.error({ err: error }, 'the agent stopped renewing its certificate');
    });
  }

  stop(): void {
    this.#stopping.abort();
    this.#listeners.clear();
  }

  async #renewForever(call: CallDoor, logger: RenewalLogger): Promise<void> {
    const { signal } = this.#stopping;
    let hasExpired = false;
    for (let due = this.#at(RENEW_AT); ;) {
      await sleepUntil(due, signal);
      try {
        await this.#renew(call);
        logger.info('renewed the certificate of this agent');
        due = this.#at(RENEW_AT);
      } catch (error) {
        signal.throwIfAborted();
        due = Date.now() + this.#retryMs();
        // It goes on: it may be the clock that is wrong.
        if (this.expiresAt <= Date.now()) {
          if (!hasExpired)
            logger.error({ err: error }, 'the certificate of this agent has expired: join again with a new token');
          hasExpired = true;
          continue;
        }
        const refused = error instanceof DoorRefusal ? 'the control plane refuses to renew' : 'could not renew';
        logger.warn({ err: error }, `${refused} the certificate of this agent; trying again`);
      }
    }
  }

  async #renew(call: CallDoor): Promise<void> {
    const waiting = this.#unkept;
    const next = waiting !== undefined && waiting.expiresAt > Date.now() ? waiting : await this.#ask(call);
    this.#unkept = next;
    // Kept before it is used: a crash in between would lose the key.
    keepIdentity(this.#dataDir, next);
    this.#unkept = undefined;
    this.#kept = next;
    for (const listener of this.#listeners) listener(this.current());
  }

  async #ask(call: CallDoor): Promise<KeptIdentity> {
    reserveIdentity(this.#dataDir);
    const keys = await newKeys();
    const { address, authority } = this.#kept;
    const request = { certificateRequest: await requestFor(keys) };
    const answer = await call(RENEW, request, { address, ...this.current() });
    this.#stopping.signal.throwIfAborted();
    return identityFrom(answer, { address, authority, key: await keyAsPem(keys.privateKey) });
  }

  /** When that part of the certificate's life is over. */
  #at(part: number): EpochMs {
    const { obtainedAt, expiresAt } = this.#kept;
    return obtainedAt + (expiresAt - obtainedAt) * part;
  }

  #retryMs(): number {
    const { obtainedAt, expiresAt } = this.#kept;
    return Math.max(RETRY_MS.least, Math.min(RETRY_MS.most, (expiresAt - obtainedAt) * RETRY_AFTER));
  }
}

async function sleepUntil(time: EpochMs, signal: AbortSignal): Promise<void> {
  for (let left = time - Date.now(); left > 0; left = time - Date.now()) {
    await sleep(Math.min(left, LONGEST_WAIT_MS), undefined, { signal, ref: false });
  }
  signal.throwIfAborted();
}
