/** Verifies a request's signature by signing the request again, with AWS's own signer. */
import { timingSafeEqual, createHash } from 'node:crypto';
import { Sha256 } from '@smithy/core/checksum';
import { HttpRequest } from '@smithy/core/protocols';
import { SignatureV4 } from '@smithy/signature-v4';
import { invalidSignature, signatureMismatch } from '../refusals.ts';
import type { Claim } from './claim.ts';

/** A request as it arrived, before anything was decoded. */
export interface RawRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  /** By name in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The bytes of the body, as they were sent. */
  readonly body: Uint8Array;
}

/** How far a caller's clock may be from ours, as in AWS. */
const SKEW_MS = 5 * 60_000;
/** Headers that change what a request asks for, so that an unsigned one would be a hole. */
const MUST_BE_SIGNED = ['x-amz-target', 'x-amz-security-token', 'x-amz-date'];
/** Parameters of a presigned URL that the signer adds by itself. */
const SIGNING_PARAMETERS = /^X-Amz-(?:Algorithm|Credential|Date|Expires|SignedHeaders|Signature|Security-Token)$/i;

/** Throws InvalidSignatureException if no secret could make the claim good: not now, or not for this request. */
export function checkClaim(request: RawRequest, claim: Claim, now: number): void {
  checkDate(claim, now);
  checkSignedHeaders(request, claim);
  checkBodyHash(request);
}

/** Throws InvalidSignatureException if the request was not signed with the secret. */
export async function verifySignature(request: RawRequest, claim: Claim, secretAccessKey: string): Promise<void> {
  const signed = await signatureOf(request, claim, secretAccessKey);
  if (!timingSafeEqual(Buffer.from(signed, 'hex'), Buffer.from(claim.signature, 'hex'))) throw signatureMismatch();
}

const instantOf = (date: string): number =>
  Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
const textOf = (instant: number): string => new Date(instant).toISOString().replaceAll(/[-:]|\.\d+/g, '');

function checkDate({ date, scopeDate, expiresInSeconds }: Claim, now: number): void {
  const signedAt = instantOf(date);
  if (Number.isNaN(signedAt)) throw invalidSignature(`'${date}' is not a date.`);
  if (!date.startsWith(scopeDate)) {
    throw invalidSignature(
      `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${scopeDate}' != '${date.slice(0, 8)}', from '${date}'.`,
    );
  }
  const validMs = expiresInSeconds === undefined ? SKEW_MS : expiresInSeconds * 1000;
  if (signedAt + validMs < now) {
    throw invalidSignature(
      `Signature expired: ${date} is now earlier than ${textOf(now - validMs)} (${textOf(now)} - ${validMs / 60_000} min.)`,
    );
  }
  if (signedAt - SKEW_MS > now) {
    throw invalidSignature(
      `Signature not yet current: ${date} is still later than ${textOf(now + SKEW_MS)} (${textOf(now)} + ${SKEW_MS / 60_000} min.)`,
    );
  }
}

function checkSignedHeaders({ headers }: RawRequest, { signedHeaders }: Claim): void {
  if (!signedHeaders.includes('host')) {
    throw invalidSignature(`'Host' must be a 'SignedHeader' in the AWS Authorization.`);
  }
  if (!signedHeaders.every((name) => Object.hasOwn(headers, name))) throw signatureMismatch();
  for (const name of MUST_BE_SIGNED) {
    if (headers[name] !== undefined && !signedHeaders.includes(name)) {
      throw invalidSignature(`'${name}' must be a 'SignedHeader' in the AWS Authorization.`);
    }
  }
}

/** The signer takes the header's word for the body's hash, so the header must tell the truth. */
function checkBodyHash({ headers, body }: RawRequest): void {
  const told = headers['x-amz-content-sha256'];
  if (told === undefined || told === createHash('sha256').update(body).digest('hex')) return;
  throw invalidSignature('The provided x-amz-content-sha256 header does not match what was computed.');
}

async function signatureOf(request: RawRequest, claim: Claim, secretAccessKey: string): Promise<string> {
  const { accessKeyId, region, service, sessionToken, expiresInSeconds, signedHeaders, date } = claim;
  const presigned = expiresInSeconds !== undefined;
  const signer = new SignatureV4({
    // A header with the session token is among the signed headers; the signer must not add another.
    credentials: { accessKeyId, secretAccessKey, ...(presigned && sessionToken !== undefined ? { sessionToken } : {}) },
    region,
    service,
    sha256: Sha256,
    applyChecksum: false,
  });
  const options = {
    signingDate: new Date(instantOf(date)),
    signableHeaders: new Set(signedHeaders),
    unsignableHeaders: new Set<string>(),
  };
  const copy = requestToSign(request, claim);
  if (presigned) {
    const { query } = await signer.presign(copy, { ...options, expiresIn: expiresInSeconds });
    return String(query?.['X-Amz-Signature']);
  }
  const { headers } = await signer.sign(copy, options);
  return /Signature=([0-9a-f]{64})$/.exec(headers['authorization'] ?? '')?.[1] ?? '';
}

/** The request with the signed headers only. */
function requestToSign(
  { method, url, headers, body }: RawRequest,
  { signedHeaders, expiresInSeconds }: Claim,
): HttpRequest {
  const [path = '/', ...rest] = url.split('?');
  const searchParams = new URLSearchParams(rest.join('?'));
  const query: Record<string, string | string[]> = {};
  for (const name of new Set(searchParams.keys())) {
    if (expiresInSeconds !== undefined && SIGNING_PARAMETERS.test(name)) continue;
    const values = searchParams.getAll(name);
    query[name] = values.length === 1 ? (values[0] ?? '') : values;
  }
  const signed: Record<string, string> = {};
  for (const name of signedHeaders) {
    const value = headers[name];
    if (value !== undefined) signed[name] = typeof value === 'string' ? value : value.join(',');
  }
  return new HttpRequest({ method, protocol: 'http:', hostname: 'host', path, query, headers: signed, body });
}
