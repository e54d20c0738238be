/** Who calls: verifies a request's signature and finds the principal behind its key. */
import type { AccessKey } from '../../model/access-key.ts';
import { defined } from '../../model/defined.ts';
import type { AccessKeyStore } from '../../store/contract/access-keys.ts';
import type { AccessKeySecrets } from './access-keys.ts';
import type { Caller, Owner } from './caller.ts';
import { type Bucket, fullBucket, type Rate, takeToken } from '../throttle/bucket.ts';
import { type IamVersion, KeptWhileUnchanged } from './iam-version.ts';
import { invalidSignature, otherMasterKey, unknownCaller } from './refusals.ts';
import { type Claim, type Signed, readClaim } from './signature/claim.ts';
import { SealError } from './sealing.ts';
import { isTemporaryKey, type SessionTokens } from './session-tokens.ts';
import { checkClaim, type RawRequest, verifySignature } from './signature/verify.ts';

export interface AuthenticatorOptions {
  readonly store: Pick<AccessKeyStore, 'findAccessKey' | 'listAccessKeyIds' | 'recordKeyUse'>;
  readonly version: IamVersion;
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
/** So many keys are looked for one by one; beyond that, only those that the list of all has. */
const LOOK_UPS: Rate = { burst: 50, perSecond: 20 };
const GLOBAL_SERVICES: ReadonlySet<string> = new Set(['iam', 'sts']);
const GLOBAL_REGION = 'us-east-1';

export class Authenticator {
  readonly #options: AuthenticatorOptions;
  /** What a key's id stands for; without credentials, that it may not sign. */
  readonly #known = new Map<string, { readonly readAt: number; readonly credentials?: Known }>();
  /** Whoever calls can name any id, so ids that no key has must not cost a query each. */
  #lookUps: Bucket;
  readonly #ids: KeptWhileUnchanged<ReadonlySet<string>>;
  readonly #used = new Map<string, number>();

  constructor(options: AuthenticatorOptions) {
    this.#options = options;
    this.#lookUps = fullBucket(LOOK_UPS, options.now());
    this.#ids = new KeptWhileUnchanged(options.version, async () => new Set(await options.store.listAccessKeyIds()));
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
    const isFresh = kept !== undefined && now - kept.readAt < FRESH_MS;
    const credentials = isFresh ? kept.credentials : await this.#readKey(accessKeyId, now);
    if (credentials === undefined) throw unknownCaller();
    return credentials;
  }

  async #readKey(accessKeyId: string, now: number): Promise<Known | undefined> {
    this.#known.delete(accessKeyId);
    if (!this.#mayLookUp(now) && !(await this.#ids.current()).has(accessKeyId)) return undefined;
    const key = await this.#options.store.findAccessKey(accessKeyId);
    const credentials = key?.status === 'Active' ? this.#credentialsOf(key) : undefined;
    keep(this.#known, accessKeyId, { readAt: now, ...defined({ credentials }) });
    return credentials;
  }

  /** A new key is known at once; while many unknown ones are named, within a second. */
  #mayLookUp(now: number): boolean {
    const { bucket, isTaken } = takeToken(this.#lookUps, LOOK_UPS, now);
    this.#lookUps = bucket;
    return isTaken;
  }

  #credentialsOf(key: AccessKey): Known {
    const owner: Owner = key.userName === undefined ? { kind: 'root' } : { kind: 'user', name: key.userName };
    return { owner, secretAccessKey: this.#secretOf(key) };
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
