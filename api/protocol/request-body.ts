/**
 * Reads, decompresses, decodes and parses the body of a request, over either protocol. A body that is not JSON is
 * refused here.
 */
import express from 'express';
import type { NextFunction, Request, RequestHandler } from 'express';
import { EcsError } from '../../model/errors.ts';
import { checkJson } from './request-text.ts';

/** Larger than every request that ECS accepts: a task definition may have 64 KiB. */
const MAX_BODY_BYTES = 1024 * 1024;
const CHARSET = /;\s*charset\s*=\s*"?([^";]*)/i;
/** JSON is UTF-8, of which ASCII is a part. */
const CHARSETS: readonly string[] = ['utf-8', 'utf8', 'us-ascii'];

const raw: RequestHandler = express.raw({ type: () => true, limit: MAX_BODY_BYTES });

/** The bodies of compressed requests as they were sent, which is what their signatures cover. */
const compressed = new WeakMap<Request, Buffer[]>();

/** The bytes of the body as they were sent. */
export function sentBody(request: Request): Uint8Array {
  const chunks = compressed.get(request);
  if (chunks !== undefined) return Buffer.concat(chunks);
  return Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
}

function keepCompressed(request: Request): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  compressed.set(request, chunks);
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    // Longer than any body whose decompressed size is allowed; its signature will not match.
    if (bytes <= MAX_BODY_BYTES) chunks.push(chunk);
  });
}

/**
 * Puts the decompressed bytes of the body into `request.body`. Refuses a body that cannot be read in the way that its
 * headers say.
 */
export const readBody: RequestHandler = (request, response, next) => {
  const charset = CHARSET.exec(request.get('content-type') ?? '')?.[1]
    ?.trim()
    .toLowerCase();
  if (charset !== undefined && !CHARSETS.includes(charset)) {
    throw new EcsError('SerializationException', `The charset '${charset}' is not understood. Send UTF-8.`);
  }
  const read: NextFunction = (error?: unknown) => {
    if (error === undefined) next();
    else next(bodyRefusal(error, request.get('content-encoding')));
  };
  if (request.get('content-encoding') !== undefined) keepCompressed(request);
  void raw(request, response, read);
};

/** Whatever the body reader throws is the caller's fault. */
function bodyRefusal(error: unknown, encoding: string | undefined): EcsError {
  const type = error instanceof Error && 'type' in error ? error.type : undefined;
  if (type === 'entity.too.large') return new EcsError('RequestEntityTooLargeException', 'The request is too large.');
  const as = encoding === undefined ? '' : ` as content-encoding '${encoding}'`;
  return new EcsError('SerializationException', `The body of the request could not be read${as}.`);
}

/** A byte order mark is kept, so that the JSON parser refuses it. */
const UTF_8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Parses the JSON of a request's bytes; an empty body is an empty request. Throws SerializationException. */
export function parseBody(bytes: unknown): unknown {
  if (!Buffer.isBuffer(bytes) || bytes.length === 0) return {};
  const body = parseJson(textOf(bytes));
  checkJson(body);
  return body;
}

/** Throws SerializationException. */
export function textOf(bytes: Buffer): string {
  try {
    return UTF_8.decode(bytes);
  } catch {
    throw new EcsError('SerializationException', 'The body of the request is not UTF-8.');
  }
}

/** Where JSON.parse stopped, if it says so. The rest of its message quotes the text, which may hold secrets. */
const POSITION = / at position (\d+)/;

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const [, position] = POSITION.exec(error instanceof Error ? error.message : '') ?? [];
    const where = position === undefined ? '' : `, from character ${Number(position) + 1} on`;
    throw new EcsError('SerializationException', `The body of the request is not JSON${where}.`);
  }
}
