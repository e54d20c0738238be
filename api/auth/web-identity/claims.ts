/** What a token says, and whether its provider may say so. Pure: its signature is checked elsewhere. */
import { z } from 'zod';
import { type Issuer, oidcProviderArn } from '../../../model/iam/oidc.ts';
import type { OidcProviderRecord } from '../../../store/contract/oidc-providers.ts';
import type { ContextValue, ContextValues } from '../policy/context.ts';
import { expiredIdentityToken, invalidToken, rejectedClaim } from './refusals.ts';

/** Somebody whom an issuer knows. */
export interface WebIdentity {
  readonly issuer: Issuer;
  readonly providerArn: string;
  /** `sub` */
  readonly subject: string;
  /** `azp`, or the `aud` that is one of the provider's client ids. */
  readonly audience: string;
  /** The condition keys that the claims give, such as `issuer.example:sub`. */
  readonly keys: ContextValues;
  readonly tags: readonly { readonly Key: string; readonly Value: string }[];
  readonly transitiveTagKeys: readonly string[];
  readonly sourceIdentity?: string;
}

/** Clocks of issuers may be ahead by this much. The end of a token's life is exact. */
const SKEW_SECONDS = 300;
/** STS's limit for a subject. */
const MOST_SUBJECT_CHARACTERS = 255;

const claims = z.looseObject({
  iss: z.string(),
  sub: z.string().min(1).max(MOST_SUBJECT_CHARACTERS),
  aud: z.union([z.string(), z.array(z.string())]),
  azp: z.string().optional(),
  exp: z.number(),
  iat: z.number(),
  nbf: z.number().optional(),
});

export type Claims = z.infer<typeof claims>;

/** Throws InvalidIdentityToken if a claim that every token needs is missing or of a wrong kind. */
export function readClaims(payload: object): Claims {
  const read = claims.safeParse(payload);
  if (read.success) return read.data;
  const names = new Set(read.error.issues.map(({ path }) => String(path[0] ?? '')));
  throw invalidToken(`Missing or malformed claims in the token: ${[...names].join(', ')}`);
}

type Audiences = Pick<OidcProviderRecord, 'clientIds'>;

/** As in AWS, `azp` takes the place of `aud`, if there is one. */
const audiencesOf = ({ aud, azp }: Claims, { clientIds }: Audiences): readonly string[] =>
  (azp === undefined ? [aud].flat() : [azp]).filter((audience) => clientIds.includes(audience));

/** Throws InvalidIdentityToken and ExpiredIdentityToken. `now`: milliseconds since the epoch. */
export function checkClaims(given: Claims, provider: Audiences, now: number): void {
  if (audiencesOf(given, provider).length === 0) throw invalidToken('Incorrect token audience');
  const seconds = Math.floor(now / 1000);
  const { exp, iat, nbf } = given;
  if (exp <= seconds) {
    throw expiredIdentityToken(
      `Token expired: current date/time ${seconds} must be before the expiration date/time ${exp}`,
    );
  }
  if (iat > seconds + SKEW_SECONDS)
    throw invalidToken(`Token is issued in the future: at ${iat}, and now is ${seconds}`);
  if ((nbf ?? 0) > seconds + SKEW_SECONDS) {
    throw invalidToken(`Token is not valid yet: before ${String(nbf)}, and now is ${seconds}`);
  }
}

const AWS_CLAIM = 'https://aws.amazon.com';
const TAGS = `${AWS_CLAIM}/tags`;
const SOURCE_IDENTITY = `${AWS_CLAIM}/source_identity`;

/** Whom the claims describe. They were checked. Throws IDPRejectedClaim for claims of AWS's own that it does not take. */
export function identityOf(given: Claims, provider: OidcProviderRecord, account: string): WebIdentity {
  const { issuer } = provider;
  const audiences = audiencesOf(given, provider);
  const sourceIdentity = given[SOURCE_IDENTITY];
  if (sourceIdentity !== undefined && typeof sourceIdentity !== 'string') {
    throw rejectedClaim(`The claim ${SOURCE_IDENTITY} must be a text.`);
  }
  return {
    issuer,
    providerArn: oidcProviderArn(account, issuer),
    subject: given.sub,
    audience: audiences[0] ?? '',
    keys: keysOf(given, issuer, audiences),
    ...tagsOf(given),
    ...(sourceIdentity === undefined ? {} : { sourceIdentity }),
  };
}

/**
 * `ISSUER:aud`, `:sub`, `:amr` and every other claim that has a text, a number, a boolean or a list of texts. `:oaud` is the
 * `aud` of a token with `azp`. A name in lower case goes before the same name in another.
 */
function keysOf({ aud, ...others }: Claims, issuer: Issuer, audiences: readonly string[]): ContextValues {
  const named = Object.entries(others).flatMap(([name, value]) => {
    const known = contextValue(value);
    return known === undefined ? [] : [[name, known] as const];
  });
  const isFolded = ([name]: readonly [string, ContextValue]): boolean => name === name.toLowerCase();
  const inOrder = [...named.filter((entry) => !isFolded(entry)), ...named.filter(isFolded)];
  const own = { aud: audiences, ...(others.azp === undefined ? {} : { oaud: [aud].flat() }) };
  return Object.fromEntries(
    [...inOrder, ...Object.entries(own)].map(([name, value]) => [`${issuer}:${name.toLowerCase()}`, value]),
  );
}

function contextValue(value: unknown): ContextValue | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  const isTexts = Array.isArray(value) && value.every((each) => typeof each === 'string');
  return isTexts ? value : undefined;
}

const tagValue = z.union([z.string(), z.tuple([z.string()]).transform(([only]) => only)]);
const nested = z.strictObject({
  principal_tags: z.record(z.string(), tagValue).optional(),
  transitive_tag_keys: z.array(z.string()).optional(),
});
const PRINCIPAL_TAG = `${TAGS}/principal_tags/`;
const TRANSITIVE = `${TAGS}/transitive_tag_keys`;

/** AWS takes session tags in one claim, or in one claim for each tag. */
function tagsOf(given: Claims): Pick<WebIdentity, 'tags' | 'transitiveTagKeys'> {
  const inOne = rejecting(TAGS, nested.optional(), given[TAGS]);
  const each = Object.entries(given)
    .filter(([name]) => name.startsWith(PRINCIPAL_TAG))
    .map(([name, value]) => [name.slice(PRINCIPAL_TAG.length), rejecting(name, tagValue, value)] as const);
  const tags = [...Object.entries(inOne?.principal_tags ?? {}), ...each];
  const transitive = rejecting(TRANSITIVE, z.array(z.string()).optional(), given[TRANSITIVE]) ?? [];
  return {
    tags: tags.map(([Key, Value]) => ({ Key, Value })),
    transitiveTagKeys: [...(inOne?.transitive_tag_keys ?? []), ...transitive],
  };
}

function rejecting<T>(claim: string, schema: z.ZodType<T>, value: unknown): T {
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  throw rejectedClaim(`The claim ${claim} is malformed.`);
}
