/** The keys of issuers: read when a token asks for them, and kept for a while. */
import { createLocalJWKSet, type JWTVerifyGetKey } from 'jose';
import { z } from 'zod';
import { type Issuer, urlOfIssuer } from '../../../model/iam/oidc.ts';
import type { OidcProviderRecord } from '../../../store/contract/oidc-providers.ts';
import type { IssuerDocuments } from './issuer-documents.ts';
import { noKey } from './refusals.ts';

type Provider = Pick<OidcProviderRecord, 'issuer' | 'thumbprints'>;

/** Keys that an issuer has withdrawn are good for no longer than this. */
const KEPT_MS = 600_000;
/** From then on new keys are read while the old ones are in use, so that nobody waits for a slow issuer. */
const REFRESHED_AFTER_MS = KEPT_MS / 2;
/** An issuer may have new keys; tokens that name unknown ones must not make us ask all the time. */
const ASKED_AGAIN_AFTER_MS = 10_000;
/** So long, a failure is the answer to all who need the keys that could not be read. */
const FAILURE_KEPT_MS = 5_000;

const configuration = z.looseObject({ issuer: z.string(), jwks_uri: z.url({ protocol: /^https$/ }) });
const keySet = z.looseObject({ keys: z.array(z.looseObject({ kty: z.string() })).max(200) });

/** What is known of one issuer. A read that is under way or failed leaves the keys alone that were read before. */
interface Kept {
  /** With these the keys are read. */
  readonly thumbprints: string;
  good?: { readonly keys: JWTVerifyGetKey; readonly readAt: number };
  /** Present while the issuer is being asked. */
  reading?: Promise<JWTVerifyGetKey>;
  /** When the issuer was asked last; never: -Infinity. */
  askedAt: number;
  /** Why the last read failed; absent if it did not. */
  failure?: { readonly error: unknown };
}

export class IssuerKeys {
  readonly #documents: Pick<IssuerDocuments, 'read'>;
  readonly #now: () => number;
  readonly #most: number;
  readonly #kept = new Map<Issuer, Kept>();

  /** `most`: for so many issuers keys are kept. `now`: milliseconds since the epoch. */
  constructor(documents: Pick<IssuerDocuments, 'read'>, { now, most }: { now: () => number; most: number }) {
    this.#documents = documents;
    this.#now = now;
    this.#most = most;
  }

  /** The issuer's keys. Throws IDPCommunicationError and InvalidIdentityToken. */
  async keysOf(provider: Provider): Promise<JWTVerifyGetKey> {
    const kept = this.#keptOf(provider);
    const good = this.#goodOf(kept);
    if (good === undefined) return this.#ask(kept, provider);
    const isOld = this.#now() - good.readAt >= REFRESHED_AFTER_MS;
    // Whoever needs newer keys gets the failure.
    if (isOld && !this.#wasAskedWithin(kept, ASKED_AGAIN_AFTER_MS)) this.#ask(kept, provider).catch(() => undefined);
    return good.keys;
  }

  /**
   * The same, for a token of which the key is not among them: asks the issuer again if that was not a moment ago. If the issuer
   * could not be read then, that is the answer, as the token may be good: clients try again.
   */
  async newerKeysOf(provider: Provider): Promise<JWTVerifyGetKey> {
    const kept = this.#keptOf(provider);
    const good = this.#goodOf(kept);
    const isEnough = kept.reading === undefined && this.#wasAskedWithin(kept, ASKED_AGAIN_AFTER_MS);
    if (good === undefined || !isEnough) return this.#ask(kept, provider);
    if (kept.failure !== undefined) throw kept.failure.error;
    return good.keys;
  }

  #keptOf({ issuer, thumbprints }: Provider): Kept {
    const before = this.#kept.get(issuer);
    const trusted = thumbprints.join();
    const kept = before?.thumbprints === trusted ? before : { thumbprints: trusted, askedAt: -Infinity };
    this.#kept.delete(issuer);
    this.#kept.set(issuer, kept);
    const [oldest] = this.#kept.size > this.#most ? this.#kept.keys() : [];
    if (oldest !== undefined) this.#kept.delete(oldest);
    return kept;
  }

  #goodOf({ good }: Kept): Kept['good'] {
    return good !== undefined && this.#now() - good.readAt < KEPT_MS ? good : undefined;
  }

  #wasAskedWithin({ askedAt }: Kept, ms: number): boolean {
    return this.#now() - askedAt < ms;
  }

  /** All who ask while the issuer is being asked share the answer, and for a moment a failure. */
  async #ask(kept: Kept, provider: Provider): Promise<JWTVerifyGetKey> {
    if (kept.reading !== undefined) return kept.reading;
    if (kept.failure !== undefined && this.#wasAskedWithin(kept, FAILURE_KEPT_MS)) throw kept.failure.error;
    kept.askedAt = this.#now();
    kept.reading = this.#take(kept, provider);
    return kept.reading;
  }

  async #take(kept: Kept, provider: Provider): Promise<JWTVerifyGetKey> {
    try {
      const keys = await this.#read(provider);
      kept.good = { keys, readAt: kept.askedAt };
      delete kept.failure;
      return keys;
    } catch (error) {
      kept.failure = { error };
      throw error;
    } finally {
      delete kept.reading;
    }
  }

  async #read({ issuer, thumbprints }: Provider): Promise<JWTVerifyGetKey> {
    const url = urlOfIssuer(issuer);
    const path = '/.well-known/openid-configuration';
    const told = configuration.safeParse(
      await this.#documents.read(new URL(url.replace(/\/$/, '') + path), thumbprints),
    );
    if (!told.success) throw noKey(`${path} of ${url} has no https jwks_uri or no issuer.`);
    if (told.data.issuer !== url) throw noKey(`${path} of ${url} is of another issuer.`);
    const set = keySet.safeParse(await this.#documents.read(new URL(told.data.jwks_uri), thumbprints));
    if (!set.success) throw noKey(`${told.data.jwks_uri} holds no set of keys.`);
    return createLocalJWKSet(set.data);
  }
}
