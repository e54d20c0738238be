/** The frames of unary gRPC: one byte of flags, four of length, the message. Pure but for unpacking. */
import { createGunzip } from 'node:zlib';
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

/**
 * The only message of a request's body. Throws GrpcRefusal. `onUnpacked` gets the bytes that unpacking makes, as it makes them, and
 * may refuse more of them by throwing: what a caller may send at a time bounds them too.
 */
export async function unframe(
  body: Buffer,
  { encoding = 'identity', most }: BodyRules,
  onUnpacked: (count: number) => void,
): Promise<Buffer> {
  const length = body.length < PREFIX_BYTES ? undefined : body.readUInt32BE(1);
  if (length === undefined || body.length !== PREFIX_BYTES + length)
    throw new GrpcRefusal(status.INVALID_ARGUMENT, 'The request must hold exactly one message.');
  const message = body.subarray(PREFIX_BYTES);
  if (body[0] === 0) return message;
  if (body[0] !== COMPRESSED || encoding !== 'gzip')
    throw new GrpcRefusal(status.UNIMPLEMENTED, 'A message may be compressed by gzip only.');
  return unpack(message, { most, onUnpacked });
}

/** Piece by piece: a few bytes could unpack to the whole memory, and many messages are unpacked at a time. */
async function unpack(
  message: Buffer,
  { most, onUnpacked }: { readonly most: number; readonly onUnpacked: (count: number) => void },
): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let length = 0;
  const gunzip = createGunzip();
  gunzip.end(message);
  try {
    for await (const piece of gunzip as AsyncIterable<Buffer>) {
      length += piece.length;
      if (length > most)
        throw new GrpcRefusal(status.RESOURCE_EXHAUSTED, `The message must unpack to at most ${most} bytes.`);
      onUnpacked(piece.length);
      pieces.push(piece);
    }
  } catch (error) {
    if (error instanceof GrpcRefusal) throw error;
    throw new GrpcRefusal(status.INVALID_ARGUMENT, 'The message is not what gzip makes.');
  }
  return Buffer.concat(pieces);
}

const UNITS_MS: Readonly<Record<string, number>> = { H: 3_600_000, M: 60_000, S: 1_000, m: 1, u: 1e-3, n: 1e-6 };

/** Milliseconds that the caller waits, from the header `grpc-timeout` such as `70000000u`. Undefined: it does not say. */
export function timeoutOf(header: string | undefined): number | undefined {
  const [, digits = '', unit = ''] = /^(\d{1,8})([HMSmun])$/.exec(header ?? '') ?? [];
  const ms = UNITS_MS[unit];
  return ms === undefined ? undefined : Number(digits) * ms;
}
