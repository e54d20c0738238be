/** Signs the requests of commands, as AWS's clients sign theirs. */
import { Sha256 } from '@smithy/core/checksum';
import { HttpRequest } from '@smithy/core/protocols';
import { SignatureV4 } from '@smithy/signature-v4';
import type { AwsCredentialIdentity } from '@smithy/types';

interface Signing {
  readonly headers: Readonly<Record<string, string>>;
  readonly credentials: AwsCredentialIdentity;
  readonly region: string;
  /** GET by default. */
  readonly method?: string;
  readonly body?: string;
  /** The service of the scope; default ECS, whose are the REST routes. */
  readonly service?: string;
}

/** The headers of a signed request to the URL, without Host, which every client sends itself. */
export async function signedHeaders(
  url: string,
  { headers, credentials, region, method = 'GET', body, service = 'ecs' }: Signing,
): Promise<Record<string, string>> {
  const { protocol, host, hostname, pathname, searchParams } = new URL(url);
  const query: Record<string, string[]> = {};
  for (const name of new Set(searchParams.keys())) query[name] = searchParams.getAll(name);
  const signer = new SignatureV4({ credentials, region, service, sha256: Sha256, applyChecksum: false });
  const request = new HttpRequest({
    ...{ method, protocol, hostname, path: pathname, query },
    headers: { ...headers, host },
    body,
  });
  const { host: _host, ...signed } = (await signer.sign(request)).headers;
  return signed;
}
