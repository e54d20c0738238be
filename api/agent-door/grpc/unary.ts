/** One unary gRPC call on a stream of HTTP/2: reads the message, has it handled, answers. */
import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import { status } from '@grpc/grpc-js';
import { isAwsError } from '../../../model/errors.ts';
import { refusalOf } from '../refusals.ts';
import { type BodyRules, frame, mostBody, timeoutOf, unframe } from './message.ts';
import { GrpcRefusal, headerText } from './status.ts';

/** Longer than Temporal lets a poll wait. */
const LONGEST_MS = 120_000;
const CONTENT_TYPE = 'application/grpc';

const GONE = new GrpcRefusal(status.CANCELLED, 'The caller is gone.');
const LATE = new GrpcRefusal(status.DEADLINE_EXCEEDED, 'The call took too long.');

export interface UnaryCall {
  /** Reads the request's message. Throws GrpcRefusal. `onBytes` may refuse more of it by throwing. */
  read(onBytes: (count: number) => void): Promise<Buffer>;
  /** Aborted when the caller is gone or the time is up. */
  readonly signal: AbortSignal;
  /** Milliseconds since the epoch. */
  readonly deadline: number;
}

export const isGrpc = (headers: IncomingHttpHeaders): boolean =>
  headers[':method'] === 'POST' && (headers['content-type'] ?? '').startsWith(CONTENT_TYPE);

/**
 * Answers the call with what `handle` returns or throws. Never rejects. `onFailure` gets what is neither a refusal nor the
 * caller's own end.
 */
export async function answerUnary(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  { most, onFailure }: { readonly most: number; readonly onFailure: (error: unknown) => void },
  handle: (call: UnaryCall) => Promise<Uint8Array>,
): Promise<void> {
  const ending = new AbortController();
  const ms = Math.min(timeoutOf(oneHeader(headers, 'grpc-timeout')) ?? LONGEST_MS, LONGEST_MS);
  const timer = setTimeout(() => ending.abort(LATE), ms);
  let isAnswered = false;
  stream.once('close', () => {
    clearTimeout(timer);
    // Nobody waits for the end of a call that was answered, and to tell of it costs as much as half an answer.
    if (!isAnswered) ending.abort(GONE);
  });
  const { signal } = ending;
  const rules = { encoding: oneHeader(headers, 'grpc-encoding'), most };
  try {
    const read = (onBytes: (count: number) => void) => readMessage(stream, rules, { onBytes, signal });
    const answer = await handle({ read, signal, deadline: Date.now() + ms });
    isAnswered = true;
    succeed(stream, answer);
  } catch (error) {
    isAnswered = true;
    if (!(error instanceof GrpcRefusal || isAwsError(error)) && signal.reason !== GONE) onFailure(error);
    fail(stream, error);
  }
}

function oneHeader(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}

interface Reading {
  readonly onBytes: (count: number) => void;
  readonly signal: AbortSignal;
}

async function readMessage(stream: ServerHttp2Stream, rules: BodyRules, { onBytes, signal }: Reading): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  signal.throwIfAborted();
  await new Promise<void>((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason === LATE ? LATE : GONE));
    stream.on('data', (chunk: Buffer) => {
      length += chunk.length;
      chunks.push(chunk);
      try {
        onBytes(chunk.length);
        if (length > mostBody(rules))
          throw new GrpcRefusal(status.RESOURCE_EXHAUSTED, `A message has at most ${rules.most} bytes.`);
      } catch (error) {
        stream.removeAllListeners('data');
        stream.pause();
        reject(error instanceof Error ? error : GONE);
      }
    });
    stream.on('end', resolve);
  });
  return unframe(Buffer.concat(chunks), rules, onBytes);
}

function succeed(stream: ServerHttp2Stream, message: Uint8Array): void {
  if (stream.destroyed || stream.closed || stream.headersSent) return;
  stream.respond({ ':status': 200, 'content-type': CONTENT_TYPE }, { waitForTrailers: true });
  stream.once('wantTrailers', () => stream.sendTrailers({ 'grpc-status': String(status.OK) }));
  stream.end(frame(message));
}

function fail(stream: ServerHttp2Stream, error: unknown): void {
  if (stream.destroyed || stream.closed || stream.headersSent) return;
  const { code, text, details } = answerOf(error);
  const headers = {
    ':status': 200,
    'content-type': CONTENT_TYPE,
    'grpc-status': String(code),
    'grpc-message': headerText(text),
    ...(details === undefined ? {} : { 'grpc-status-details-bin': details.toString('base64') }),
  };
  stream.respond(headers, { endStream: true });
  // What the caller still sends of its request is not read.
  if (!stream.readableEnded) stream.close();
}

function answerOf(error: unknown): { readonly code: status; readonly text: string; readonly details?: Buffer } {
  if (error instanceof GrpcRefusal)
    return {
      code: error.code,
      text: error.message,
      ...(error.details === undefined ? {} : { details: error.details }),
    };
  const { code, details: text } = refusalOf(error);
  return { code, text };
}
