/** The rules for OpenID Connect providers, beyond the constraints of their members. */
import type { OidcProviderRecord } from '../../../store/contract/oidc-providers.ts';
import { type Issuer, issuerOfArn, issuerOfUrl, type OidcUrlFault } from '../../../model/iam/oidc.ts';
import { invalidInput } from '../../../model/iam/refusals.ts';

const THUMBPRINT = /^[0-9a-f]{40}$/;

/** The issuer of a provider's URL. Throws InvalidInput. */
export function requireIssuerUrl(url: string): Issuer {
  const issuer: Issuer | OidcUrlFault = issuerOfUrl(url);
  if (typeof issuer === 'string') return issuer;
  throw invalidInput(`Invalid Open ID Connect Provider URL: ${issuer.fault}.`);
}

/** The issuer of a provider's ARN in this account. Throws InvalidInput. */
export function requireIssuerArn(account: string, arn: string): Issuer {
  const issuer = issuerOfArn(account, arn);
  if (issuer === undefined) throw invalidInput(`Invalid ARN: ${arn} is no OpenID Connect provider of this account.`);
  return issuer;
}

/** Upper and lower case mean the same. Throws InvalidInput. */
export function requireThumbprints(texts: readonly string[]): OidcProviderRecord['thumbprints'] {
  const thumbprints = texts.map((text) => text.toLowerCase());
  if (!thumbprints.every((text) => THUMBPRINT.test(text))) {
    throw invalidInput('A thumbprint is the SHA-1 of a certificate: 40 hexadecimal digits.');
  }
  return [...new Set(thumbprints)];
}
