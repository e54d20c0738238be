/** The HTTP server of the endpoint: bounds for whatever comes in. What is answered is not known here. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Server as SocketServer, Socket } from 'node:net';
import type { Logger } from 'pino';
import { type Answer, serviceError } from './answer.ts';

const MAX_HEADER_BYTES = 16 * 1024;
const MAX_HEADERS = 200;
export const MAX_BODY_BYTES = 1024 * 1024;
const HEADERS_TIMEOUT_MS = 10_000;
/** For the whole request with its body. */
const REQUEST_TIMEOUT_MS = 30_000;
const KEEP_ALIVE_MS = 20_000;
/** Nothing in or out for so long: longer than an answer takes. */
const IDLE_MS = 75_000;
const CHECK_MS = 2_000;
const MOST_CONNECTIONS = { perAddress: 250, inAll: 2_000 } as const;

/** A request as its answer needs it. */
export interface EndpointRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly rawHeaders: readonly string[];
  readonly remoteAddress: string;
  /** Reads the body. Rejects with BodyRefused if it is too large, or if the caller goes away. */
  body(): Promise<Buffer>;
}

/** The body is too large. */
export class BodyRefused extends Error {
  override readonly name = 'BodyRefused';
}

export interface EndpointServerDeps {
  readonly answer: (request: EndpointRequest) => Promise<Answer>;
  readonly logger: Pick<Logger, 'warn'>;
  /** In place of the times that suit containers. */
  readonly timeouts?: { readonly headersMs: number; readonly requestMs: number; readonly checkMs: number };
}

/** Answers on the sockets of a server that listens already. */
export function serveOn(sockets: SocketServer, deps: EndpointServerDeps): Server {
  const { headersMs, requestMs, checkMs } = deps.timeouts ?? {
    headersMs: HEADERS_TIMEOUT_MS,
    requestMs: REQUEST_TIMEOUT_MS,
    checkMs: CHECK_MS,
  };
  const server = createServer(
    {
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: headersMs,
      requestTimeout: requestMs,
      keepAliveTimeout: KEEP_ALIVE_MS,
      connectionsCheckingInterval: checkMs,
    },
    (request, response) => void handle(request, response, deps),
  );
  server.maxHeadersCount = MAX_HEADERS;
  server.maxConnections = MOST_CONNECTIONS.inAll;
  server.timeout = IDLE_MS;
  server.on('connection', countingByAddress());
  // Such as too many open files: the next caller may get through.
  server.on('error', (error) => deps.logger.warn({ err: error }, 'the task endpoint could not take a call'));
  server.listen(sockets);
  return server;
}

/** One container must not take the connections of all others. */
function countingByAddress(): (socket: Socket) => void {
  const counts = new Map<string, number>();
  return (socket) => {
    const address = socket.remoteAddress ?? '';
    const count = (counts.get(address) ?? 0) + 1;
    if (count > MOST_CONNECTIONS.perAddress) {
      socket.destroy();
      return;
    }
    counts.set(address, count);
    socket.once('close', () => {
      const left = (counts.get(address) ?? 1) - 1;
      if (left === 0) counts.delete(address);
      else counts.set(address, left);
    });
  };
}

async function handle(request: IncomingMessage, response: ServerResponse, deps: EndpointServerDeps): Promise<void> {
  // A caller that goes away is nobody's error.
  request.on('error', () => undefined);
  response.on('error', () => undefined);
  let answer: Answer;
  try {
    answer = await deps.answer({
      method: request.method ?? '',
      url: request.url ?? '/',
      rawHeaders: request.rawHeaders,
      remoteAddress: plainAddress(request.socket.remoteAddress),
      body: () => readBody(request),
    });
  } catch (error) {
    if (response.destroyed || request.errored !== null) return;
    if (!(error instanceof BodyRefused)) deps.logger.warn({ err: error }, 'a call of the task endpoint failed');
    answer =
      error instanceof BodyRefused
        ? serviceError(413, 'RequestEntityTooLargeException', error.message)
        : serviceError(500, 'InternalServerError', 'The agent could not answer.');
  }
  send(request, response, answer);
}

function send(request: IncomingMessage, response: ServerResponse, { status, headers = [], body }: Answer): void {
  try {
    for (const [name, value] of headers) response.appendHeader(name, value);
    response.setHeader('Content-Length', body.length);
    // What is left of a body is not read.
    if (!request.complete) response.setHeader('Connection', 'close');
    response.writeHead(status);
  } catch {
    // The API's answer has a status or header that HTTP does not know.
    response.destroy();
    return;
  }
  response.end(request.method === 'HEAD' ? undefined : body, () => {
    if (!request.complete) request.destroy();
  });
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const tooLarge = new BodyRefused(`The body has more than ${MAX_BODY_BYTES} bytes.`);
  if (Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES) throw tooLarge;
  const pieces: Buffer[] = [];
  let size = 0;
  return new Promise((resolve, reject) => {
    request.on('data', (piece: Buffer) => {
      size += piece.length;
      if (size > MAX_BODY_BYTES) {
        request.pause();
        reject(tooLarge);
      } else pieces.push(piece);
    });
    request.once('end', () => resolve(Buffer.concat(pieces)));
    request.once('close', () => reject(new Error('the caller went away')));
    request.once('error', reject);
  });
}

/** An IPv4 address as itself, also where the socket is one of IPv6. */
const plainAddress = (address: string | undefined): string => (address ?? '').replace(/^::ffff:/, '');
