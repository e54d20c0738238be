/** Who calls: verifies a request's signature and finds the principal behind its key. */
import type { AccessKey } from '../../model/access-key.ts';
import type { AccessKeyStore } from '../../store/contract/access-keys.ts';
import type { AccessKeySecrets } from './access-keys.ts';
import type { Principal } from './principal.ts';
import { unknownCaller } from './refusals.ts';
import { type Claim, type Signed, readClaim } from './signature/claim.ts';
import { type RawRequest, verifySignature } from './signature/verify.ts';

export interface AuthenticatorOptions {
  readonly store: Pick<AccessKeyStore, 'findAccessKey' | 'recordKeyUse'>;
  readonly secrets: AccessKeySecrets;
  /** The principal of a key's owner; undefined if there is no such user any more. */
  readonly principalOf: (userName: string | undefined) => Promise<Principal | undefined>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** What a key stands for. */
interface Known {
  readonly principal: Principal;
  readonly secretAccessKey: string;
  readonly readAt: number;
}

export interface Authenticated {
  readonly principal: Principal;
  readonly claim: Claim;
}

/** A key that was disabled or deleted may be used for this long, as in AWS, where it takes seconds. */
const FRESH_MS = 1_000;
/** IAM tells when a key was used last, to the minute. */
const USE_RECORDED_EVERY_MS = 60_000;
const MOST_KEPT = 1_000;

export class Authenticator {
  readonly #options: AuthenticatorOptions;
  readonly #known = new Map<string, Known>();
  readonly #used = new Map<string, number>();

  constructor(options: AuthenticatorOptions) {
    this.#options = options;
  }

  /** Throws the refusals of refusals.ts. */
  async authenticate(request: Signed, raw: RawRequest): Promise<Authenticated> {
    const claim = readClaim(request);
    const now = this.#options.now();
    const known = await this.#find(claim, now);
    await verifySignature(raw, claim, { secretAccessKey: known.secretAccessKey, now });
    this.#recordUse(claim, now);
    return { principal: known.principal, claim };
  }

  async #find({ accessKeyId, sessionToken }: Claim, now: number): Promise<Known> {
    if (sessionToken !== undefined) throw unknownCaller();
    const kept = this.#known.get(accessKeyId);
    if (kept !== undefined && now - kept.readAt < FRESH_MS) return kept;
    this.#known.delete(accessKeyId);
    const key = await this.#options.store.findAccessKey(accessKeyId);
    const known = await this.#open(key, now);
    keep(this.#known, accessKeyId, known);
    return known;
  }

  async #open(key: AccessKey | undefined, readAt: number): Promise<Known> {
    if (key?.status !== 'Active') throw unknownCaller();
    const principal = await this.#options.principalOf(key.userName);
    if (principal === undefined) throw unknownCaller();
    return { principal, secretAccessKey: this.#options.secrets.open(key), readAt };
  }

  /** In the background: a call must not wait for it, nor fail with it. */
  #recordUse({ accessKeyId, service, region }: Claim, now: number): void {
    if (now - (this.#used.get(accessKeyId) ?? 0) < USE_RECORDED_EVERY_MS) return;
    keep(this.#used, accessKeyId, now);
    this.#options.store.recordKeyUse(accessKeyId, { at: now, service, region }).catch(() => {
      this.#used.delete(accessKeyId);
    });
  }
}

/** Keeps the newest entries only. */
function keep<T>(entries: Map<string, T>, key: string, value: T): void {
  entries.delete(key);
  entries.set(key, value);
  const oldest = entries.size > MOST_KEPT ? entries.keys().next().value : undefined;
  if (oldest !== undefined) entries.delete(oldest);
}
