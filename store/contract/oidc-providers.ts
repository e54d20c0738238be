/**
 * The interface for OpenID Connect providers: whose tokens STS takes. Refusals are those of the rest of IAM's records; they
 * name a provider by its ARN.
 */
import type { Issuer } from '../../model/iam/oidc.ts';
import type { EpochMs } from '../../model/time.ts';
import type { IamTag } from './iam.ts';

export interface OidcProviderRecord {
  readonly issuer: Issuer;
  /** The audiences that its tokens may be for, in the order in which they were added. */
  readonly clientIds: readonly string[];
  /** SHA-1 of certificates, 40 hexadecimal digits in lower case. */
  readonly thumbprints: readonly string[];
  readonly createdAt: EpochMs;
  readonly tags: readonly IamTag[];
}

export interface OidcProviderStore {
  createOidcProvider(provider: OidcProviderRecord): Promise<void>;
  getOidcProvider(issuer: Issuer): Promise<OidcProviderRecord>;
  /** All of them, by issuer: an account has a hundred at most. */
  listOidcProviders(): Promise<readonly OidcProviderRecord[]>;
  /** Changes nothing if there is no such provider. */
  deleteOidcProvider(issuer: Issuer): Promise<void>;
  setOidcThumbprints(issuer: Issuer, thumbprints: readonly string[]): Promise<void>;
  /** Changes nothing if the provider has the client id already. */
  addOidcClientId(issuer: Issuer, clientId: string): Promise<void>;
  /** Changes nothing if the provider has no such client id. */
  removeOidcClientId(issuer: Issuer, clientId: string): Promise<void>;
}
