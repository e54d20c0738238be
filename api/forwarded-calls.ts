/**
 * Calls that containers make through their agents, answered by the API in this process: a server without a port, which always
 * asks for a signature.
 */
import { createServer, type IncomingMessage, request as send, type RequestListener, type Server } from 'node:http';
import { duplexPair } from 'node:stream';
import type { ForwardedAnswer, ForwardedRequest } from '../model/task-calls.ts';

const MOST_REQUEST_BYTES = 1024 * 1024;
/** In base64 it fits into a message of the agent door. */
const MOST_ANSWER_BYTES = 2 * 1024 * 1024;
const TIMEOUT_MS = 30_000;

/** They are about one connection, or this end says them anew. */
const HOP_BY_HOP: ReadonlySet<string> = new Set([
  ...['connection', 'keep-alive', 'proxy-authenticate', 'proxy-authorization', 'proxy-connection', 'te', 'trailer'],
  ...['transfer-encoding', 'upgrade', 'expect', 'content-length'],
]);

/** Routes whose answers do not end. */
const STREAMS: ReadonlySet<string> = new Set(['/v1/events/stream']);

export interface ForwardedCallsOptions {
  readonly timeoutMs?: number;
}

/** Whoever opens it must close it. */
export class ForwardedCalls {
  readonly #server: Server;
  readonly #timeoutMs: number;

  /** `answer`: the API, in which callers must sign. */
  constructor(answer: RequestListener, { timeoutMs = TIMEOUT_MS }: ForwardedCallsOptions = {}) {
    this.#server = createServer(answer);
    this.#timeoutMs = timeoutMs;
  }

  /** Never rejects: what cannot be passed on is answered with an error of its own. */
  async forward(request: ForwardedRequest): Promise<ForwardedAnswer> {
    const refusal = refusalOf(request);
    if (refusal !== undefined) return refusal;
    try {
      return await this.#exchange(request, Buffer.from(request.body, 'base64'));
    } catch (error) {
      if (error instanceof TooLarge) return failure(413, 'RequestEntityTooLargeException', error.message);
      return failure(503, 'ServiceUnavailable', 'The call got no answer in time.');
    }
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #exchange({ method, url, headers }: ForwardedRequest, body: Buffer): Promise<ForwardedAnswer> {
    const [near, far] = duplexPair();
    this.#server.emit('connection', far);
    return new Promise((resolve, reject) => {
      const end = (settle: () => void): void => {
        clearTimeout(timer);
        settle();
        near.destroy();
        far.destroy();
      };
      const timer = setTimeout(() => end(() => reject(new Error('No answer in time.'))), this.#timeoutMs);
      near.on('error', (error) => end(() => reject(error)));
      far.on('error', () => undefined);
      const outgoing = send({
        ...{ method, path: url, setHost: false, createConnection: () => near },
        headers: [...headers.filter(isPassedOn).flat(), 'content-length', String(body.length), 'connection', 'close'],
      });
      outgoing.on('error', (error) => end(() => reject(error)));
      outgoing.on('response', (incoming) => {
        answerOf(incoming).then(
          (answer) => end(() => resolve(answer)),
          (error: unknown) => end(() => reject(error instanceof Error ? error : new Error(String(error)))),
        );
      });
      outgoing.end(body);
    });
  }
}

const isPassedOn = ([name]: readonly [name: string, value: string]): boolean => !HOP_BY_HOP.has(name.toLowerCase());

class TooLarge extends Error {}

async function answerOf(incoming: IncomingMessage): Promise<ForwardedAnswer> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of incoming as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > MOST_ANSWER_BYTES)
      throw new TooLarge(`An answer to a container has at most ${MOST_ANSWER_BYTES} bytes. Ask for a smaller page.`);
    parts.push(part);
  }
  const raw = incoming.rawHeaders;
  const headers = raw.flatMap((name, i): [string, string][] =>
    i % 2 === 0 ? [[name.toLowerCase(), raw[i + 1] ?? '']] : [],
  );
  return {
    status: incoming.statusCode ?? 500,
    headers: headers.filter(isPassedOn),
    body: Buffer.concat(parts).toString('base64'),
  };
}

/** Base64 has four characters for three bytes. */
const MOST_BODY_CHARACTERS = (MOST_REQUEST_BYTES / 3 + 1) * 4;

function refusalOf({ method, url, body }: ForwardedRequest): ForwardedAnswer | undefined {
  if (!url.startsWith('/')) return failure(400, 'InvalidParameterException', 'The URL must be a path with a query.');
  if (body.length > MOST_BODY_CHARACTERS)
    return failure(
      413,
      'RequestEntityTooLargeException',
      `A call of a container has at most ${MOST_REQUEST_BYTES} bytes.`,
    );
  const path = url.split(/[?#]/)[0] ?? '';
  if (!STREAMS.has(path.replace(/\/+$/, ''))) return undefined;
  return failure(
    400,
    'UnsupportedFeatureException',
    `${method} ${path} does not end, so containers cannot call it through their agent. Ask for pages of /v1/events.`,
  );
}

function failure(status: number, code: string, message: string): ForwardedAnswer {
  const headers: ForwardedAnswer['headers'] = [
    ['content-type', 'application/x-amz-json-1.1'],
    ['x-amzn-errortype', code],
  ];
  return { status, headers, body: Buffer.from(JSON.stringify({ __type: code, message })).toString('base64') };
}
