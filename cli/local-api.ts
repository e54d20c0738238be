/** How commands call the running Longshore that the settings name: at which address, signed by whom, trusted by what. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { rootCertificates } from 'node:tls';
import type { AwsCredentialIdentity } from '@smithy/types';
import { defined } from '../model/defined.ts';
import { type Settings, SetupError } from '../tools/settings.ts';

/** `0.0.0.0` and `::` mean every address of this machine, so also its loopback address. */
const reachable = (host: string): string => (host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host);

export function apiUrl({ host, port, tls }: Settings): string {
  const address = reachable(host);
  return `${tls.kind === 'off' ? 'http' : 'https'}://${address.includes(':') ? `[${address}]` : address}:${port}`;
}

export const nobodyAnswers = (settings: Settings): SetupError =>
  new SetupError(`Longshore does not answer at ${apiUrl(settings)}. Start it with longshore start.`);

/** The parts of an answer that commands use. */
export interface Answer {
  readonly status: number;
  readonly body: AsyncIterable<Uint8Array> | null;
  json(): Promise<unknown>;
}

/** Sends a request to the path: GET without a body, unless the options say otherwise. Resolves for every status. */
export async function askApi(settings: Settings, pathAndQuery: string, options: AskOptions = {}): Promise<Answer> {
  const request = await prepare(settings, pathAndQuery, options);
  // Only undici's own fetch takes an authority beside those that Node.js trusts.
  const { Agent, fetch } = await import('undici');
  const own = ownAuthority(settings);
  const dispatcher =
    own === undefined ? {} : { dispatcher: new Agent({ connect: { ca: [...rootCertificates, own] } }) };
  const { url, headers } = request;
  const { method = 'GET', body = null, signal = null } = options;
  return fetch(url, { method, body, headers, signal, ...dispatcher }).catch((error: unknown) => {
    if (options.signal?.aborted === true) throw error;
    throw nobodyAnswers(settings);
  });
}

export interface AskOptions {
  readonly method?: 'GET' | 'POST' | 'DELETE';
  /** JSON. */
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** The service that the request is signed for; default ECS. */
  readonly service?: string;
}

async function prepare(
  settings: Settings,
  pathAndQuery: string,
  { headers: given = {}, method, body, service }: AskOptions,
) {
  const headers = body === undefined ? given : { 'content-type': 'application/json', ...given };
  const url = apiUrl(settings) + pathAndQuery;
  if (settings.auth === 'loopback') return { url, headers };
  const { signedHeaders } = await import('./signed-headers.ts');
  const credentials = await callersCredentials(settings);
  const { region } = settings.partition;
  return {
    url,
    headers: await signedHeaders(url, { headers, credentials, region, ...defined({ method, body, service }) }),
  };
}

/** The credentials with which commands call: any where Longshore takes any, else those that AWS's clients would take. */
export async function callersCredentials({ auth }: Settings): Promise<AwsCredentialIdentity> {
  if (auth === 'loopback') return { accessKeyId: 'longshore', secretAccessKey: 'longshore' };
  const { defaultProvider } = await import('@aws-sdk/credential-provider-node');
  // Tools on a machine of one's own need not wait for the metadata service of a cloud.
  process.env['AWS_EC2_METADATA_DISABLED'] ??= 'true';
  return defaultProvider()().catch(() => {
    throw new SetupError(
      'Longshore requires callers to sign (LONGSHORE_AUTH). Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE. The first key comes from: longshore access-key create',
    );
  });
}

/** The certificate of Longshore's own authority on this machine; undefined where it has none. */
export function ownAuthority({ tls, dataDir }: Settings): string | undefined {
  const file = path.join(dataDir, 'tls', 'ca.pem');
  return tls.kind === 'own' && fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : undefined;
}

/** The body of an answer of the REST API. Throws SetupError with the API's own words if it refused. */
export async function answerOf<Body>(
  settings: Settings,
  pathAndQuery: string,
  options: AskOptions = {},
): Promise<Body> {
  const answer = await askApi(settings, pathAndQuery, options);
  const body = (await answer.json().catch(() => ({}))) as Body & { readonly message?: string };
  if (answer.status >= 200 && answer.status < 300) return body;
  throw new SetupError(body.message ?? `The API answered ${answer.status}.`);
}
