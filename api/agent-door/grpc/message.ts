/** The frames of unary gRPC: one byte of flags, four of length, the message. Pure but for unpacking. */
import { gunzip } from 'node:zlib';
import { promisify } from 'node:util';
import { status } from '@grpc/grpc-js';
import { GrpcRefusal } from './status.ts';

const PREFIX_BYTES = 5;
const COMPRESSED = 1;

/** The frame of a message, as it goes out: not compressed. */
export function frame(message: Uint8Array): Buffer {
  const prefix = Buffer.alloc(PREFIX_BYTES);
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
}

/** What a request's body may be. */
export interface BodyRules {
  /** The `grpc-encoding` header. Absent: identity. */
  readonly encoding: string | undefined;
  /** Bytes of a message, compressed or not. */
  readonly most: number;
}

/** The bytes that a body may have, its prefix included. */
export const mostBody = ({ most }: BodyRules): number => PREFIX_BYTES + most;

/** The only message of a request's body. Throws GrpcRefusal. */
export async function unframe(body: Buffer, { encoding = 'identity', most }: BodyRules): Promise<Buffer> {
  const length = body.length < PREFIX_BYTES ? undefined : body.readUInt32BE(1);
  if (length === undefined || body.length !== PREFIX_BYTES + length)
    throw new GrpcRefusal(status.INVALID_ARGUMENT, 'The request must hold exactly one message.');
  const message = body.subarray(PREFIX_BYTES);
  if (body[0] === 0) return message;
  if (body[0] !== COMPRESSED || encoding !== 'gzip')
    throw new GrpcRefusal(status.UNIMPLEMENTED, 'A message may be compressed by gzip only.');
  try {
    // Without the bound, a few bytes could unpack to the whole memory.
    return await promisify(gunzip)(message, { maxOutputLength: most });
  } catch {
    throw new GrpcRefusal(status.RESOURCE_EXHAUSTED, `The message must unpack to at most ${most} bytes.`);
  }
}

const UNITS_MS: Readonly<Record<string, number>> = { H: 3_600_000, M: 60_000, S: 1_000, m: 1, u: 1e-3, n: 1e-6 };

/** Milliseconds that the caller waits, from the header `grpc-timeout` such as `70000000u`. Undefined: it does not say. */
export function timeoutOf(header: string | undefined): number | undefined {
  const [, digits = '', unit = ''] = /^(\d{1,8})([HMSmun])$/.exec(header ?? '') ?? [];
  const ms = UNITS_MS[unit];
  return ms === undefined ? undefined : Number(digits) * ms;
}
