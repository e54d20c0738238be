/** Whom tokens of the account's OpenID Connect providers stand for. */
import { compactVerify, decodeJwt, errors, type JWTVerifyGetKey } from 'jose';
import type { Partition } from '../../../model/arn.ts';
import { type Issuer, urlOfIssuer } from '../../../model/iam/oidc.ts';
import { QUOTAS } from '../../../model/iam/quotas.ts';
import type { AddressPolicy } from '../../../model/outgoing-address.ts';
import type { OidcProviderRecord, OidcProviderStore } from '../../../store/contract/oidc-providers.ts';
import { type IamVersion, KeptWhileUnchanged } from '../iam-version.ts';
import { checkClaims, type Claims, identityOf, readClaims, type WebIdentity } from './claims.ts';
import { IssuerDocuments } from './issuer-documents.ts';
import { IssuerKeys } from './issuer-keys.ts';
import { invalidToken, NO_KEY } from './refusals.ts';

/** Those that AWS takes. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512'];

export interface WebIdentitiesOptions {
  readonly store: Pick<OidcProviderStore, 'listOidcProviders'>;
  readonly version: IamVersion;
  readonly partition: Partition;
  /** Where issuers may be. */
  readonly addresses: AddressPolicy;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

export class WebIdentities {
  readonly #partition: Partition;
  readonly #now: () => number;
  readonly #documents: IssuerDocuments;
  readonly #keys: IssuerKeys;
  /** By URL. */
  readonly #providers: KeptWhileUnchanged<ReadonlyMap<string, OidcProviderRecord>>;

  constructor({ store, version, partition, addresses, now }: WebIdentitiesOptions) {
    this.#partition = partition;
    this.#now = now;
    this.#documents = new IssuerDocuments(addresses);
    this.#keys = new IssuerKeys(this.#documents, { now, most: QUOTAS.oidcProviders });
    this.#providers = new KeptWhileUnchanged(version, async () => {
      const providers = await store.listOidcProviders();
      return new Map(providers.map((provider) => [urlOfIssuer(provider.issuer), provider]));
    });
  }

  /**
   * Whom the token stands for. Everybody may call it, so a token that no signature could make good costs its issuer
   * nothing. Throws InvalidIdentityToken, ExpiredIdentityToken, IDPRejectedClaim and IDPCommunicationError.
   */
  async verify(token: string): Promise<WebIdentity> {
    const claims = claimsOf(token);
    const provider = await this.#providerOf(claims.iss);
    checkClaims(claims, provider, this.#now());
    await this.#verifySignature(token, provider);
    return identityOf(claims, provider, this.#partition.account);
  }

  /** The thumbprint of the certificate with which the issuer answers. Throws OpenIdIdpCommunicationError. */
  thumbprintOf(issuer: Issuer): Promise<string> {
    return this.#documents.thumbprintOf(issuer);
  }

  async #providerOf(iss: string): Promise<OidcProviderRecord> {
    const provider = (await this.#providers.current()).get(iss);
    if (provider === undefined) throw invalidToken(`No OpenIDConnect provider found in your account for ${iss}`);
    return provider;
  }

  async #verifySignature(token: string, provider: OidcProviderRecord): Promise<void> {
    const keys = await this.#keys.keysOf(provider);
    try {
      await checkSignature(token, keys);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw refusalOf(error);
      const newer = await this.#keys.newerKeysOf(provider);
      await checkSignature(token, newer).catch((again: unknown) => {
        throw refusalOf(again);
      });
    }
  }
}

const checkSignature = (token: string, keys: JWTVerifyGetKey): Promise<unknown> =>
  compactVerify(token, keys, { algorithms: ALGORITHMS });

function claimsOf(token: string): Claims {
  let payload: object;
  try {
    payload = decodeJwt(token);
  } catch {
    throw invalidToken(
      'The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)',
    );
  }
  return readClaims(payload);
}

/** The refusal for what is wrong with a signature or its key; any other error is thrown on. */
function refusalOf(error: unknown): unknown {
  if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) {
    return invalidToken(`${NO_KEY}: it has none, or more than one, that the token's header means.`);
  }
  if (error instanceof errors.JOSEAlgNotAllowed) {
    return invalidToken(`The token must be signed with one of ${ALGORITHMS.join(', ')}.`);
  }
  // A key that its algorithm cannot use, such as a short one, is a TypeError.
  if (error instanceof errors.JOSEError || error instanceof TypeError) {
    return invalidToken('Provided Token signature verification failed.');
  }
  return error;
}
