/**
 * Reads what a request claims with its signature (AWS Signature Version 4): who signed it, when, and for what. In its
 * Authorization header, or in the query of a presigned URL.
 */
import type { Request } from 'express';
import { incompleteSignature, notSigned } from '../refusals.ts';

export interface Claim {
  readonly accessKeyId: string;
  /** The scope: `20261130`, `us-east-1`, `ecs`. */
  readonly scopeDate: string;
  readonly region: string;
  readonly service: string;
  /** In lower case, as they were signed. */
  readonly signedHeaders: readonly string[];
  /** 64 hexadecimal digits. */
  readonly signature: string;
  /** `20261130T130000Z`. */
  readonly date: string;
  readonly sessionToken?: string;
  /** For how long a presigned URL is good. */
  readonly expiresInSeconds?: number;
}

export type Signed = Pick<Request, 'get' | 'query'>;

const ALGORITHM = 'AWS4-HMAC-SHA256';
const CREDENTIAL = /^([\w-]{1,128})\/(\d{8})\/([\w-]{1,64})\/([\w.-]{1,64})\/aws4_request$/;
const DATE = /^\d{8}T\d{6}Z$/;
const SIGNATURE = /^[0-9a-f]{64}$/;
/** AWS's limit for presigned URLs, a week. */
const MOST_EXPIRES_SECONDS = 604_800;

const isPresigned = ({ query }: Signed): boolean =>
  query['X-Amz-Algorithm'] !== undefined || query['X-Amz-Signature'] !== undefined;

/** Whether the request has anything of a signature, right or wrong. */
export const isSigned = (request: Signed): boolean =>
  request.get('authorization') !== undefined || isPresigned(request) || request.query['X-Amz-Credential'] !== undefined;

/** Throws MissingAuthenticationTokenException or IncompleteSignatureException. */
export function readClaim(request: Signed): Claim {
  if (isPresigned(request)) return presignedClaim(request);
  const header = request.get('authorization');
  if (header === undefined || header.trim() === '') throw notSigned();
  return headerClaim(request, header);
}

function headerClaim(request: Signed, header: string): Claim {
  const [algorithm = '', ...rest] = header.trim().split(/\s+/);
  if (algorithm !== ALGORITHM) throw notSigned();
  const parameters = new Map(rest.join('').split(',').map(pairOf));
  const missing = ['Credential', 'Signature', 'SignedHeaders'].filter((name) => !parameters.has(name));
  const date = request.get('x-amz-date');
  if (missing.length > 0 || date === undefined) {
    const parts = missing.map((name) => `Authorization header requires '${name}' parameter.`);
    if (date === undefined) parts.push(`Authorization header requires existence of a 'X-Amz-Date' header.`);
    throw incompleteSignature(parts.join(' '));
  }
  const sessionToken = request.get('x-amz-security-token');
  return claimOf({
    credential: parameters.get('Credential') ?? '',
    signedHeaders: parameters.get('SignedHeaders') ?? '',
    signature: parameters.get('Signature') ?? '',
    date,
    ...(sessionToken === undefined ? {} : { sessionToken }),
  });
}

function pairOf(text: string): [string, string] {
  const at = text.indexOf('=');
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

function presignedClaim(request: Signed): Claim {
  const parameter = (name: string): string => {
    const value = request.query[name];
    if (typeof value === 'string' && value !== '') return value;
    throw incompleteSignature(`The presigned URL requires one ${name} parameter.`);
  };
  if (parameter('X-Amz-Algorithm') !== ALGORITHM) throw incompleteSignature(`X-Amz-Algorithm must be ${ALGORITHM}.`);
  const expires = parameter('X-Amz-Expires');
  const expiresInSeconds = /^\d{1,6}$/.test(expires) ? Number(expires) : Infinity;
  if (expiresInSeconds < 1 || expiresInSeconds > MOST_EXPIRES_SECONDS) {
    throw incompleteSignature(`X-Amz-Expires must be from 1 to ${MOST_EXPIRES_SECONDS} seconds.`);
  }
  const sessionToken = request.query['X-Amz-Security-Token'];
  return {
    ...claimOf({
      credential: parameter('X-Amz-Credential'),
      signedHeaders: parameter('X-Amz-SignedHeaders'),
      signature: parameter('X-Amz-Signature'),
      date: parameter('X-Amz-Date'),
      ...(typeof sessionToken === 'string' ? { sessionToken } : {}),
    }),
    expiresInSeconds,
  };
}

interface Parts {
  readonly credential: string;
  readonly signedHeaders: string;
  readonly signature: string;
  readonly date: string;
  readonly sessionToken?: string;
}

function claimOf({ credential, signedHeaders, signature, date, ...token }: Parts): Claim {
  const scope = CREDENTIAL.exec(credential);
  if (scope === null) {
    throw incompleteSignature('Credential must have the form KEY-ID/YYYYMMDD/REGION/SERVICE/aws4_request.');
  }
  if (!DATE.test(date)) {
    throw incompleteSignature(
      `Date must be in ISO-8601 'basic format'. Got '${date}'. See http://en.wikipedia.org/wiki/ISO_8601`,
    );
  }
  if (!SIGNATURE.test(signature)) throw incompleteSignature('The signature must have 64 hexadecimal digits.');
  const [, accessKeyId = '', scopeDate = '', region = '', service = ''] = scope;
  const names = signedHeaders.split(';');
  return { accessKeyId, scopeDate, region, service, signedHeaders: names, signature, date, ...token };
}
