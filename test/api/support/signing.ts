/** Signs requests as AWS's clients do, and sends them, so that a test can change them in between. */
import { Sha256 } from '@smithy/core/checksum';
import { HttpRequest } from '@smithy/core/protocols';
import { SignatureV4 } from '@smithy/signature-v4';
import type { LeastRequest } from './least-requests.ts';
import type { Credentials } from './signed-callers.ts';

/** The request with the headers of a signature. `at`: milliseconds since the epoch. */
export async function signedBy<Sent extends Omit<LeastRequest, 'name'>>(
  request: Sent,
  credentials: Credentials,
  { url, at = Date.now() }: { readonly url: string; readonly at?: number },
): Promise<Sent> {
  const { host, hostname, port } = new URL(url);
  const { service, method, path, query, headers, body } = request;
  const signer = new SignatureV4({ credentials, region: 'us-east-1', service, sha256: Sha256, applyChecksum: false });
  const signed = await signer.sign(
    new HttpRequest({
      ...{ method, protocol: 'http:', hostname, port: Number(port), path, query: { ...query }, body },
      headers: { host, ...headers },
    }),
    { signingDate: new Date(at) },
  );
  return { ...request, headers: signed.headers };
}

export interface Answer {
  readonly status: number;
  /** Of an error, over whatever protocol. */
  readonly code: string | undefined;
  readonly text: string;
}

/** Sends a request as it is. Of an answer that goes on, only the beginning is read. */
export async function send(request: Omit<LeastRequest, 'name'>, url: string): Promise<Answer> {
  const { method, path, query, headers, body } = request;
  const search = new URLSearchParams(query).toString();
  const { host: _host, ...sent } = headers;
  const response = await fetch(`${url}${path}${search === '' ? '' : `?${search}`}`, {
    ...{ method, headers: sent },
    ...(body === undefined ? {} : { body }),
  });
  if (response.headers.get('content-type')?.startsWith('text/event-stream') === true) {
    await response.body?.cancel();
    return { status: response.status, code: undefined, text: '' };
  }
  const text = await response.text();
  const code = /<Code>([\w.]+)<\/Code>/.exec(text)?.[1] ?? /"__type":"(\w+)"/.exec(text)?.[1];
  return { status: response.status, code, text };
}
