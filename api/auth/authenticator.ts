/** Who calls: verifies a request's signature and finds the principal behind its key. */
import type { AccessKey } from '../../model/access-key.ts';
import type { AccessKeyStore } from '../../store/contract/access-keys.ts';
import type { AccessKeySecrets } from './access-keys.ts';
import type { Caller, Owner } from './caller.ts';
import { invalidSignature, otherMasterKey, unknownCaller } from './refusals.ts';
import { type Claim, type Signed, readClaim } from './signature/claim.ts';
import { SealError } from './sealing.ts';
import { isTemporaryKey, type SessionTokens } from './session-tokens.ts';
import { checkClaim, type RawRequest, verifySignature } from './signature/verify.ts';

export interface AuthenticatorOptions {
  readonly store: Pick<AccessKeyStore, 'findAccessKey' | 'recordKeyUse'>;
  readonly secrets: AccessKeySecrets;
  readonly tokens: SessionTokens;
  /** The region for which calls are signed. */
  readonly region: string;
  /** The caller behind credentials; undefined if there is no such user or role any more. */
  readonly callerOf: (owner: Owner) => Promise<Caller | undefined>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Credentials that may sign. */
interface Known {
  readonly owner: Owner;
  readonly secretAccessKey: string;
  /** When temporary credentials were issued, in milliseconds since the epoch. */
  readonly issuedAt?: number;
}

export interface Authenticated {
  readonly caller: Caller;
  readonly claim: Claim;
}

/** A key that was disabled or deleted may be used for this long, as in AWS, where it takes seconds. */
const FRESH_MS = 1_000;
/** IAM tells when a key was used last, to the minute. */
const USE_RECORDED_EVERY_MS = 60_000;
const MOST_KEPT = 1_000;
const GLOBAL_SERVICES: ReadonlySet<string> = new Set(['iam', 'sts']);
const GLOBAL_REGION = 'us-east-1';

export class Authenticator {
  readonly #options: AuthenticatorOptions;
  readonly #known = new Map<string, Known & { readonly readAt: number }>();
  readonly #used = new Map<string, number>();

  constructor(options: AuthenticatorOptions) {
    this.#options = options;
  }

  /** Throws the refusals of refusals.ts. */
  async authenticate(request: Signed, raw: RawRequest): Promise<Authenticated> {
    const claim = readClaim(request);
    this.#checkRegion(claim);
    const now = this.#options.now();
    // Before the key is looked for: whoever has none must not cost a query.
    checkClaim(raw, claim, now);
    const known = await this.#find(claim, now);
    await verifySignature(raw, claim, known.secretAccessKey);
    const caller = await this.#callerOf(known);
    if (!isTemporaryKey(claim.accessKeyId)) this.#recordUse(claim, now);
    return { caller, claim };
  }

  /** The caller behind a claim that was verified before, as things are now. Throws if its credentials are no longer good. */
  async again(claim: Claim): Promise<Caller> {
    return this.#callerOf(await this.#find(claim, this.#options.now()));
  }

  async #callerOf({ owner, issuedAt }: Known): Promise<Caller> {
    const caller = await this.#options.callerOf(owner);
    if (caller === undefined) throw unknownCaller();
    return issuedAt === undefined ? caller : { ...caller, issuedAt };
  }

  /** As in AWS, whose IAM and STS also take the first of all regions. */
  #checkRegion({ region, service }: Claim): void {
    const isGlobal = GLOBAL_SERVICES.has(service) && region === GLOBAL_REGION;
    if (region === this.#options.region || isGlobal) return;
    throw invalidSignature(`Credential should be scoped to a valid region, not '${region}'.`);
  }

  async #find({ accessKeyId, sessionToken }: Claim, now: number): Promise<Known> {
    if (isTemporaryKey(accessKeyId)) {
      if (sessionToken === undefined) throw unknownCaller();
      const { of, secret, issuedAt } = this.#options.tokens.open(sessionToken, accessKeyId, now);
      return { owner: of, secretAccessKey: secret, issuedAt };
    }
    if (sessionToken !== undefined) throw unknownCaller();
    return this.#findKey(accessKeyId, now);
  }

  async #findKey(accessKeyId: string, now: number): Promise<Known> {
    const kept = this.#known.get(accessKeyId);
    if (kept !== undefined && now - kept.readAt < FRESH_MS) return kept;
    this.#known.delete(accessKeyId);
    const key = await this.#options.store.findAccessKey(accessKeyId);
    if (key?.status !== 'Active') throw unknownCaller();
    const owner: Owner = key.userName === undefined ? { kind: 'root' } : { kind: 'user', name: key.userName };
    const known = { owner, secretAccessKey: this.#secretOf(key), readAt: now };
    keep(this.#known, accessKeyId, known);
    return known;
  }

  #secretOf(key: AccessKey): string {
    try {
      return this.#options.secrets.open(key);
    } catch (error) {
      throw error instanceof SealError ? otherMasterKey() : error;
    }
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
