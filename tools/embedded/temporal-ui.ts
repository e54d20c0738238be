/**
 * The Temporal UI's port: a proxy in front of the embedded Temporal's UI, which would serve anybody. The proxy serves only
 * pages of this machine. The Host header must name a loopback address, so a page cannot get in with a name that resolves
 * to one. A page of another site may neither send requests nor submit forms in the user's name.
 */
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request as sendRequest,
  type Server,
  type ServerResponse,
} from 'node:http';
import { pipeline } from 'node:stream';
import { isLocalHost } from '../../model/local-host.ts';
import { explainListenError } from '../ports.ts';
import type { UiAddress } from './temporal-listeners.ts';

const LOOPBACK = '127.0.0.1';
const UI_PORT = { part: 'The Temporal UI', setting: 'LONGSHORE_TEMPORAL_UI_PORT' } as const;
/** Headers about a single connection. The proxy has two connections, so it does not forward them. */
const OF_ONE_CONNECTION = ['connection', 'keep-alive', 'proxy-connection', 'te', 'upgrade'];

export interface TemporalUi {
  readonly url: string;
  close(): Promise<void>;
}

/** Listens until `close`. Calls `upstream` for each request, since a restarted Temporal has a new address. */
export async function startTemporalUi(port: number, upstream: () => UiAddress): Promise<TemporalUi> {
  const server = createServer((request, response) => {
    const problem = refusal(request);
    if (problem === undefined) forward(upstream(), request, response);
    else answer(response, 403, problem);
  });
  await listen(server, port);
  return {
    url: `http://${LOOPBACK}:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(explainListenError(error, { ...UI_PORT, port })));
    server.listen(port, LOOPBACK, resolve);
  });
}

/** The reason why a request must not reach the UI. Undefined when it may. */
export function refusal({
  headers,
  method,
  url,
}: Pick<IncomingMessage, 'headers' | 'method' | 'url'>): string | undefined {
  const { host, origin } = headers;
  if (!isLocalHost(host)) {
    return 'This is the Temporal UI of a Longshore, which answers to this machine alone: open it as http://127.0.0.1 or http://localhost.';
  }
  if (url?.startsWith('/') !== true) return 'This server is no proxy to other places.';
  if (origin !== undefined && origin !== `http://${host}`) {
    return `Pages of ${origin} may not use the Temporal UI.`;
  }
  const followsLink = method === 'GET' && headers['sec-fetch-mode'] === 'navigate';
  if (headers['sec-fetch-site'] === 'cross-site' && !followsLink)
    return 'Other sites may link to the Temporal UI, no more.';
  return undefined;
}

function forward({ host, port }: UiAddress, request: IncomingMessage, response: ServerResponse): void {
  const { method = 'GET', url = '/' } = request;
  const sent = sendRequest({ host, port, method, path: url, headers: endToEnd(request.headers), agent: false });
  sent.once('response', (received) => {
    response.writeHead(received.statusCode ?? 502, endToEnd(received.headers));
    pipeline(received, response, () => undefined);
  });
  sent.once('error', () => {
    if (response.headersSent) response.destroy();
    else answer(response, 502, 'The Temporal UI does not answer: Temporal may be starting again.');
  });
  response.once('close', () => sent.destroy());
  request.pipe(sent);
}

const endToEnd = (headers: IncomingHttpHeaders): IncomingHttpHeaders =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !OF_ONE_CONNECTION.includes(name)));

function answer(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' }).end(`${text}\n`);
}
