/**
 * The certificates with which issuers answer. As in AWS, one that a public authority issued is trusted. Any other is trusted
 * if a thumbprint of the provider (SHA-1) names it or a certificate above it, which then must have issued what is below it.
 */
import * as net from 'node:net';
import { connect, type ConnectionOptions, type DetailedPeerCertificate } from 'node:tls';
import { PATIENCE_MS } from './patience.ts';

const HTTPS_PORT = 443;

/** OpenSSL's words for a chain that ends with nobody whom we know. */
const UNKNOWN_AUTHORITY: ReadonlySet<string> = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

/** Whether a connection failed because no authority that we know issued the certificate. */
export function isUnknownAuthority(error: unknown): boolean {
  const cause: unknown = error instanceof Error ? (error.cause ?? error) : undefined;
  return UNKNOWN_AUTHORITY.has(String((cause as NodeJS.ErrnoException | undefined)?.code));
}

interface Seen {
  /** In lower case, without colons. */
  readonly thumbprint: string;
  readonly pem: string;
  readonly isSelfSigned: boolean;
}

export interface Chain {
  /** The server's own first. */
  readonly certificates: readonly Seen[];
  /** Whether an authority that we know issued it. */
  readonly isTrusted: boolean;
}

/** The certificates of the server at the URL, whoever issued them: nothing is sent to it. Rejects if it does not answer. */
export function chainAt({ hostname, port }: URL, lookup: net.LookupFunction): Promise<Chain> {
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  const options: ConnectionOptions = {
    ...{ host, port: Number(port || HTTPS_PORT), lookup, rejectUnauthorized: false },
    ...(net.isIP(host) === 0 ? { servername: host } : {}),
  };
  return new Promise((resolve, reject) => {
    const socket = connect(options, () => {
      resolve({ certificates: seenIn(socket.getPeerCertificate(true)), isTrusted: socket.authorized });
      socket.destroy();
    });
    socket.setTimeout(PATIENCE_MS, () => socket.destroy(new Error(`${host} did not answer within ${PATIENCE_MS} ms`)));
    socket.on('error', reject);
  });
}

function seenIn(leaf: DetailedPeerCertificate): readonly Seen[] {
  const seen: Seen[] = [];
  let each: DetailedPeerCertificate | undefined = leaf;
  while (each !== undefined) {
    const above = issuerOf(each);
    const isSelfSigned: boolean = above?.fingerprint256 === each.fingerprint256;
    seen.push({ thumbprint: each.fingerprint.replaceAll(':', '').toLowerCase(), pem: pemOf(each.raw), isSelfSigned });
    each = isSelfSigned ? undefined : above;
  }
  return seen;
}

/** A chain may end before it reaches a root, whatever the type says. */
const issuerOf = (certificate: {
  readonly issuerCertificate?: DetailedPeerCertificate;
}): DetailedPeerCertificate | undefined => certificate.issuerCertificate;

const pemOf = (der: Buffer): string =>
  `-----BEGIN CERTIFICATE-----\n${der.toString('base64').replaceAll(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`;

/** The certificate of the chain that one of the thumbprints names. */
export const pinnedIn = ({ certificates }: Chain, thumbprints: readonly string[]): string | undefined =>
  certificates.find(({ thumbprint }) => thumbprints.includes(thumbprint))?.pem;

/** What IAM takes as a provider's thumbprint: the highest certificate below a known root, else the highest that there is. */
export function thumbprintIn({ certificates, isTrusted }: Chain): string | undefined {
  const below = isTrusted ? certificates.filter(({ isSelfSigned }) => !isSelfSigned) : [];
  return (below.at(-1) ?? certificates.at(-1))?.thumbprint;
}
