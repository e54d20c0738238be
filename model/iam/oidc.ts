/** OpenID Connect providers of IAM: how their URLs, ARNs and condition keys belong together. Pure. */

/** Who issues tokens, as ARNs and condition keys name it: the `iss` of its tokens without `https://`. */
export type Issuer = string;

const SCHEME = 'https://';
const MOST_URL_CHARACTERS = 255;
/** A host with at least one dot, so that no condition key of an issuer is one of AWS's own, such as `aws:userid`. */
const HOST = /^(?:[a-z0-9-]+(?:\.[a-z0-9-]+)+|localhost)(?::\d{1,5})?$/;
/** What ARNs and condition keys can hold. */
const PATH = /^(?:\/[\w.~!$&'()+,;=:@%-]*)*$/;

export interface OidcUrlFault {
  readonly fault: string;
}

/**
 * The issuer at a provider's URL, or what is wrong with the URL. As in IAM, it has neither query nor fragment, and it is not
 * changed: `https://a.example/` and `https://a.example` are two issuers. A port is allowed, which IAM advises against.
 */
export function issuerOfUrl(url: string): Issuer | OidcUrlFault {
  if (url.length > MOST_URL_CHARACTERS) return { fault: `it has more than ${MOST_URL_CHARACTERS} characters` };
  if (!url.startsWith(SCHEME)) return { fault: 'it must begin with https://' };
  const issuer = url.slice(SCHEME.length);
  const slash = issuer.indexOf('/');
  const [host, path] = slash < 0 ? [issuer, ''] : [issuer.slice(0, slash), issuer.slice(slash)];
  if (!HOST.test(host) || !URL.canParse(url))
    return { fault: 'its host must be a name in lower case, or an IPv4 address' };
  if (!PATH.test(path)) return { fault: 'its path must have no query, no fragment and no wildcard' };
  return issuer;
}

export const urlOfIssuer = (issuer: Issuer): string => SCHEME + issuer;

export const oidcProviderArn = (account: string, issuer: Issuer): string =>
  `arn:aws:iam::${account}:oidc-provider/${issuer}`;

/** The issuer of a provider's ARN; undefined if the text is no such ARN of the account. */
export function issuerOfArn(account: string, arn: string): Issuer | undefined {
  const prefix = oidcProviderArn(account, '');
  return arn.startsWith(prefix) && arn.length > prefix.length ? arn.slice(prefix.length) : undefined;
}

/** The issuer that a Federated principal names, by its provider's ARN or by itself. */
export const issuerOfProvider = (name: string): Issuer => name.replace(/^arn:[^:]*:iam::\d{12}:oidc-provider\//, '');
