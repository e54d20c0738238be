/**
 * Makes plain HTTP calls of one AWS JSON operation, as many as the server can answer, without an SDK whose time would
 * count.
 */
import { Agent, request } from 'node:http';
import { quantile } from './row.ts';

const WARM_UP_CALLS = 20;
const LOAD_MS = 4_000;

export interface LoadOptions {
  readonly url: string;
  readonly operation: string;
  readonly body: unknown;
  readonly concurrency: number;
  /** The headers of a signed call; without them, the signature is made up. */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface LoadResult {
  readonly perSecond: number;
  readonly p99: number;
  readonly concurrency: number;
}

/** Keeps connections if the server does. Throws on any answer but 200. */
export async function loadEcs(options: LoadOptions): Promise<LoadResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: options.concurrency });
  for (let i = 0; i < WARM_UP_CALLS; i++) await callEcs(options, agent);
  const times: number[] = [];
  const begun = performance.now();
  const work = async (): Promise<void> => {
    for (let at = begun; at - begun < LOAD_MS;) {
      await callEcs(options, agent);
      times.push(performance.now() - at);
      at = performance.now();
    }
  };
  await Promise.all(Array.from({ length: options.concurrency }, work));
  const seconds = (performance.now() - begun) / 1000;
  agent.destroy();
  return { perSecond: times.length / seconds, p99: quantile(times, 0.99), concurrency: options.concurrency };
}

/** Makes one call and returns the body of its response. */
export function callEcs(call: Omit<LoadOptions, 'concurrency'>, agent?: Agent): Promise<string> {
  const body = JSON.stringify(call.body);
  const headers = {
    'content-type': 'application/x-amz-json-1.1',
    'x-amz-target': `AmazonEC2ContainerServiceV20141113.${call.operation}`,
    'content-length': Buffer.byteLength(body),
    // A server may read the region in the signature; none of these servers verifies it.
    authorization:
      'AWS4-HMAC-SHA256 Credential=bench/20260101/us-east-1/ecs/aws4_request, SignedHeaders=host, Signature=bench',
    ...call.headers,
  };
  return new Promise((resolve, reject) => {
    const outgoing = request(call.url, { method: 'POST', headers, ...(agent ? { agent } : {}) }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('error', reject);
      response.once('end', () => {
        const text = Buffer.concat(chunks).toString();
        if (response.statusCode === 200) resolve(text);
        else reject(new Error(`${call.operation}: ${response.statusCode ?? 0} ${text.slice(0, 500)}`));
      });
    });
    outgoing.once('error', reject);
    outgoing.end(body);
  });
}
