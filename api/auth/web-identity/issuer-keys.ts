/** The keys of issuers: read when a token asks for them, and kept for a while. */
import { createLocalJWKSet, type JWTVerifyGetKey } from 'jose';
import { z } from 'zod';
import { type Issuer, urlOfIssuer } from '../../../model/iam/oidc.ts';
import type { OidcProviderRecord } from '../../../store/contract/oidc-providers.ts';
import type { IssuerDocuments } from './issuer-documents.ts';
import { invalidToken, NO_KEY } from './refusals.ts';

type Provider = Pick<OidcProviderRecord, 'issuer' | 'thumbprints'>;

/** Keys that an issuer has withdrawn are good for no longer than this. */
const KEPT_MS = 600_000;
/** An issuer may have new keys; a token that names an unknown one must not make us ask all the time. */
const ASKED_AGAIN_AFTER_MS = 30_000;
/** So long, a failure is the answer to all callers. */
const FAILURE_KEPT_MS = 5_000;

const configuration = z.looseObject({ issuer: z.string(), jwks_uri: z.url({ protocol: /^https$/ }) });
const keySet = z.looseObject({ keys: z.array(z.looseObject({ kty: z.string() })).max(200) });

interface Kept {
  readonly readAt: number;
  /** When the issuer was asked last, perhaps without success. */
  readonly askedAt: number;
  readonly keys: Promise<JWTVerifyGetKey>;
  /** With these the keys were read. */
  readonly thumbprints: string;
  hasFailed: boolean;
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
  keysOf(provider: Provider): Promise<JWTVerifyGetKey> {
    return this.#keys(provider, ({ readAt }) => this.#now() - readAt < KEPT_MS);
  }

  /** The same, for a token of which the key is not among them: asks the issuer again if that was not a moment ago. */
  newerKeysOf(provider: Provider): Promise<JWTVerifyGetKey> {
    return this.#keys(provider, ({ askedAt }) => this.#now() - askedAt < ASKED_AGAIN_AFTER_MS);
  }

  #keys(provider: Provider, isFresh: (kept: Kept) => boolean): Promise<JWTVerifyGetKey> {
    const [now, thumbprints] = [this.#now(), provider.thumbprints.join()];
    const kept = this.#kept.get(provider.issuer);
    const before = kept?.thumbprints === thumbprints ? kept : undefined;
    const isGood = before?.hasFailed === true ? now - before.askedAt < FAILURE_KEPT_MS : before && isFresh(before);
    if (before !== undefined && isGood === true) return before.keys;
    const next: Kept = { readAt: now, askedAt: now, keys: this.#read(provider), thumbprints, hasFailed: false };
    this.#keep(provider.issuer, next);
    next.keys.catch(() => {
      next.hasFailed = true;
      // What was read before is good until its own end.
      const isUsable = before !== undefined && !before.hasFailed && now - before.readAt < KEPT_MS;
      if (isUsable && this.#kept.get(provider.issuer) === next)
        this.#keep(provider.issuer, { ...before, askedAt: now });
    });
    return next.keys;
  }

  #keep(issuer: Issuer, kept: Kept): void {
    this.#kept.delete(issuer);
    this.#kept.set(issuer, kept);
    const oldest = this.#kept.size > this.#most ? this.#kept.keys().next().value : undefined;
    if (oldest !== undefined) this.#kept.delete(oldest);
  }

  async #read({ issuer, thumbprints }: Provider): Promise<JWTVerifyGetKey> {
    const url = urlOfIssuer(issuer);
    const path = '/.well-known/openid-configuration';
    const told = configuration.safeParse(
      await this.#documents.read(new URL(url.replace(/\/$/, '') + path), thumbprints),
    );
    if (!told.success) throw invalidToken(`${NO_KEY}: ${path} of ${url} has no https jwks_uri or no issuer.`);
    if (told.data.issuer !== url) throw invalidToken(`${NO_KEY}: ${path} of ${url} is of another issuer.`);
    const set = keySet.safeParse(await this.#documents.read(new URL(told.data.jwks_uri), thumbprints));
    if (!set.success) throw invalidToken(`${NO_KEY}: ${told.data.jwks_uri} holds no set of keys.`);
    return createLocalJWKSet(set.data);
  }
}
