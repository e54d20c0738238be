/**
 * Reads what issuers publish about themselves: by HTTPS, from addresses that Longshore may call, no more than fits into
 * `MOST_BYTES`, and without following redirects.
 */
import * as dns from 'node:dns';
import type { LookupFunction } from 'node:net';
import { Agent, fetch } from 'undici';
import { checkedLookup } from '../../../model/checked-lookup.ts';
import { AwsError, GuardedError, isAwsError } from '../../../model/errors.ts';
import { type Issuer, urlOfIssuer } from '../../../model/iam/oidc.ts';
import { type AddressPolicy, hostFault } from '../../../model/outgoing-address.ts';
import { chainAt, isUnknownAuthority, pinnedIn, thumbprintIn } from './certificates.ts';
import { PATIENCE_MS } from './patience.ts';
import { invalidToken, issuerOutOfReach } from './refusals.ts';

const MOST_BYTES = 256 * 1024;

type Trust = { readonly ca?: string };

export class IssuerDocuments {
  readonly #policy: AddressPolicy;
  readonly #lookup: LookupFunction;

  constructor(policy: AddressPolicy) {
    this.#policy = policy;
    this.#lookup = checkedLookup(policy, dns.lookup);
  }

  /** The JSON at the URL. Throws IDPCommunicationError, or InvalidIdentityToken for a certificate that nothing vouches for. */
  async read(url: URL, thumbprints: readonly string[]): Promise<unknown> {
    this.#check(url);
    try {
      return await this.#get(url, {});
    } catch (error) {
      if (!isUnknownAuthority(error)) throw outOfReach(url, error);
    }
    try {
      const ca = pinnedIn(await chainAt(url, this.#lookup), thumbprints);
      if (ca === undefined) {
        throw invalidToken("OpenIDConnect provider's HTTPS certificate doesn't match configured thumbprint");
      }
      return await this.#get(url, { ca });
    } catch (error) {
      throw outOfReach(url, error);
    }
  }

  /** The thumbprint of the certificate with which the issuer answers. Throws OpenIdIdpCommunicationError. */
  async thumbprintOf(issuer: Issuer): Promise<string> {
    try {
      const url = new URL(urlOfIssuer(issuer));
      this.#check(url);
      const thumbprint = thumbprintIn(await chainAt(url, this.#lookup));
      if (thumbprint === undefined) throw new Error('it shows no certificate');
      return thumbprint;
    } catch (error) {
      const why = outOfReach(new URL(urlOfIssuer(issuer)), error);
      const detail = why instanceof GuardedError ? why.forLog : why.message;
      // Whoever may make providers may know.
      throw new AwsError('OpenIdIdpCommunicationError', `${detail} Give a ThumbprintList, or let it answer.`);
    }
  }

  #check(url: URL): void {
    if (url.protocol !== 'https:') throw issuerOutOfReach(`${url.href} is not called: issuers answer by https.`);
    const fault = hostFault(url.hostname, this.#policy);
    if (fault !== undefined) throw issuerOutOfReach(`${url.host} is not called. ${fault}`);
  }

  async #get(url: URL, { ca }: Trust): Promise<unknown> {
    const trust = ca === undefined ? {} : { ca: [ca], allowPartialTrustChain: true };
    const agent = new Agent({ connect: { lookup: this.#lookup, timeout: PATIENCE_MS, ...trust } });
    try {
      const response = await fetch(url, {
        dispatcher: agent,
        redirect: 'manual',
        signal: AbortSignal.timeout(PATIENCE_MS),
        headers: { accept: 'application/json', 'user-agent': 'Longshore' },
      });
      if (response.status !== 200) throw new Error(`it answers ${response.status}`);
      return JSON.parse(await bounded(response.body ?? [])) as unknown;
    } finally {
      await agent.destroy();
    }
  }
}

async function bounded(body: AsyncIterable<Uint8Array> | readonly Uint8Array[]): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > MOST_BYTES) throw new Error(`it answers more than ${MOST_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function outOfReach({ host }: URL, error: unknown): AwsError {
  if (isAwsError(error)) return error;
  const { message, cause } = error instanceof Error ? error : new Error(String(error));
  return issuerOutOfReach(`${host} gives no answer: ${cause instanceof Error ? cause.message : message}.`);
}
